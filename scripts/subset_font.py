"""Cut the site's font down to the letters and weights that the site uses.

python -m scripts.subset_font

It reads the unmodified font in scripts/fonts and writes the one that pages load, half its size.
Letters that are cut away are drawn in the fallback font, one by one. The licence (OFL 1.1, with no
reserved name) allows it; it is beside the font.
"""

from io import BytesIO
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

ROOT = Path(__file__).resolve().parent.parent
WHOLE = ROOT / "scripts" / "fonts" / "atkinson-hyperlegible-next-latin-wght-normal.woff2"
CUT = ROOT / "static" / "fonts" / "atkinson-hyperlegible-next.woff2"

# The stylesheets use 400 to 700.
WEIGHTS = (400, 700)
FEATURES = ["kern", "ccmp", "locl", "tnum"]
# ASCII, the letters of western Europe for the names of authors, and the signs of our texts.
KEPT = "U+20-7E,U+A0,U+A3,U+A9,U+AB,U+B0,U+B1,U+B5,U+B7,U+BB-BE,U+C0-FF,U+152,U+153"
SIGNS = "U+2010-2014,U+2018-201D,U+2020,U+2022,U+2026,U+2032,U+2033,U+2044,U+20AC,U+2122"
MORE_SIGNS = "U+2190-2193,U+2212,U+2264,U+2265"


def main() -> None:
    """Write the font again."""
    font = read_again(instancer.instantiateVariableFont(TTFont(WHOLE), {"wght": WEIGHTS}))
    options = subset.Options(layout_features=FEATURES, hinting=False, flavor="woff2")
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=subset.parse_unicodes(",".join((KEPT, SIGNS, MORE_SIGNS))))
    cutter.subset(font)
    subset.save_font(font, CUT, options)
    print(f"{CUT.relative_to(ROOT)}: {CUT.stat().st_size:,} bytes")


def read_again(font: TTFont) -> TTFont:
    """Write a font and read it, because one that was just narrowed lacks its empty variations."""
    written = BytesIO()
    font.flavor = None
    font.save(written)
    return TTFont(written)


if __name__ == "__main__":
    main()
