"""Axe on a page, in the light and dark schemes and at the widths that the site promises."""

from itertools import product

from axe_playwright_python.sync_playwright import Axe

SCHEMES = ("light", "dark")
WIDTHS = (320, 1280)


def violations(page, address, schemes=SCHEMES, widths=WIDTHS):
    """Give a line for each thing that axe finds at the address, in every scheme and width."""
    found = []
    for scheme, width in product(schemes, widths):
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(address)
        found += [f"{address} {scheme} {width}: {line}" for line in on_this_page(page)]
    return found


def on_this_page(page):
    """Give a line for each thing that axe finds on the page as it stands."""
    return [
        f"{violation['id']}: {node['target']} {node.get('failureSummary', '')}"
        for violation in Axe().run(page).response["violations"]
        for node in violation["nodes"]
    ]
