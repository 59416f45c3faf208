"""The frame, and the home, search, safety, A to Z, data and sources pages on a phone."""

import json

import pytest
from playwright.sync_api import expect

SCREEN = {"width": 390, "height": 844}


@pytest.fixture
def phone(lasting_page):
    lasting_page.set_viewport_size(SCREEN)
    return lasting_page


def is_on_first_screen(locator):
    """Whether all of an element shows before any scrolling."""
    box = locator.bounding_box()
    return box is not None and box["y"] >= 0 and box["y"] + box["height"] <= SCREEN["height"]


def test_text_is_16_px_on_a_phone_and_18_px_on_a_desktop(phone):
    phone.goto("/about/")
    body = "parseFloat(getComputedStyle(document.body).fontSize)"
    assert phone.evaluate(body) == pytest.approx(16, abs=0.2)
    phone.set_viewport_size({"width": 1280, "height": 800})
    assert phone.evaluate(body) == 18
    # There the menu is a row.
    expect(phone.get_by_role("button", name="Menu")).to_be_hidden()
    menu = phone.get_by_role("navigation", name="Main")
    expect(menu.get_by_role("link", name="When to get help")).to_be_visible()


# Of a column of text: a heading, what follows it, and how many letters a line of that has at most.


def test_menu_opens_and_closes_on_escape_and_on_a_tap_outside(either):
    either.set_viewport_size(SCREEN)
    either.goto("/about/")
    button, menu = (
        either.get_by_role("button", name="Menu"),
        either.get_by_role("navigation", name="Main"),
    )
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
    expect(either.get_by_role("navigation", name="Main")).to_be_hidden()


def test_first_screen_of_home_has_symptoms_search_and_emergency_numbers(phone):
    phone.goto("/")
    feelings = phone.get_by_role("navigation", name="What do you feel?").get_by_role("link")
    assert feelings.count() == 9
    assert all(is_on_first_screen(link) for link in feelings.all())
    assert is_on_first_screen(phone.get_by_role("searchbox", name="Search Nutrisite"))
    for number in ("999", "112", "911"):
        call = phone.get_by_role("link", name=f"Call {number}")
        assert is_on_first_screen(call)
        expect(call).to_have_attribute("href", f"tel:{number}")


def test_safety_page_shows_whom_to_call_and_the_groups_of_signs_first(phone):
    phone.goto("/safety/")
    card = phone.get_by_role("region", name="Call your emergency number")
    for number in ("999", "112", "911"):
        call = card.get_by_role("link", name=f"Call {number}")
        assert is_on_first_screen(call)
        expect(call).to_have_attribute("href", f"tel:{number}")
    heart = card.get_by_text("Heart and breathing")
    assert is_on_first_screen(heart)
    sign = card.get_by_text("Chest pain, or palpitations")
    expect(sign).to_be_hidden()
    heart.click()
    expect(sign).to_be_visible()

    # A link to one sign opens its group.
    phone.goto("/about/")
    phone.goto("/safety/#chest-pain-palpitations")
    expect(sign).to_be_visible()


def test_safety_page_works_without_script(page_without_script):
    page_without_script.goto("/safety/")
    page_without_script.get_by_text("Heart and breathing").first.click()

    expect(page_without_script.get_by_text("Chest pain, or palpitations")).to_be_visible()
    expect(page_without_script.get_by_role("button", name="Keep this page")).to_be_hidden()


def test_emergency_words_show_call_buttons_while_typing(phone):
    phone.goto("/search/")
    phone.get_by_label("Search Nutrisite").fill("chest pain")
    banner = phone.get_by_role("region", name="Is it happening now?")
    for number in ("999", "112", "911"):
        assert is_on_first_screen(banner.get_by_role("link", name=f"Call {number}"))
    expect(phone.locator(".hit a").first).to_contain_text("Chest pain")

    phone.get_by_label("Search Nutrisite").fill("calcium")
    expect(banner).to_have_count(0)


def test_search_works_without_script_and_shows_a_figure_on_the_first_screen(page_without_script):
    page = page_without_script
    page.set_viewport_size(SCREEN)
    page.goto("/search/?q=how+much+magnesium+when+pregnant")
    figure = page.get_by_text("270 milligrams a day")
    assert is_on_first_screen(figure)
    page.get_by_role("link", name="US and Canada").click()
    page.get_by_label("Search Nutrisite").fill("how much iron when pregnant")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("heading", name="Iron: daily need in the US")).to_be_visible()


def test_letters_of_the_a_to_z_stay_in_view(phone):
    phone.goto("/a-z/")
    phone.evaluate("scrollTo(0, 3000)")
    letters = phone.get_by_role("navigation", name="Letters")
    assert all(is_on_first_screen(letter) for letter in letters.get_by_role("link").all())
    letters.get_by_role("link", name="M", exact=True).click()

    expect(phone.get_by_role("heading", name="M", exact=True)).to_be_in_viewport()


def fetched_early(page):
    """Return the list of addresses that the browser prefetches, filled as the requests come."""
    seen = []
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Preload.enable")
    session.on("Preload.prefetchStatusUpdated", lambda event: seen.append(event["prefetchUrl"]))
    return seen


def press(page, name):
    """Press a link with the mouse and hold it."""
    box = page.get_by_role("link", name=name).first.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()


def test_pressed_links_are_prefetched_except_the_checklist(page, base_url):
    rules = page.goto("/nutrients/").headers["speculation-rules"].strip('"')
    [rule] = json.loads(page.request.get(rules).text())["prefetch"]
    # No page is fetched for a link that is only pointed at.
    assert rule["eagerness"] == "conservative"
    seen = fetched_early(page)
    with page.expect_request("**/nutrients/magnesium/"):
        press(page, "Checklist")
        # Off the link first, so that letting go of the button follows none.
        page.mouse.move(0, 0)
        page.mouse.up()
        press(page, "Magnesium")

    assert set(seen) <= {f"{base_url}/nutrients/magnesium/"}
