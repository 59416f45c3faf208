"""The comparison table in a browser: first screen, matrix, filters, Back, sharing, paper."""

import re

from playwright.sync_api import expect

from .conftest import PHONE, forgive
from .test_every_page import MATRIX

DESKTOP = {"width": 1280, "height": 800}


def chip(page, name):
    return page.locator("form").get_by_role("checkbox", name=name).first


def heading(page):
    return page.locator("#results")


def filters(page):
    return page.locator(".table-filters > summary")


def test_first_screen_of_a_phone_holds_the_matrix_and_every_filter_in_use(page):
    page.set_viewport_size(PHONE)
    for address, rows in (("/compare/", 8), (MATRIX, 6)):
        page.goto(address)
        expect(page.get_by_role("table")).to_be_in_viewport()
        expect(page.locator("tbody tr").nth(rows - 1)).to_be_in_viewport(ratio=1)
        expect(filters(page)).to_be_in_viewport(ratio=1)
        expect(page.locator("tbody tr").first.get_by_role("link").first).to_be_visible()

    chips = page.get_by_role("group", name="Filters in use").get_by_role("link").all()
    assert len(chips) == 5
    for chip_in_use in chips:
        expect(chip_in_use).to_be_in_viewport(ratio=1)


def test_first_screen_of_a_desktop_holds_the_table_with_filters_at_its_side(page):
    page.set_viewport_size(DESKTOP)
    page.goto(MATRIX)
    form, table = page.locator("form").bounding_box(), page.get_by_role("table").bounding_box()

    assert form["x"] + form["width"] < table["x"]
    expect(page.locator("tbody tr").nth(2)).to_be_in_viewport()
    expect(chip(page, "Muscle cramps")).to_be_visible()
    expect(filters(page)).to_be_hidden()
    for words in ("Most typical signs", "Rich foods", "Adult need a day, UK"):
        expect(page.get_by_role("columnheader", name=words)).to_be_visible()
    # A tablet has the bar and the matrix of a phone.
    page.set_viewport_size({"width": 768, "height": 1024})
    expect(chip(page, "Muscle cramps")).to_be_hidden()
    expect(filters(page)).to_be_visible()


def test_row_of_the_matrix_opens_to_its_facts(either):
    either.set_viewport_size(PHONE)
    either.goto("/compare/?symptom=muscle-cramps")
    row = either.locator("tbody tr").filter(has_text="Magnesium").first
    expect(row.get_by_text("270 to 300 mg")).to_be_hidden()

    row.locator("summary").click()

    expect(row).to_contain_text("Hemp seeds")
    for words in ("270 to 300 mg", "Helps muscles relax"):
        expect(row.get_by_text(words)).to_be_visible()
    assert either.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    dot = row.get_by_role("link", name="Moderate evidence: Low magnesium is linked with muscle")
    box = dot.bounding_box()
    assert min(box["width"], box["height"]) >= 44
    dot.click()
    expect(either).to_have_url(re.compile("/nutrients/magnesium/muscle-cramps/#deficiency$"))


def test_many_signs_scroll_inside_the_table_alone(page):
    page.set_viewport_size(PHONE)
    signs = ("muscle-cramps", "tingling", "tremor", "palpitations", "numbness", "fatigue")
    page.goto("/compare/?" + "&".join(f"symptom={sign}" for sign in signs))

    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    places = page.locator("tbody tr").evaluate_all(
        """rows => rows.map(row =>
          [...row.querySelectorAll("td:not(.fact)")].map(cell => cell.offsetLeft).join())"""
    )
    assert len(set(places)) == 1


def test_ticks_apply_at_once_keep_the_focus_say_the_count_and_are_one_step_back(page):
    page.goto("/compare/")
    box = chip(page, "Muscle cramps")
    box.focus()
    page.keyboard.press("Space")
    expect(heading(page)).to_have_text("5 of 13 nutrients match muscle cramps")
    expect(page.locator("[data-status]")).to_have_text("5 of 13 nutrients match muscle cramps")
    expect(box).to_be_focused()
    expect(page).to_have_url(re.compile(r"\?symptom=muscle-cramps(&|$)"))
    expect(page.locator("tbody tr")).to_have_count(5)
    chip(page, "Tremor").check()
    expect(heading(page)).to_contain_text("6 of 13")
    expect(page).to_have_url(re.compile("muscle-cramps&symptom=tremor"))

    page.go_back()
    expect(heading(page)).to_have_text("All 13 nutrients")
    expect(box).not_to_be_checked()
    page.go_forward()
    expect(heading(page)).to_contain_text("6 of 13")
    expect(box).to_be_checked()
    expect(chip(page, "Tremor")).to_be_checked()


