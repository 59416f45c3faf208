"""Every kind of page as readers get it: for axe, short, narrow, on paper, and on a slow line.

The `page` fixture holds the rest: no error, no blocked or foreign request, no cookie, no storage.
"""

import re

import pytest
from playwright.sync_api import expect

from tests.addresses import EVERY_KIND

from . import axe
from .conftest import PHONE, forgive
from .traces import traces_in

FIVE_FOODS = (
    "/foods/plate/?food=milk-whole&food=spinach-cooked&food=almonds&food=cheese-cheddar&food=orange"
)
PLATE = (
    "/foods/plate/?food=spinach-cooked&servings-spinach-cooked=1.5&food=beef-liver-cooked"
    "&diet=vegan&stage=19-30-pregnancy&q=beans&food=nonsense"
)
# What an adult with much to tell might tick, none of it an emergency.
TWENTY_TICKS = "/checklist/?" + "&".join(
    [
        *("symptom=" + slug for slug in ("muscle-twitches", "muscle-cramps", "night-leg-cramps")),
        *("symptom=" + slug for slug in ("tingling", "fatigue", "restless-legs", "eyelid-twitch")),
        *("symptom=" + slug for slug in ("low-mood", "sore-tongue")),
        *("risk=" + slug for slug in ("ppi", "thiazide-diuretics", "statins", "kidney-disease")),
        *("risk=" + slug for slug in ("high-dose-b6", "vegan-diet", "caffeine", "metformin")),
        *("risk=" + slug for slug in ("age-70-plus", "corticosteroids", "salbutamol")),
    ]
)
MATRIX = "/compare/?symptom=muscle-cramps&symptom=tingling&symptom=tremor&diet=vegan"
# Kinds of which another page or a state below holds all that is on these.
ALIKE = {
    "/articles/why-is-my-muscle-twitching/",
    "/articles/night-leg-cramps/",
    "/articles/magnesium-for-cramps/",
    "/compare/",
    "/checklist/",
    "/nutrients/magnesium/",
    "/foods/",
}
# States that look different: notices, filters that are on, nothing found, charts, choices, sums.
PAGES = [
    *(address for address in EVERY_KIND if address not in ALIKE),
    "/compare/?symptom=tremor&symptom=nonsense&relation=excess",
    "/checklist/?symptom=seizures&symptom=muscle-cramps",
    TWENTY_TICKS,
    f"{TWENTY_TICKS}&symptom=mouth-tingling&change=1",
    "/nutrients/magnesium/?stage=31-50-female",
    "/foods/?nutrient=magnesium&basis=100g",
    "/foods/?q=unobtainium&colour=red",
    "/foods/sunlight/",
    PLATE,
    "/search/?q=zzzz",
    "/search/?q=chest+pain",
    "/search/?q=how+much+magnesium+when+pregnant",
    "/sources/ods-magnesium/",
    "/safety/test-book/",
]
# Of the longest pages of each kind: the most screens of a phone, and the most elements.
SIZES = {
    "/": (4, 330),
    "/404-of-the-site/": (2, 230),
    "/safety/": (3, 600),
    "/safety/test-book/": (50, 730),
    "/sources/": (6, 380),
    "/sources/ods-magnesium/": (4, 160),
    "/search/?q=chest+pain": (4, 430),
    "/search/?q=magnesium": (4, 430),
    "/a-z/": (10, 900),
    "/data/": (6, 900),
    "/compare/": (3, 700),
    MATRIX: (3, 700),
    "/foods/": (5, 900),
    "/foods/?nutrient=magnesium": (5, 900),
    "/foods/salmon-sockeye-cooked/": (4, 600),
    "/foods/plate/": (4, 500),
    FIVE_FOODS: (5, 700),
    f"{FIVE_FOODS}&diet=vegan": (5, 900),
    "/checklist/": (4, 700),
    "/checklist/?symptom=muscle-twitches&symptom=night-leg-cramps&risk=ppi": (4, 450),
    TWENTY_TICKS: (5, 600),
    "/symptoms/": (4, 500),
    "/symptoms/night-leg-cramps/": (5, 900),
    "/symptoms/muscle-cramps/": (5, 900),
    "/symptoms/tremor/": (5, 900),
    "/nutrients/": (4, 500),
    # The two pages with most sources: each has a link there and a link back.
    "/nutrients/magnesium/": (5, 900),
    "/nutrients/calcium/": (5, 850),
    "/nutrients/magnesium/?country=us": (5, 900),
    "/nutrients/magnesium/muscle-cramps/": (5, 900),
    "/articles/nutrients-and-muscle-jerking/": (10, 900),
    "/articles/night-leg-cramps/": (10, 900),
    "/articles/blood-tests-explained/": (10, 900),
}
SIZE = """() => [document.documentElement.scrollHeight / innerHeight,
  document.querySelectorAll('*').length, document.querySelector('footer').offsetHeight]"""
# Width of what sticks out to the right of the window, in CSS pixels.
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
OPEN_ALL = """document.querySelectorAll("main details:not([open])").forEach((fold) => {
  fold.open = true;
  fold.dataset.opened = "";
})"""
CLOSE_AGAIN = "document.querySelectorAll('[data-opened]').forEach((fold) => { fold.open = false })"
LONG_WORD = "pneumonoultramicroscopicsilicovolcano" * 2


