"""Symptom, nutrient and article pages on a phone: the answer first, the rest short and folded."""

import re

import pytest
from playwright.sync_api import expect

HEIGHT = 844
PHONE = {"width": 390, "height": HEIGHT}
# The most screens and nodes that a page may take.
LENGTHS = {
    "/symptoms/": (4, 500),
    "/symptoms/night-leg-cramps/": (5, 900),
    "/symptoms/eyelid-twitch/": (5, 900),
    "/symptoms/muscle-cramps/": (5, 900),
    "/symptoms/muscle-weakness/": (5, 900),
    "/symptoms/tremor/": (5, 900),
    "/nutrients/": (4, 500),
    "/nutrients/magnesium/": (5, 900),
    "/nutrients/calcium/": (5, 900),
    "/nutrients/vitamin-b12/": (5, 900),
    "/nutrients/magnesium/muscle-cramps/": (5, 900),
    "/articles/nutrients-and-muscle-jerking/": (10, 900),
    "/articles/night-leg-cramps/": (10, 900),
    "/articles/why-is-my-muscle-twitching/": (10, 900),
    "/articles/blood-tests-explained/": (10, 900),
    "/articles/caffeine-and-twitching/": (10, 900),
    "/articles/electrolyte-drinks-and-cramp/": (10, 900),
    "/articles/eyelid-twitching/": (10, 900),
    "/articles/jolts-as-you-fall-asleep/": (10, 900),
    "/articles/tingling-hands-and-feet/": (10, 900),
    "/articles/too-much-vitamin-b6/": (10, 900),
}
BOTH = pytest.mark.parametrize("fixture", ["page", "page_without_script"])


def on_first_screen(locator):
    """Say whether the whole of an element lies in the window, which is not scrolled."""
    box = locator.bounding_box()
    return box["y"] >= 0 and box["y"] + box["height"] <= HEIGHT


@pytest.mark.parametrize("address", LENGTHS)
def test_page_is_short_and_small(page, address):
    screens, nodes = LENGTHS[address]
    page.set_viewport_size(PHONE)
    page.goto(address)

    assert page.evaluate("document.documentElement.scrollHeight") <= screens * HEIGHT
    assert page.evaluate("document.querySelectorAll('*').length") <= nodes
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


@BOTH
@pytest.mark.parametrize(
    ("address", "headings"),
    [
        ("/symptoms/night-leg-cramps/", ["Night leg cramps", "What to do now", "When to get help"]),
        ("/symptoms/eyelid-twitch/", ["Eyelid twitch", "What to do now", "When to get help"]),
        ("/symptoms/seizures/", ["Seizures (fits)", "Call your emergency number"]),
        ("/articles/night-leg-cramps/", ["What helps night leg cramps?", "The short answer"]),
        ("/nutrients/magnesium/", ["How much do I need?", "What it does"]),
    ],
)
def test_first_screen_has_the_answer(request, fixture, address, headings):
    page = request.getfixturevalue(fixture)
    page.set_viewport_size(PHONE)
    page.goto(address)

    for heading in headings:
        assert on_first_screen(page.get_by_role("heading", name=heading, exact=True)), heading
    if "symptoms" in address and "seizures" not in address:
        assert all(on_first_screen(step) for step in page.locator(".answer .steps li").all())
    if "seizures" in address:
        assert on_first_screen(page.get_by_role("link", name="999", exact=True).first)


def test_first_screen_of_a_nutrient_says_what_too_little_feels_like(page):
    page.set_viewport_size(PHONE)
    page.goto("/nutrients/magnesium/")

    assert on_first_screen(page.locator("#needs-answer"))
    assert on_first_screen(page.get_by_label("Age and sex"))
    assert on_first_screen(page.get_by_role("link", name="muscle cramps").first)


def test_chosen_life_stage_is_not_cut(page):
    page.set_viewport_size(PHONE)
    page.goto("/nutrients/magnesium/?stage=19-50-lactation")
    stage = page.get_by_label("Age and sex")
    style = "getComputedStyle(one)"
    words = stage.evaluate(
        f"""one => {{ const canvas = document.createElement("canvas").getContext("2d");
          canvas.font = {style}.font;
          return canvas.measureText(one.selectedOptions[0].text).width; }}"""
    )
    room = stage.evaluate(
        f"one => one.clientWidth - parseFloat({style}.paddingLeft)"
        f" - parseFloat({style}.paddingRight)"
    )

    assert words <= room


def test_back_to_text_returns_to_the_number_that_was_tapped(page):
    page.goto("/symptoms/muscle-cramps/")
    page.locator("#causes summary").click()
    number = page.locator("#causes .cite").last
    place, source = number.get_attribute("id"), number.get_attribute("href")
    number.click()

    back = page.locator(source).get_by_role("link", name="Back to text")
    expect(back).to_be_visible()
    back.click()
    expect(page).to_have_url(re.compile(f"#{place}$"))


@BOTH
def test_hard_word_is_explained_by_keyboard_and_on_paper(request, fixture):
    page = request.getfixturevalue(fixture)
    page.goto("/articles/nutrients-and-muscle-jerking/#vitamin-b12")
    if page.get_by_role("button", name="myelin").is_hidden():
        page.locator("details", has=page.locator("#term-myelin")).locator("summary").click()
    meaning = page.get_by_text("The fatty cover of nerve fibres.", exact=True)
    expect(meaning).to_be_hidden()
    page.get_by_role("button", name="myelin").press("Enter")
    expect(meaning).to_be_visible()
    page.keyboard.press("Escape")
    expect(meaning).to_be_hidden()
    expect(page.get_by_role("button", name="myelin")).to_be_focused()

    page.emulate_media(media="print")
    expect(meaning).to_be_visible()


def test_outline_leads_to_the_symptoms_of_its_part_by_keyboard(page):
    page.set_viewport_size(PHONE)
    page.goto("/symptoms/")
    page.get_by_role("link", name="Chest").focus()
    page.keyboard.press("Enter")

    expect(page.get_by_role("link", name="Palpitations")).to_be_visible()


def test_list_of_symptoms_narrows_as_one_types(page):
    page.goto("/symptoms/")
    page.get_by_label("Or type a word").press_sequentially("charley")

    expect(page.get_by_role("link", name="Night leg cramps")).to_be_visible()
    expect(page.locator("[data-narrowed] li:visible")).to_have_count(2)
    expect(page.locator("[data-status]")).to_have_text("2 found")


def test_symptoms_open_without_script(page_without_script):
    page = page_without_script
    page.goto("/symptoms/")
    expect(page.get_by_label("Or type a word")).to_be_hidden()
    page.locator("#area-muscles summary").click()
    page.get_by_role("link", name="Eyelid twitch").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Eyelid twitch")


def test_folded_parts_and_the_picture_are_on_paper(page):
    page.goto("/symptoms/night-leg-cramps/")
    expect(page.locator("#causes li").first).to_be_hidden()
    page.emulate_media(media="print")

    expect(page.locator("#causes li").first).to_be_visible()
    expect(page.locator("#src-1")).to_be_visible()
    expect(page.get_by_role("img", name="calf stretch")).to_be_visible()
