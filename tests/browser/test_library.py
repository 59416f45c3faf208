"""The life-stage picker, the chart of foods and the portions: with script and without."""

import re

import pytest
from playwright.sync_api import expect

MAGNESIUM = "/nutrients/magnesium/"
BOTH = pytest.mark.parametrize("fixture", ["page", "page_without_script"])


@BOTH
def test_life_stage_gives_need_and_limit_and_what_it_counts(request, fixture):
    page = request.getfixturevalue(fixture)
    page.goto(MAGNESIUM)
    page.get_by_label("Age and sex").select_option(label="Male, 19 to 50 years")
    if fixture == "page_without_script":
        page.get_by_role("button", name="Show the need").click()

    answer = page.locator("#needs-answer")
    expect(answer).to_contain_text("300 mg")
    expect(answer).to_contain_text("250 mg")
    expect(answer).to_contain_text("supplements and fortified foods only")
    expect(page).to_have_url(re.compile("stage=19-50-male"))
    page.get_by_role("link", name="Build a plate against this need").click()
    expect(page.locator(".plate-food")).to_have_count(3)


def test_change_is_spoken_and_keeps_the_focus(page):
    page.goto(MAGNESIUM)
    page.get_by_label("Age and sex").focus()
    page.keyboard.press("End")

    expect(page.locator("[data-status]")).to_contain_text("Children, 7 to 10 years")
    assert page.evaluate("document.activeElement.id") == "need-stage"


def test_back_brings_the_answers_and_the_controls_as_they_were(page):
    page.goto(MAGNESIUM)
    page.get_by_label("Age and sex").select_option(label="Male, 19 to 50 years")
    expect(page.locator("#needs-answer")).to_contain_text("Male, 19 to 50 years")
    page.go_back()

    expect(page.locator("#needs-answer")).to_contain_text("a day for adults in the UK")
    expect(page.get_by_label("Age and sex")).to_have_value("")


def test_back_from_a_narrower_list_of_foods_brings_the_wider_one_with_its_controls(page):
    page.goto("/foods/")
    page.get_by_label("Nutrient").select_option("calcium")
    expect(page.locator("#results")).to_contain_text("rich in calcium")
    page.get_by_label("Vegan").check()
    expect(page.get_by_role("link", name="Vegan , remove filter")).to_be_visible()
    page.go_back()

    expect(page.get_by_role("link", name="Vegan , remove filter")).to_have_count(0)
    expect(page.get_by_label("Vegan")).not_to_be_checked()
    expect(page.get_by_label("Nutrient")).to_have_value("calcium")


def test_counts_in_lists_to_choose_from_follow_the_filters(page):
    page.goto("/foods/")
    page.get_by_label("Nutrient").select_option("magnesium")
    expect(page.locator("#results")).to_contain_text("rich in magnesium")
    page.get_by_label("And also").select_option("calcium")
    expect(page.locator("#results")).to_contain_text("rich in magnesium and calcium")
    level = page.get_by_label("How much in a serving")
    high = level.locator("option[value=high]").inner_text()
    level.select_option("high")

    expect(page.locator("#results")).to_contain_text(
        re.compile(rf"^\s*{re.search(r'[(]([0-9]+)[)]', high)[1]} foods? rich in")
    )
    expect(page.get_by_label("Nutrient")).to_have_value("magnesium")
    expect(page.get_by_label("And also")).to_have_value("calcium")
    expect(page.get_by_label("Food group")).to_have_value("")
    expect(level).to_have_value("high")


@BOTH
def test_portion_changes_the_bars(request, fixture):
    page = request.getfixturevalue(fixture)
    page.goto("/foods/spinach-raw/")
    page.get_by_label("Portion").select_option("100")
    if fixture == "page_without_script":
        page.get_by_role("button", name="Show this portion").click()

    expect(page.locator("#food-amounts")).to_contain_text("79\xa0mg")
    expect(page).to_have_url(re.compile("portion=100"))


def test_source_of_a_list_of_foods_is_one_step_from_it(page_without_script):
    page = page_without_script
    page.goto("/foods/?nutrient=calcium")
    page.locator("#food-results .cite").first.click()

    assert page.url.endswith("?nutrient=calcium#src-1")
    expect(page.locator(":target")).to_contain_text("Department of Agriculture")
    expect(page.locator(":target")).to_be_in_viewport()


def test_a_source_opens_on_what_rests_on_it(page_without_script):
    page = page_without_script
    page.goto("/nutrients/magnesium/muscle-cramps/")
    page.locator("#sources summary").click()
    page.get_by_role("link", name="How we checked these sources").click()
    kind = page.locator("details", has_text="Magnesium deficiency (2023)")
    while not kind.count():
        page.get_by_role("link", name="Next", exact=True).click()
    kind.locator("summary").click()
    page.get_by_role("link", name="Magnesium deficiency (2023)").first.click()

    page.get_by_role("link", name="Magnesium: Muscle cramps (too little)").click()
    assert page.url.endswith("/nutrients/magnesium/muscle-cramps/#deficiency")
