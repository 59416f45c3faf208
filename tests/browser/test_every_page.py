"""Every kind of page as readers get it: for axe, narrow, on paper and without script.

The `page` fixture holds the rest: no error, no blocked or foreign request, no cookie, no storage.
"""

import re

import pytest

from tests.addresses import EVERY_KIND
from tests.browser import axe

PAGES = [
    *EVERY_KIND,
    "/compare/?symptom=nonsense",
    "/checklist/?symptom=muscle-cramps&symptom=tingling",
    "/search/?q=zzzz",
]

# Width of what sticks out to the right of the window, in CSS pixels.
OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.mark.parametrize("address", PAGES)
def test_page_is_clean_for_axe_in_light_and_dark_narrow_and_wide(page, address):
    assert axe.violations(page, address) == []


@pytest.mark.parametrize("address", PAGES)
def test_page_fits_the_narrowest_screen_and_paper(page, address):
    page.set_viewport_size({"width": 320, "height": 640})
    response = page.goto(address)

    assert response.status == 200
    assert page.locator("h1").count() == 1
    assert page.evaluate(OVERFLOW) == 0
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 700, "height": 900})
    assert page.evaluate(OVERFLOW) == 0


@pytest.mark.parametrize("address", PAGES)
def test_page_has_one_heading_a_description_and_a_way_on_without_script(
    page_without_script, address
):
    page = page_without_script
    response = page.goto(address)

    assert response.status == 200
    assert page.locator("h1").is_visible()
    assert page.locator('meta[name="description"]').get_attribute("content")
    own = page.locator('link[rel="canonical"], meta[name="robots"]')
    if "?" in address:
        assert own.get_attribute("content") == "noindex, follow"
    else:
        assert own.get_attribute("href").startswith("http://127.0.0.1")
    assert page.locator("main a:visible, main button:visible").count() > 0


def test_titles_and_descriptions_are_different_on_every_page(page):
    heads = {}
    for address in PAGES:
        page.goto(address)
        description = page.locator('meta[name="description"]').get_attribute("content")
        heads.setdefault((page.title(), description), []).append(address.partition("?")[0])

    assert [pages for pages in heads.values() if len(set(pages)) > 1] == []


def test_unknown_address_is_a_page_of_the_site(page, faults):
    response = page.goto("/nowhere/")

    assert response.status == 404
    assert axe.on_this_page(page) == []
    assert page.locator("main a").count() > 0
    # The browser itself reports the 404 in its console.
    assert [fault for fault in faults if "404" not in fault] == []
    faults.clear()


@pytest.mark.parametrize("address", ["/", "/compare/", "/checklist/"])
def test_first_stop_of_the_keyboard_skips_to_the_content(page, address):
    page.goto(address)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    assert page.evaluate("location.hash") == "#main"
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


@pytest.mark.parametrize("address", ["/compare/", "/foods/", "/foods/plate/", "/search/"])
def test_words_on_what_a_script_does_stand_only_where_one_runs(page, page_without_script, address):
    for reader, shown in ((page, True), (page_without_script, False)):
        reader.goto(address)
        assert reader.get_by_text(re.compile("changes? as you")).is_visible() is shown