@pytest.mark.parametrize("address", PAGES)
def test_page_is_clean_for_axe_fits_screen_and_paper_and_leaves_nothing(page, base_url, address):
    assert page.goto(address).status == 200
    page.evaluate(OPEN_ALL)
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate(OVERFLOW) == 0
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 700, "height": 900})
    assert page.evaluate(OVERFLOW) == 0

    page.emulate_media(media="screen")
    if address not in ("/nutrients/magnesium/?stage=31-50-female", PLATE):
        page.evaluate(CLOSE_AGAIN)
    assert axe.violations(page, axe.LOOKS[:1]) == []
    # The header and the footer are those of the home page.
    rest = "html" if address == "/" else "main"
    assert axe.violations(page, axe.LOOKS[1:], rest) == []
    assert traces_in(page, base_url) == []


def test_pages_are_short_and_light_on_a_phone(page, faults):
    page.set_viewport_size(PHONE)
    faulty = {}
    for address, limits in SIZES.items():
        page.goto(address)
        screens, elements, footer = page.evaluate(SIZE)
        if screens > limits[0] or elements > limits[1] or footer > PHONE["height"] / 2:
            faulty[address] = screens, elements, footer
        if page.evaluate(OVERFLOW):
            faulty[address] = "sticks out"

    assert faulty == {}
    forgive(faults, "404")


def test_long_words_of_a_reader_break(page, faults):
    page.set_viewport_size({"width": 320, "height": 640})
    for address in (
        "/search/?q=magnesium+{}",
        "/foods/?q=almonds+{}",
        "/compare/?symptom={}",
        "/checklist/?symptom={}&risk={}",
        "/foods/plate/?food={}&q={}",
        "/nutrients/magnesium/?stage={}",
        "/{}/",
    ):
        page.goto(address.replace("{}", LONG_WORD))
        assert page.evaluate(OVERFLOW) == 0, address
    # The last is a page that does not exist.
    assert axe.on_this_page(page) == []
    forgive(faults, "404")


def test_letters_leave_a_low_window_to_the_list(page):
    page.set_viewport_size({"width": 320, "height": 256})
    page.goto("/a-z/#b")
    expect(page.get_by_role("navigation", name="Letters")).not_to_be_in_viewport()


def test_first_stop_of_the_keyboard_skips_to_the_content(page):
    for address in ("/", "/compare/", "/checklist/"):
        page.goto(address)
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")

        assert page.evaluate("location.hash") == "#main"
        page.keyboard.press("Tab")
        assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_words_on_what_a_script_does_show_only_where_one_runs(page, page_without_script):
    for address in ("/foods/", PLATE, "/search/"):
        for reader, shown in ((page, True), (page_without_script, False)):
            reader.goto(address)
            assert reader.get_by_text(re.compile("changes? as you")).is_visible() is shown


# What browsers call good. Where the machine has no font as wide as ours, its own moves a line.
STEADY = 0.1
LARGEST_PICTURE = 500 * 160
SHIFT = """() => new Promise(done => {
  let sum = 0;
  new PerformanceObserver(list => {
    for (const entry of list.getEntries()) sum += entry.value;
  }).observe({type: "layout-shift", buffered: true});
  // What was buffered comes in a task of its own, before the second frame from here.
  document.fonts.ready.then(
    () => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => done(sum)))));
})"""
AREAS = """() => [...document.querySelectorAll("img, svg:not(.settle, .bar)")].map(picture => {
  const box = picture.getBoundingClientRect();
  return box.width * box.height;
})"""
PLACES = """() => [...document.querySelectorAll("main h1, main h2, main h3, footer")].map(
  one => [one.textContent.slice(0, 20), Math.round(one.getBoundingClientRect().y + scrollY)])"""


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/articles/nutrients-and-muscle-jerking/",
        "/nutrients/magnesium/",
        "/compare/",
        "/checklist/",
        "/foods/plate/?food=almonds",
    ],
)
def test_page_can_be_read_before_its_style_comes_and_nothing_jumps(fresh_page, faults, address):
    page = fresh_page
    page.route("**/*.{css,js,woff2}", lambda route: route.abort())
    page.goto(address)
    assert page.evaluate("getComputedStyle(document.body).fontFamily").find("Atkinson") == -1
    assert page.get_by_role("heading", level=1).bounding_box()["y"] < 3_000
    assert max(page.evaluate(AREAS), default=0) <= LARGEST_PICTURE
    assert page.locator("noscript").count() == 0

    page.unroute_all()
    page.set_viewport_size({"width": 320, "height": 800})
    page.route("**/*.js", lambda route: route.abort())
    page.goto(address)
    without_script = page.evaluate(PLACES)
    faults.clear()
    page.unroute_all()
    page.goto(address)
    assert page.evaluate(PLACES) == without_script
    assert page.evaluate(SHIFT) < STEADY

    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(address)
    assert page.evaluate(SHIFT) < STEADY
