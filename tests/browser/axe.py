"""Axe on a page: in light colours on a phone and in dark ones on a wide screen.

So every rule sees each layout, and every colour each scheme, at half the cost of all four pairs.
"""

from axe_playwright_python.sync_playwright import Axe

LOOKS = (("light", 320), ("dark", 1280))


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
    """Give a line for each thing that axe finds on the page as it stands.

    What it would preload, sheets that others import, it writes into the page, against our policy.
    """
    return [
        f"{violation['id']}: {node['target']} {node.get('failureSummary', '')}"
        for violation in Axe()
        .run(page, options={"resultTypes": ["violations"], "preload": False})
        .response["violations"]
        for node in violation["nodes"]
    ]
