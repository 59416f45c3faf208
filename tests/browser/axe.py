"""Axe on a page: in light colours on a phone and in dark ones on a wide screen.

So every rule sees each layout, and every colour each scheme, at half the cost of all four pairs.
"""

from axe_playwright_python.base import AXE_SCRIPT

LOOKS = (("light", 320), ("dark", 1280))
# What it would preload, sheets that others import, it writes into the page, against our policy.
# All that passed is left in the browser.
RUN = """async () => {
  const { violations } = await axe.run({ resultTypes: ["violations"], preload: false });
  return violations.flatMap(({ id, nodes }) => nodes.map(
    ({ target, failureSummary }) => `${id}: ${target} ${failureSummary || ""}`));
}"""


def violations(page):
    """Give a line for each thing that axe finds on the open page, in both looks."""
    found = []
    for scheme, width in LOOKS:
        page.set_viewport_size({"width": width, "height": 900})
        # Colours that are still changing would be measured half-way.
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        found += [f"{scheme} {width}: {line}" for line in on_this_page(page)]
    return found


def on_this_page(page):
    """Give a line for each thing that axe finds on the page as it stands."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    return page.evaluate(RUN)