def test_filtered_table_equals_a_fresh_page(page):
    page.goto("/compare/")
    page.get_by_role("link", name="Nutrient", exact=True).click()
    expect(page.locator("tbody th > a").first).to_have_text("Calcium")
    page.wait_for_load_state()
    for name in ("Muscle cramps", "Tremor"):
        chip(page, name).check()
        expect(heading(page)).to_contain_text(name.lower())
    page.get_by_label("Nutrients", exact=True).select_option(value="vitamin")
    expect(heading(page)).to_contain_text("2 of 13")
    expect(page.locator("th[aria-sort=ascending]")).to_have_text("Nutrient")
    expect(page.get_by_role("button", name="Copy link")).to_be_visible()

    def state():
        counts = page.locator("form :is(.count, option)").all_text_contents()
        return page.locator("#comparison-results").inner_text(), counts

    before = state()
    page.reload()
    assert state() == before
    expect(chip(page, "Tremor")).to_be_checked()


def test_symptom_from_the_list_becomes_a_box_and_the_list_keeps_the_focus(page):
    page.goto("/compare/")
    others = page.get_by_label("Add another")
    others.focus()
    others.select_option(value="burning-feet")

    expect(heading(page)).to_contain_text("burning feet")
    expect(chip(page, "Burning feet")).to_be_checked()
    expect(others).to_have_value("")
    expect(others).to_be_focused()

    # uncheck() would look for the box once more, and the answer removes it.
    chip(page, "Burning feet").click()
    expect(heading(page)).to_have_text("All 13 nutrients")


def test_panel_of_a_phone_lies_over_the_page_until_escape(page):
    page.set_viewport_size(PHONE)
    page.goto("/compare/?symptom=burning-feet")
    page.evaluate("scrollTo(0, 600)")
    expect(filters(page)).to_be_in_viewport()

    filters(page).click()
    expect(page.get_by_role("table")).to_be_hidden()
    chosen = chip(page, "Burning feet").bounding_box()
    assert page.get_by_text("Add another").bounding_box()["y"] > chosen["y"] + chosen["height"]
    chip(page, "Muscle cramps").focus()
    page.keyboard.press("Escape")
    expect(page.get_by_role("table")).to_be_visible()
    expect(filters(page)).to_be_focused()


def test_choices_before_htmx_has_loaded_apply(page):
    held = []
    page.route("**/htmx*", lambda route: held.append(route))
    page.goto("/compare/")
    with page.expect_request("**/htmx*"):
        chip(page, "Muscle cramps").check()
    chip(page, "Tingling").check()
    expect(heading(page)).to_have_text("All 13 nutrients")
    held.pop().continue_()
    expect(page).to_have_url(re.compile("symptom=muscle-cramps&symptom=tingling"))
    expect(heading(page)).to_contain_text("tingling")

    page.goto("/search/")
    with page.expect_request("**/htmx*"):
        page.get_by_role("searchbox").fill("cramp")
    expect(page.get_by_role("searchbox")).to_have_value("cramp")
    held.pop().continue_()
    expect(page.locator(".hit").first).to_be_visible()


def test_filters_work_without_script(page_without_script):
    page = page_without_script
    page.set_viewport_size(PHONE)
    page.goto("/compare/")
    filters(page).click()
    chip(page, "Muscle cramps").check()
    page.get_by_label("Add another").select_option(value="burning-feet")
    page.get_by_label("With", exact=True).select_option(label="All of these symptoms")
    page.get_by_role("checkbox", name="Vegan").check()
    page.get_by_role("button", name="Apply").click()

    expect(heading(page)).to_contain_text("1 of 13 nutrients matches muscle cramps and burning")
    expect(page.get_by_role("table")).to_be_visible()
    filters(page).click()
    expect(chip(page, "Muscle cramps")).to_be_checked()
    expect(chip(page, "Burning feet")).to_be_checked()
    expect(page.get_by_role("button", name="Copy link")).to_be_hidden()


def test_tapped_filter_is_busy_and_results_stay_and_say_so_when_the_server_fails(page, faults):
    page.goto("/compare/")
    held = []
    page.route("**/compare/?*", lambda route: held.append(route))
    with page.expect_request("**/compare/?*"):
        chip(page, "Muscle cramps").check()
    expect(page.locator("[data-busy]")).to_have_text([re.compile("Muscle cramps")])
    held[0].fulfill(status=500, body="broken")
    expect(page.locator("[data-busy]")).to_have_count(0)
    expect(page.locator("[data-status]")).to_contain_text("could not be updated")
    expect(page.locator("[data-status]")).to_contain_text("999, 112, 911")
    expect(page.locator("[data-status]")).to_be_in_viewport()
    expect(page.locator("tbody tr")).to_have_count(13)
    forgive(faults, "500")
