"""Axe on a page, in the light and dark schemes and at the widths that the site promises."""

from axe_playwright_python.sync_playwright import Axe

WIDTHS = (320, 1280)
EVERY_RULE = {"resultTypes": ["violations"]}
# What a scheme changes is colours, so all other rules are asked about once.
COLOURS = EVERY_RULE | {"runOnly": ["color-contrast", "link-in-text-block"]}


def violations(page, address, widths=WIDTHS):
    """Give a line for each thing that axe finds at the address, in both schemes at every width."""
    found = []
    page.goto(address)
    for width in widths:
        page.set_viewport_size({"width": width, "height": 900})
        for scheme, rules in (("light", EVERY_RULE), ("dark", COLOURS)):
            # Colours that are still changing would be measured half-way.
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            found += [f"{address} {scheme} {width}: {line}" for line in on_this_page(page, rules)]
    return found


def on_this_page(page, rules=EVERY_RULE):
    """Give a line for each thing that axe finds on the page as it stands, by these rules."""
    return [
        f"{violation['id']}: {node['target']} {node.get('failureSummary', '')}"
        for violation in Axe().run(page, options=rules).response["violations"]
        for node in violation["nodes"]
    ]
