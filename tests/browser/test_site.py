"""The frame, and the home, search, safety, A to Z, data and sources pages on a phone."""

import pytest
from playwright.sync_api import expect

from .conftest import PHONE


@pytest.fixture
def phone(page):
    page.set_viewport_size(PHONE)
    return page


def expect_calls_on_first_screen(page):
    """Expect the three numbers to call before any scrolling."""
    for number in ("999", "112", "911"):
        call = page.get_by_role("link", name=f"Call {number}")
        expect(call).to_be_in_viewport(ratio=1)
        expect(call).to_have_attribute("href", f"tel:{number}")


def test_text_and_menu_suit_a_phone_and_a_desktop(either):
    either.set_viewport_size(PHONE)
    either.goto("/about/")
    size_of_text = "parseFloat(getComputedStyle(document.body).fontSize)"
    assert either.evaluate(size_of_text) == pytest.approx(16, abs=0.2)
    button = either.get_by_role("button", name="Menu")
    menu = either.get_by_role("navigation", name="Main")
    expect(menu).to_be_hidden()

    button.click()
    expect(menu.get_by_role("link", name="Checklist")).to_be_visible()
    either.keyboard.press("Escape")
    expect(menu).to_be_hidden()

    button.click()
    either.mouse.click(200, 800)
    expect(menu).to_be_hidden()

    button.click()
    menu.get_by_role("link", name="Symptoms").click()
    either.wait_for_url("**/symptoms/")
    expect(menu).to_be_hidden()

    # There the menu is a row.
    either.set_viewport_size({"width": 1280, "height": 800})
    assert either.evaluate(size_of_text) == 18
    expect(button).to_be_hidden()
    expect(menu.get_by_role("link", name="When to get help")).to_be_visible()


def test_first_screen_of_home_has_symptoms_search_and_emergency_numbers(phone):
    phone.goto("/")
    feelings = phone.get_by_role("navigation", name="What do you feel?").get_by_role("link").all()
    assert len(feelings) == 9
    for part in (*feelings, phone.get_by_role("searchbox", name="Search Nutrisite")):
        expect(part).to_be_in_viewport(ratio=1)
    expect_calls_on_first_screen(phone)


def test_safety_page_shows_whom_to_call_and_the_groups_of_signs_first(either):
    either.set_viewport_size(PHONE)
    either.goto("/safety/")
    card = either.get_by_role("region", name="Call your emergency number")
    expect_calls_on_first_screen(card)
    heart, sign = card.get_by_text("Heart and breathing"), card.get_by_text("Chest pain, or palp")
    expect(heart).to_be_in_viewport(ratio=1)
    expect(sign).to_be_hidden()
    heart.click()
    expect(sign).to_be_visible()
    for name in ("Keep this page", "Print this"):
        button = either.get_by_role("button", name=name)
        expect(button).to_be_visible(visible=either.runs_script)

    # A link to one sign opens its group.
    either.goto("/about/")
    either.goto("/safety/#chest-pain-palpitations")
    expect(sign).to_be_visible()


def test_emergency_words_show_call_buttons_while_typing(phone):
    phone.goto("/search/")
    phone.get_by_label("Search Nutrisite").fill("chest pain")
    banner = phone.get_by_role("region", name="Is it happening now?")
    expect_calls_on_first_screen(banner)
    expect(phone.locator(".hit a").first).to_contain_text("Chest pain")

    phone.get_by_label("Search Nutrisite").fill("calcium")
    expect(banner).to_have_count(0)


def test_search_works_without_script_and_shows_a_figure_on_the_first_screen(page_without_script):
    page = page_without_script
    page.set_viewport_size(PHONE)
    page.goto("/search/?q=how+much+magnesium+when+pregnant")
    expect(page.get_by_text("270 milligrams a day")).to_be_in_viewport(ratio=1)
    page.get_by_role("link", name="US and Canada").click()
    page.get_by_label("Search Nutrisite").fill("how much iron when pregnant")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("heading", name="Iron: daily need in the US")).to_be_visible()


def test_letters_of_the_a_to_z_stay_in_view(phone):
    phone.goto("/a-z/")
    phone.evaluate("scrollTo(0, 3000)")
    letters = phone.get_by_role("navigation", name="Letters")
    for letter in letters.get_by_role("link").all():
        expect(letter).to_be_in_viewport(ratio=1)
    letters.get_by_role("link", name="M", exact=True).click()

    expect(phone.get_by_role("heading", name="M", exact=True)).to_be_in_viewport()
    phone.keyboard.press("Shift+Tab")
    assert phone.locator(":focus").bounding_box()["y"] >= letters.bounding_box()["height"]
