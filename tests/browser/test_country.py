"""The choice of a country: with script and without, and what must follow it on the page."""

import re

import pytest
from playwright.sync_api import expect

BOTH = pytest.mark.parametrize("fixture", ["page", "page_without_script"])
TWICE = """() => [...document.querySelectorAll("[id]")].map((one) => one.id)
  .filter((id, place, all) => all.indexOf(id) !== place)"""
LEADS_NOWHERE = """() => [...document.querySelectorAll("main a[href^='#']")]
  .map((link) => link.getAttribute("href").slice(1))
  .filter((id) => id && !document.getElementById(id))"""


@BOTH
def test_nutrient_page_follows_the_country_and_keeps_the_life_stage(request, fixture):
    page = request.getfixturevalue(fixture)
    page.goto("/nutrients/iron/?stage=19-50-female")
    numbers = page.locator("section:has(#job) .cite").all_inner_texts()
    page.get_by_label("Whose figures").select_option(label="EU")
    if fixture == "page_without_script":
        page.get_by_role("button", name="Show the need").click()

    expect(page.locator("#needs-answer")).to_contain_text("16 mg")
    expect(page.locator("#needs-answer")).to_contain_text("Age groups differ between countries.")
    expect(page.locator("#needs-tables")).to_contain_text("These are the EU’s figures")
    expect(page.get_by_label("Age and sex")).to_have_value("25-plus-female")
    expect(page).to_have_url(re.compile("country=eu"))
    # The sources keep their numbers, or those outside of what changed would lead astray.
    assert page.locator("section:has(#job) .cite").all_inner_texts() == numbers
    assert page.evaluate(TWICE) == []
    assert page.evaluate(LEADS_NOWHERE) == []
    page.get_by_role("link", name="Build a plate").click()
    page.get_by_text("Whose needs:").click()
    expect(page.get_by_label("Whose figures")).to_have_value("eu")
    expect(page.get_by_label("Life stage")).to_have_value("25-plus-female")


@BOTH
def test_plate_follows_the_country(request, fixture):
    page = request.getfixturevalue(fixture)
    page.goto("/foods/plate/?food=spinach-cooked&stage=51-plus-male")
    page.get_by_text("Whose needs:").click()
    page.get_by_label("Whose figures").select_option(label="US and Canada")
    if fixture == "page_without_script":
        page.get_by_role("button", name="Update the totals").click()

    expect(page.locator("#plate-magnesium")).to_contain_text("of the RDA")
    expect(page.get_by_text("Whose needs: male, 71 years and over, US")).to_be_visible()
    expect(page.get_by_label("Life stage")).to_have_value("71-plus-male")
    assert page.evaluate(TWICE) == []


@BOTH
def test_table_and_food_follow_the_country(request, fixture):
    page = request.getfixturevalue(fixture)
    for address, button, place, words in (
        ("/compare/", "Apply", "#comparison-results", "Adult need a day, EU"),
        ("/foods/spinach-raw/", "Show this", "#food-amounts", "UK and EU"),
    ):
        page.goto(f"{address}?country=us")
        expect(page.locator(place)).not_to_contain_text(words)
        page.get_by_label("Whose figures").select_option(label="EU")
        if fixture == "page_without_script":
            page.get_by_role("button", name=button).click()

        expect(page.locator(place)).to_contain_text(words)
        expect(page.get_by_label("Whose figures")).to_have_value("eu")


def test_keyboard_keeps_its_place_in_the_list_of_life_stages(page):
    page.goto("/foods/plate/?food=spinach-cooked")
    page.get_by_text("Whose needs:").click()
    page.get_by_label("Life stage").focus()
    page.keyboard.press("End")

    expect(page.locator("#plate-results")).to_contain_text("children, 7 to 10 years")
    expect(page.get_by_label("Life stage")).to_be_focused()
    expect(page.get_by_label("Life stage")).to_have_value("children-7-10")
