"""Every kind of page as readers get it: for axe, narrow and on paper, with all that folds open.

The `page` fixture holds the rest: no error, no blocked or foreign request, no cookie, no storage.
"""

import re

import pytest

from tests.addresses import EVERY_KIND

from . import axe

PLATE = (
    "/foods/plate/?food=spinach-cooked&servings-spinach-cooked=1.5&food=beef-liver-cooked"
    "&diet=vegan&stage=19-30-pregnancy&q=beans&food=nonsense"
)
# States that look different: notices, filters that are on, nothing found, charts, choices, sums.
PAGES = [
    *EVERY_KIND,
    "/compare/?symptom=nonsense",
    "/compare/?symptom=tremor&relation=excess",
    "/checklist/?symptom=muscle-cramps&symptom=tingling",
    "/nutrients/magnesium/?stage=31-50-female",
    "/foods/?nutrient=magnesium&also=calcium&level=high&basis=100g",
    "/foods/?q=unobtainium&colour=red",
    "/foods/sunlight/",
    PLATE,
    "/search/?q=zzzz",
    "/search/?q=chest+pain",
    "/search/?q=how+much+magnesium+when+pregnant",
    "/sources/ods-magnesium/",
    "/safety/test-book/",
]
# Width of what sticks out to the right of the window, in CSS pixels.
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
OPEN_ALL = "document.querySelectorAll('main details').forEach((one) => { one.open = true })"
LONG_WORD = "pneumonoultramicroscopicsilicovolcano" * 2


@pytest.mark.parametrize("address", PAGES)
def test_page_is_clean_for_axe_and_fits_the_narrowest_screen_and_paper(page, address):
    assert page.goto(address).status == 200
    assert axe.violations(page) == []

    page.evaluate(OPEN_ALL)
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate(OVERFLOW) == 0
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 700, "height": 900})
    assert page.evaluate(OVERFLOW) == 0


@pytest.mark.parametrize("address", ["/nutrients/magnesium/", PLATE])
def test_folded_parts_are_clean_for_axe_when_open(page, address):
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(address)
    page.evaluate(OPEN_ALL)

    assert axe.on_this_page(page) == []


@pytest.mark.parametrize(
    "address",
    [
        "/search/?q=magnesium+{}",
        "/foods/?q=almonds+{}",
        "/compare/?symptom={}",
        "/checklist/?symptom={}&find={}",
        "/foods/plate/?food={}&q={}",
        "/nutrients/magnesium/?stage={}",
        "/{}/",
    ],
)
def test_long_words_of_a_reader_break(page, faults, address):
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(address.replace("{}", LONG_WORD))

    assert page.evaluate(OVERFLOW) == 0
    # The browser itself reports in its console that there is no page of this name.
    faults[:] = [fault for fault in faults if f"/{LONG_WORD}/" not in fault]


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


@pytest.mark.parametrize("address", ["/foods/", "/foods/plate/", "/search/"])
def test_words_on_what_a_script_does_show_only_where_one_runs(page, page_without_script, address):
    for reader, shown in ((page, True), (page_without_script, False)):
        reader.goto(address)
        assert reader.get_by_text(re.compile("changes? as you")).is_visible() is shown
