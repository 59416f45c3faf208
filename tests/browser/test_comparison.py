"""The comparison table in a browser: filters with and without script, Back, focus, and axe."""

import re

from playwright.sync_api import expect

RESULTS = "#comparison-results"


def chip(page, name):
    return page.locator("form").get_by_role("checkbox", name=name).first


def heading(page):
    return page.locator("#results")


def test_ticking_filters_at_once_keeps_the_focus_and_says_the_count(page):
    page.goto("/compare/")
    box = chip(page, "Muscle cramps")
    box.focus()
    page.keyboard.press("Space")

    expect(heading(page)).to_have_text("5 of 13 nutrients match muscle cramps")
    expect(page.locator("[data-status]")).to_have_text("5 of 13 nutrients match muscle cramps")
    expect(box).to_be_focused()
    expect(page).to_have_url(re.compile(r"[?&]symptom=muscle-cramps(&|$)"))
    expect(page.locator("tbody tr")).to_have_count(5)


def test_what_htmx_shows_is_what_a_fresh_page_shows(page):
    page.goto("/compare/")
    chip(page, "Muscle cramps").check()
    expect(heading(page)).to_contain_text("muscle cramps")
    chip(page, "Tremor").check()
    expect(heading(page)).to_contain_text("tremor")
    page.get_by_role("radio", name="Vitamins").check()
    expect(heading(page)).to_contain_text("2 of 13")
    shown, counts = page.locator(RESULTS).inner_text(), counts_of(page)

    page.reload()

    assert page.locator(RESULTS).inner_text() == shown
    assert counts_of(page) == counts
    expect(chip(page, "Tremor")).to_be_checked()


def test_apply_moves_the_focus_to_the_results(page):
    page.goto("/compare/")
    page.get_by_role("button", name="Apply").click()
    expect(heading(page)).to_be_focused()


def test_back_and_forward_restore_table_and_ticks(page):
    page.goto("/compare/")
    chip(page, "Muscle cramps").check()
    expect(heading(page)).to_contain_text("5 of 13")

    page.go_back()
    expect(heading(page)).to_have_text("All 13 nutrients")
    expect(chip(page, "Muscle cramps")).not_to_be_checked()

    page.go_forward()
    expect(heading(page)).to_contain_text("5 of 13")
    expect(chip(page, "Muscle cramps")).to_be_checked()


def test_a_filter_can_be_taken_off(page):
    page.goto("/compare/?symptom=muscle-cramps&symptom=tremor")
    page.get_by_role("link", name="Tremor (shaking) , remove filter").click()
    expect(heading(page)).to_have_text("5 of 13 nutrients match muscle cramps")
    expect(chip(page, "Tremor")).not_to_be_checked()
    page.get_by_role("link", name="Clear all").click()
    expect(heading(page)).to_have_text("All 13 nutrients")


def test_headings_sort_and_filters_keep_the_order(page):
    page.goto("/compare/")
    page.get_by_role("link", name="Nutrient", exact=True).click()
    expect(page.locator("tbody th a").first).to_have_text("Calcium")
    chip(page, "Tingling").check()
    expect(heading(page)).to_contain_text("tingling")
    expect(page.locator("th[aria-sort=ascending]")).to_have_text("Nutrient")


def test_filters_work_without_script(page_without_script):
    page = page_without_script
    page.goto("/compare/")
    chip(page, "Muscle cramps").check()
    chip(page, "Muscle twitches").check()
    page.get_by_role("radio", name="All of these symptoms").check()
    page.get_by_role("checkbox", name="Vegan").check()
    page.get_by_role("button", name="Apply").click()

    expect(heading(page)).to_contain_text("nutrients match muscle")
    expect(heading(page)).to_contain_text(" and muscle ")
    expect(chip(page, "Muscle cramps")).to_be_checked()
    expect(page.get_by_role("radio", name="All of these symptoms")).to_be_checked()


def test_results_stay_and_say_so_when_the_server_fails(page, faults):
    page.goto("/compare/")
    page.route("**/compare/?*", lambda route: route.fulfill(status=500, body="broken"))
    chip(page, "Muscle cramps").check()
    expect(page.locator("[data-status]")).to_contain_text("could not be updated")
    expect(page.locator("[data-status]")).to_contain_text("112, 911, 999")
    expect(page.locator("tbody tr")).to_have_count(13)
    assert all("500" in fault for fault in faults)
    faults.clear()


def test_rows_are_cards_that_fit_a_phone(page):
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto("/compare/?symptom=muscle-cramps")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert (
        page.locator("tbody tr").first.evaluate("row => getComputedStyle(row).display") == "block"
    )


def counts_of(page):
    return page.locator("form .count").all_inner_texts()
