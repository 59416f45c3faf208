"""The reference pages as readers use them: by keyboard, with script and without."""

import re

from playwright.sync_api import expect


def test_number_leads_to_its_source_and_back(page_without_script):
    page = page_without_script
    page.goto("/nutrients/magnesium/muscle-cramps/")
    page.get_by_role("link", name="Source 1", exact=True).first.click()

    assert page.url.endswith("#src-1")
    page.locator("#src-1").get_by_role("link", name="Back to text").click()
    assert page.url.endswith("#ref-1-1")


def test_list_of_foods_changes_as_a_reader_chooses(page):
    page.goto("/foods/")
    page.get_by_label("Nutrient").focus()
    page.get_by_label("Nutrient").select_option("calcium")
    page.wait_for_url("**nutrient=calcium**")

    heading = page.locator("[data-results-heading]")
    expect(heading).to_contain_text("rich in calcium")
    expect(page.locator("[data-status]")).to_have_text(heading.inner_text())
    expect(page.locator("#filters-on")).to_have_text("1 on")
    # Focus stays on the control that was changed.
    assert page.evaluate("document.activeElement.name") == "nutrient"

    page.get_by_label("Vegan").check()
    page.wait_for_url("**diet=vegan**")
    expect(page.locator(".active-filters")).to_contain_text(re.compile(r"Vegan\s*, remove filter"))


def test_back_brings_the_list_as_it_was(page):
    page.goto("/foods/")
    before = page.locator("[data-results-heading]").inner_text()
    page.get_by_label("Nutrient").select_option("calcium")
    page.wait_for_url("**nutrient=calcium**")
    page.go_back()
    page.wait_for_url("**/foods/")

    expect(page.locator("[data-results-heading]")).to_have_text(before)
    expect(page.get_by_label("Nutrient")).to_have_value("")


def test_foods_are_filtered_and_paged_without_script(page_without_script):
    page = page_without_script
    page.goto("/foods/")
    page.get_by_label("Nutrient").select_option("iron")
    page.get_by_label("Vegan").check()
    page.get_by_role("button", name=re.compile(r"^Show\s+\d+ foods")).click()

    expect(page.locator("#results")).to_contain_text("rich in iron")
    first = page.locator(".food-row > a").all_inner_texts()
    page.get_by_role("link", name="Next").click()
    expect(page).to_have_url(re.compile("diet=vegan.*page=2"))
    expect(page.locator(".food-row").last).to_be_visible()
    assert not set(first) & set(page.locator(".food-row > a").all_inner_texts())
    page.get_by_role("link", name="Vegan , remove filter").click()
    expect(page).not_to_have_url(re.compile("diet=vegan"))


def test_search_works_from_the_header_by_keyboard(page):
    page.goto("/")
    page.get_by_role("link", name="Search").first.click()
    page.get_by_label("Search Nutrisite").fill("leg cramps")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Night leg cramps", exact=True).click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Night leg cramps")


def test_symptom_page_opens_the_checklist_with_it_ticked(page):
    page.goto("/symptoms/muscle-cramps/")
    page.get_by_role("link", name="Check this with other symptoms").click()

    expect(page.get_by_role("checkbox", name="Muscle cramps")).to_be_checked()
