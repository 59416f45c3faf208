"""The font of pages has every letter of the site's texts, and every weight."""

import re
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

ROOT = Path(__file__).resolve().parent.parent
FONT = ROOT / "static" / "fonts" / "atkinson-hyperlegible-next.woff2"
TEXTS = [*(ROOT / "fixtures").rglob("*.yaml"), *(ROOT / "templates").rglob("*.html")]


@pytest.fixture(scope="module")
def font():
    return TTFont(FONT)


def test_every_letter_of_the_texts_is_in_it(font):
    used = {letter for path in TEXTS for letter in path.read_text() if letter.isprintable()}

    assert len(used) > 70
    assert {letter for letter in used if ord(letter) not in font.getBestCmap()} == set()


def test_every_weight_of_the_stylesheets_is_in_it(font):
    styles = "".join(path.read_text() for path in (ROOT / "static" / "css").rglob("*.css"))
    weights = {int(weight) for weight in re.findall(r"font-weight: (\d+);", styles)}
    [axis] = font["fvar"].axes

    assert min(weights) >= axis.minValue
    assert max(weights) <= axis.maxValue


def test_tables_can_line_up_their_figures(font):
    assert "tnum" in {record.FeatureTag for record in font["GSUB"].table.FeatureList.FeatureRecord}
