"""The plate in a browser: built with and without script, by keyboard, shared, and kept readable."""

import re

from playwright.sync_api import expect

from .conftest import PHONE
from .test_every_page import FIVE_FOODS, PLATE

# Targets that are too small, but for links inside a sentence and what is only for screen readers.
SMALL_TARGETS = """() => [...document.querySelectorAll(
  '.plate button, .plate input:not([type=hidden]), .plate select, .plate summary, .plate a.action'
)].filter((e) => !e.matches('.box, .visually-hidden') && e.getClientRects().length)
  .filter((element) => element.getBoundingClientRect().height < 44)
  .map((element) => element.outerHTML.slice(0, 120))"""


def test_first_screen_of_a_phone_shows_the_totals_and_the_drawn_plate(either):
    either.set_viewport_size(PHONE)
    either.goto(FIVE_FOODS)
    totals = either.get_by_role("heading", name=re.compile(r"^Calcium \d+%\. Vitamin B12 \d+%\."))

    expect(totals).to_be_in_viewport(ratio=1)
    drawing = either.get_by_role("img", name=re.compile("^Your plate: 1, Milk, whole"))
    expect(drawing).to_be_in_viewport(ratio=1)
    expect(either.get_by_role("link", name="Milk, whole").first).to_be_in_viewport()
    # The totals stay in sight however far down a reader goes, and lead to the search.
    gaps = either.get_by_role("heading", name="Foods that would fill the gaps")
    gaps.scroll_into_view_if_needed()
    expect(totals).to_be_in_viewport(ratio=1)
    either.get_by_role("link", name="Add a food", exact=True).click()
    expect(either.get_by_label("Name of a food")).to_be_in_viewport()


def test_plate_is_built_shared_and_emptied(either, base_url, new_context):
    either.goto("/foods/")
    either.get_by_role("link", name="Build a plate of foods").click()
    either.get_by_label("Name of a food").fill("spinach")
    either.get_by_role("button", name="Find").click()
    # The search moves to its matches.
    expect(either.get_by_text("foods found")).to_be_focused()
    expect(either.get_by_label("Name of a food")).to_be_in_viewport()
    either.keyboard.press("Tab")
    either.keyboard.press("Tab")
    expect(either.get_by_role("button", name=re.compile("^Add Spinach")).first).to_be_focused()
    either.get_by_role("button", name="Add Spinach, boiled").click()
    either.get_by_label("Servings of Spinach, boiled").fill("2")
    # A press is longer than it takes to send the changed servings and to show the new totals.
    either.get_by_text("Whose needs:").click(delay=400)
    either.get_by_label("Life stage").select_option(label="Male, 51 years and over")
    either.get_by_role("button", name="Update the totals").click()

    expect(either.locator("#results")).to_contain_text("Magnesium 52%.")
    expect(either.locator("#results")).to_be_in_viewport()
    expect(either.locator("#plate-magnesium")).to_contain_text("157 mg")
    expect(either.locator("#plate-magnesium")).to_contain_text("of the RNI, 300 mg")
    either.locator("#gaps-list").get_by_role("link", name=re.compile("^Add ")).first.click()
    expect(either.locator(".plate-food")).to_have_count(2)
    expect(either.get_by_label("Servings of Spinach, boiled")).to_have_value("2")
    expect(either.locator("#plate-magnesium")).to_contain_text("of the RNI, 300 mg")

    shared = new_context().new_page()
    shared.goto(either.url)
    assert shared.locator("#plate-results").inner_text() == (
        either.locator("#plate-results").inner_text()
    )

    either.get_by_role("button", name="Remove Spinach, boiled").click()
    expect(either.locator(".plate-food")).to_have_count(1)
    either.get_by_role("button", name="Remove").click()
    expect(either.locator("#results")).to_have_text("Your plate is empty")
    assert "food=" not in either.url
    assert "remove" not in either.url


def test_totals_and_drawing_follow_servings_back_and_forward(page):
    page.goto("/foods/plate/?food=spinach-cooked&stage=51-plus-male#plate-magnesium")
    total = page.locator("#plate-magnesium .plate-sum")
    expect(total).to_be_visible()
    servings = page.get_by_label("Servings of Spinach, boiled")
    servings.fill("2")
    servings.press("Tab")

    expect(total).to_contain_text("156.6")
    expect(total).to_be_visible()
    expect(page.locator("#plate-magnesium")).to_contain_text("157 mg")
    drawing = page.get_by_role("img", name=re.compile("1, Spinach, boiled, 180 grams"))
    expect(drawing).to_be_visible()
    expect(page.locator("[data-status]")).to_contain_text("Magnesium 52%.")
    expect(page).to_have_url(re.compile("servings-spinach-cooked=2"))
    assert page.url.count("food=spinach-cooked") == 1
    expect(page.get_by_role("button", name="Remove Spinach, boiled")).to_be_focused()
    # Safari does this when Back restores a page.
    page.evaluate("dispatchEvent(new Event('pagehide')); document.forms[0].reset()")
    expect(servings).to_have_value("2")

    page.go_back()
    expect(page.locator("#plate-magnesium")).to_contain_text("78.3 mg")
    expect(servings).to_have_value("1")
    page.go_forward()
    expect(page.locator("#plate-magnesium")).to_contain_text("157 mg")
    expect(servings).to_have_value("2")
    servings.fill("two")
    servings.press("Tab")
    expect(page.locator("[data-status]")).to_contain_text("We counted one serving of Spinach")


def test_enter_updates_the_plate_and_add_keeps_changed_servings(either):
    either.goto("/foods/plate/?food=spinach-cooked&food=milk-whole&q=kale")
    servings = either.get_by_label("Servings of Milk")
    servings.fill("2")
    servings.press("Enter")
    either.wait_for_url(re.compile("servings-milk-whole=2.*#results$"))
    expect(either.locator(".plate-food")).to_have_count(2)

    servings.fill("3")
    either.get_by_role("button", name="Add Kale, boiled").click(delay=400)
    expect(either.locator(".plate-food")).to_have_count(3)
    expect(servings).to_have_value("3")
    # New words lead to their matches.
    either.get_by_label("Name of a food").fill("bean")
    either.get_by_label("Name of a food").press("Enter")
    either.wait_for_url(re.compile("q=bean.*#match-count$"))


def test_targets_are_large_enough_on_a_narrow_screen(page):
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(PLATE)
    page.locator(".plate details").evaluate_all("all => all.forEach(fold => { fold.open = true })")

    assert page.evaluate(SMALL_TARGETS) == []
