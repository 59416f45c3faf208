"""Axe on a page: in light colours on a phone and in dark ones on a wide screen.

So every rule sees each layout, and every colour each scheme, at half the cost of all four pairs.
"""

from axe_playwright_python.base import AXE_SCRIPT

LOOKS = (("light", 320), ("dark", 1280))
# Rows that differ in words alone are alike to axe, whose cost grows with them: of each kind two
# stay, because every second row may have a background. Lists within rows come before the rows.
# The admin puts the name of its table on a row as a class.
REMOVE_ROWS_LIKE_OTHERS = """() => {
  const kind = (row) => row.outerHTML.replace(/>[^<]+/g, ">").replace(/ model-\\w+/g, "")
    .replace(/ (?!class|role|type)([\\w-]+)="[^"]*"/g, " $1");
  const lists = document.querySelectorAll("tbody, ul, ol, dl, select, .inline-group details");
  for (const list of [...lists].reverse()) {
    const count = {};
    for (const row of [...list.children]) {
      const alike = kind(row);
      count[alike] = (count[alike] || 0) + 1;
      if (count[alike] > 2) row.remove();
    }
  }
}"""
# Preloading writes imported stylesheets into the page, which the content policy forbids.
# All that passed is left in the browser.
RUN = """async (part) => {
  const { violations } = await axe.run(part, { resultTypes: ["violations"], preload: false });
  return violations.flatMap(({ id, nodes }) => nodes.map(
    ({ target, failureSummary }) => `${id}: ${target} ${failureSummary || ""}`));
}"""


def violations(page, looks=LOOKS, part="html"):
    """Return a line for each violation that axe finds on the open page, in these looks.

    The page loses rows, so that nothing else can be tested on it afterwards.
    """
    page.evaluate(REMOVE_ROWS_LIKE_OTHERS)
    lines = []
    for scheme, width in looks:
        page.set_viewport_size({"width": width, "height": 900})
        # Colours that are still changing would be measured half-way.
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce", media="screen")
        lines += [f"{scheme} {width}: {line}" for line in on_this_page(page, part)]
    return lines


def on_this_page(page, part="html"):
    """Return a line for each violation that axe finds in a part of the page as it is."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    return page.evaluate(RUN, part)
