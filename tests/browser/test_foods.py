"""Foods on a phone: what the first screen shows, how long the pages are, and the filters."""

import re

import pytest
from playwright.sync_api import expect

from . import databases
from .conftest import PHONE

# As foods are that were imported.
UNCHOOSE_EGGS = """UPDATE nutrients_foodsource SET is_curated = false
WHERE group_id IN (SELECT id FROM nutrients_foodgroup WHERE slug = 'eggs')"""


def test_first_screens_show_foods_and_what_they_are_rich_in(either):
    either.set_viewport_size(PHONE)
    either.goto("/foods/?nutrient=magnesium")
    expect(either.get_by_role("heading", name="foods rich in magnesium")).to_be_in_viewport(ratio=1)
    expect(either.get_by_role("link", name="Hemp seeds, hulled")).to_be_in_viewport(ratio=1)
    expect(either.locator(".food-row").first).to_contain_text("56%")
    either.goto("/foods/")
    expect(either.locator(".food-row").nth(1)).to_be_in_viewport(ratio=1)
    expect(either.locator(".food-row").nth(1)).to_contain_text("Rich in vitamin B12")

    either.goto("/foods/cheese-cheddar/")
    expect(either.get_by_text(re.compile(r"Rich in\s+calcium\s+\(25%\)"))).to_be_in_viewport(
        ratio=1
    )
    expect(either.get_by_label("Portion")).to_be_in_viewport(ratio=1)
    either.get_by_label("Portion").select_option("100")
    if not either.runs_script:
        either.get_by_role("button", name="Show this portion").click()
    expect(either.locator("#food-verdict")).to_contain_text("Rich in calcium (89%)")
    expect(either.locator("#food-verdict")).to_contain_text("For 100")
    expect(either).to_have_url(re.compile("portion=100"))


def test_filters_open_over_the_page_and_show_how_many_foods_are_left(either):
    either.set_viewport_size(PHONE)
    either.goto("/foods/")
    bar = either.locator(".food-filters > summary")
    expect(either.get_by_label("Nutrient")).not_to_be_visible()
    either.mouse.wheel(0, 1500)
    expect(bar).to_be_in_viewport(ratio=1)
    if either.runs_script:
        bar.click()
        either.keyboard.press("Escape")
        expect(either.get_by_label("Nutrient")).not_to_be_visible()
        expect(bar).to_be_focused()
    bar.click()
    expect(bar).to_be_in_viewport(ratio=1)
    either.get_by_label("Nutrient").select_option("magnesium")
    either.get_by_label("Vegan").check()
    show = either.get_by_role("button", name=re.compile(r"^Show\s+(\d+ )?foods"))
    expect(show).to_be_in_viewport(ratio=1)
    if either.runs_script:
        expect(either.locator("#filters-on")).to_have_text("2 on")
        left = int(re.search(r"\d+", show.inner_text())[0])
        assert 0 < left < 146
    show.click()

    expect(either.get_by_label("Nutrient")).not_to_be_visible()
    expect(either.locator("#filters-on")).to_have_text("2 on")
    expect(either.get_by_role("heading", name="foods rich in magnesium")).to_be_in_viewport()
    expect(either).to_have_url(re.compile("nutrient=magnesium.*diet=vegan"))
    assert not either.runs_script or "=&" not in either.url


def test_long_choice_of_a_filter_takes_two_lines(page):
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto("/foods/?nutrient=magnesium")
    short, long = (page.get_by_label(name).bounding_box() for name in ("Sort by", "Nutrient"))

    assert long["height"] > short["height"]


def test_list_of_foods_and_its_counts_follow_the_filters(page):
    page.goto("/foods/")
    heading = page.locator("[data-results-heading]")
    nutrient, group = page.get_by_label("Nutrient"), page.get_by_label("Food group")
    nutrient.focus()
    nutrient.select_option("calcium")
    page.wait_for_url("**nutrient=calcium**")
    expect(heading).to_contain_text("rich in calcium")
    expect(page.locator("[data-status]")).to_have_text(heading.inner_text())
    expect(page.locator("#filters-on")).to_have_text("1 on")
    expect(nutrient).to_be_focused()

    count = re.search(r"[(](\d+)[)]", group.locator("option[value=nuts]").inner_text())[1]
    group.select_option("nuts")
    page.wait_for_url("**group=nuts**")
    expect(page.locator("#food-count")).to_have_text(f"{count} foods")
    page.get_by_role("button", name=f"Show {count} foods").click()
    expect(page.locator("[data-status]")).to_be_empty()
    page.go_back()
    expect(group).to_have_value("")
    expect(nutrient).to_have_value("calcium")


def test_one_back_undoes_filters_and_returns_to_the_place_in_the_list(page):
    page.set_viewport_size(PHONE)
    page.goto("/foods/")
    page.evaluate("scrollTo(0, 1500)")
    page.locator(".food-filters > summary").click()
    page.get_by_label("Vegan").check()
    page.wait_for_url("**diet=vegan**")
    before = page.evaluate("scrollY")
    page.get_by_role("button", name=re.compile("Show")).click()
    expect(page.locator("[data-results-heading]")).to_be_focused()
    # At once: nothing on its way to another place may win.
    page.go_back()

    expect(page.get_by_role("link", name="Vegan , remove filter")).to_have_count(0)
    assert before > 500
    page.wait_for_function("(before) => Math.abs(scrollY - before) < 100", arg=before)


def test_no_name_of_a_nutrient_is_cut_inside_a_word(page):
    page.goto("/foods/beef-liver-cooked/")
    for width in (320, 390, 1000, 1050, 1100, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        lines = page.locator(".bars .name > a").evaluate_all(
            """all => all.filter(link => !link.textContent.includes(" "))
              .map(link => { const range = document.createRange();
                range.selectNodeContents(link); return range.getClientRects().length; })"""
        )
        assert len(lines) >= 6
        assert set(lines) == {1}


@pytest.mark.changes_content
def test_groups_in_the_filter_follow_the_name(page, site):
    databases.execute(site.folder, UNCHOOSE_EGGS)
    page.goto("/foods/")
    group, by_name = page.get_by_label("Food group"), page.locator("#imported-groups option")
    expect(by_name).to_have_count(0)
    page.get_by_label("Food name").fill("egg")
    page.keyboard.press("Enter")
    expect(by_name).to_have_count(1)

    group.select_option("eggs")
    expect(page.locator(".active-filters")).to_contain_text("remove filter")
    expect(group).to_have_value("eggs")
    expect(page.locator(".food-row").first).to_be_visible()

    # Without the words the chosen group stays, so that it can be seen and taken off.
    page.get_by_label("Food name").fill("")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: "q=egg" not in address)
    expect(by_name).to_have_count(1)
    expect(group).to_have_value("eggs")
