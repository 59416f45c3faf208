"""The choice of a country, with script and without."""

import re

import pytest
from playwright.sync_api import expect

TWICE = """() => [...document.querySelectorAll("[id]")].map((element) => element.id)
  .filter((id, index, all) => all.indexOf(id) !== index)"""
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


@pytest.mark.parametrize(
    ("address", "button", "part", "words"),
    [
        ("/compare/", "Apply", "#comparison-results", "Adult need a day, EU"),
        ("/foods/spinach-raw/", "Show this", "#food-amounts", "UK and EU"),
        ("/foods/plate/?food=almonds", "Update the totals", "#plate-magnesium", "of the AI"),
    ],
)
def test_page_follows_the_country(either, address, button, part, words):
    either.goto(f"{address}{'&' if '?' in address else '?'}country=us")
    expect(either.locator(part)).not_to_contain_text(words)
    if "plate" in address:
        either.get_by_text("Whose needs:").click()
    either.get_by_label("Whose figures").select_option(label="EU")
    if not either.runs_script:
        either.get_by_role("button", name=button).click()

    expect(either.locator(part)).to_contain_text(words)
    expect(either.get_by_label("Whose figures")).to_have_value("eu")
