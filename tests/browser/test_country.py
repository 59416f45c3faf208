"""The choice of a country, with script and without."""

import re

from playwright.sync_api import expect

TWICE = """() => [...document.querySelectorAll("[id]")].map((element) => element.id)
  .filter((id, index, all) => all.indexOf(id) !== index)"""
LEADS_NOWHERE = """() => [...document.querySelectorAll("main a[href^='#']")]
  .map((link) => link.getAttribute("href").slice(1))
  .filter((id) => id && !document.getElementById(id))"""


def test_nutrient_page_follows_the_country_keeps_the_life_stage_and_back_undoes_it(either):
    either.goto("/nutrients/iron/?stage=19-50-female")
    country, need = either.get_by_label("Whose figures"), either.locator("#needs-answer")
    numbers = either.locator("section:has(#job) .cite").all_inner_texts()
    before = need.inner_text()
    country.focus()
    country.select_option(label="EU")
    if either.runs_script:
        expect(either.locator("[data-status]")).to_have_text(re.compile("16 mg a day in .*[.]$"))
        expect(country).to_be_focused()
    else:
        either.get_by_role("button", name="Show the need").click()

    expect(need).to_contain_text("16 mg")
    expect(either.locator("#needs-answer")).to_contain_text("Age groups differ between countries.")
    expect(either.locator("#needs-tables")).to_contain_text("These are the EU’s figures")
    expect(either.get_by_label("Age and sex")).to_have_value("25-plus-female")
    expect(either).to_have_url(re.compile("country=eu"))
    # The sources keep their numbers, or those outside of what changed would lead astray.
    assert either.locator("section:has(#job) .cite").all_inner_texts() == numbers
    assert either.evaluate(TWICE) == []
    assert either.evaluate(LEADS_NOWHERE) == []
    either.go_back()
    expect(need).to_have_text(before, use_inner_text=True)
    either.go_forward()
    expect(need).to_contain_text("16 mg")
    either.get_by_role("link", name="Build a plate").click()
    either.wait_for_load_state()
    either.get_by_text("Whose needs:").click()
    expect(either.get_by_label("Whose figures")).to_have_value("eu")
    expect(either.get_by_label("Life stage")).to_have_value("25-plus-female")
    if either.runs_script:
        # The select of a plate asks for more than its form: the needs, and the life stages.
        either.get_by_label("Whose figures").select_option(value="us")
        expect(either.locator("#plate-who")).to_contain_text("US and Canada")
        expect(either.get_by_label("Life stage")).not_to_have_value("25-plus-female")
