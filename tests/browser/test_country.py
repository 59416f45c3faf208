"""The choice of a country: with script and without, and what must follow it on the page."""

import re

import pytest
from playwright.sync_api import expect

TWICE = """() => [...document.querySelectorAll("[id]")].map((one) => one.id)
  .filter((id, place, all) => all.indexOf(id) !== place)"""
LEADS_NOWHERE = """() => [...document.querySelectorAll("main a[href^='#']")]
  .map((link) => link.getAttribute("href").slice(1))
  .filter((id) => id && !document.getElementById(id))"""


@pytest.fixture
def page(lasting_page):
    return lasting_page


def test_nutrient_page_follows_the_country_and_keeps_the_life_stage(either):
    either.goto("/nutrients/iron/?stage=19-50-female")
    numbers = either.locator("section:has(#job) .cite").all_inner_texts()
    either.get_by_label("Whose figures").select_option(label="EU")
    if not either.runs_script:
        either.get_by_role("button", name="Show the need").click()

    expect(either.locator("#needs-answer")).to_contain_text("16 mg")
    expect(either.locator("#needs-answer")).to_contain_text("Age groups differ between countries.")
    expect(either.locator("#needs-tables")).to_contain_text("These are the EU’s figures")
    expect(either.get_by_label("Age and sex")).to_have_value("25-plus-female")
    expect(either).to_have_url(re.compile("country=eu"))
    # The sources keep their numbers, or those outside of what changed would lead astray.
    assert either.locator("section:has(#job) .cite").all_inner_texts() == numbers
    assert either.evaluate(TWICE) == []
    assert either.evaluate(LEADS_NOWHERE) == []
    either.get_by_role("link", name="Build a plate").click()
    either.get_by_text("Whose needs:").click()
    expect(either.get_by_label("Whose figures")).to_have_value("eu")
    expect(either.get_by_label("Life stage")).to_have_value("25-plus-female")


def test_plate_follows_the_country(either):
    either.goto("/foods/plate/?food=spinach-cooked&stage=51-plus-male")
    either.get_by_text("Whose needs:").click()
    either.get_by_label("Whose figures").select_option(label="US and Canada")
    if not either.runs_script:
        either.get_by_role("button", name="Update the totals").click()

    expect(either.locator("#plate-magnesium")).to_contain_text("of the RDA")
    expect(either.get_by_text("Whose needs: male, 71 years and over, US")).to_be_visible()
    expect(either.get_by_label("Life stage")).to_have_value("71-plus-male")
    assert either.evaluate(TWICE) == []


def test_table_and_food_follow_the_country(either):
    for address, button, place, words in (
        ("/compare/", "Apply", "#comparison-results", "Adult need a day, EU"),
        ("/foods/spinach-raw/", "Show this", "#food-amounts", "UK and EU"),
    ):
        either.goto(f"{address}?country=us")
        expect(either.locator(place)).not_to_contain_text(words)
        either.get_by_label("Whose figures").select_option(label="EU")
        if not either.runs_script:
            either.get_by_role("button", name=button).click()

        expect(either.locator(place)).to_contain_text(words)
        expect(either.get_by_label("Whose figures")).to_have_value("eu")


def test_keyboard_keeps_its_place_in_the_list_of_life_stages(page):
    page.goto("/foods/plate/?food=spinach-cooked")
    page.get_by_text("Whose needs:").click()
    page.get_by_label("Life stage").focus()
    page.keyboard.press("End")

    expect(page.locator("#plate-results")).to_contain_text("children, 7 to 10 years")
    expect(page.get_by_label("Life stage")).to_be_focused()
    expect(page.get_by_label("Life stage")).to_have_value("children-7-10")
