"""The checklist in a browser: by keyboard alone, with and without script, and in an emergency."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.axe import violations

RESULTS = "#checklist-results"
HOME = "You can look after this at home"
TICKS = ["muscle-twitches", "muscle-cramps", "ppi", "caffeine", "vegan-diet"]


def tick(page, *slugs):
    for slug in slugs:
        page.locator(f"#checklist input[value='{slug}']").check()


def open_all(page):
    """Open every part of the form that is folded."""
    page.locator("#checklist details").evaluate_all(
        "(all) => all.forEach((one) => one.open = true)"
    )


def show(page):
    page.get_by_role("button", name="See results").click()


def words(page):
    return " ".join(page.locator(RESULTS).inner_text().split())


def test_answer_takes_the_focus_and_leaves_no_address(page):
    page.goto("/checklist/")
    tick(page, *TICKS)
    show(page)

    expect(page.locator("#results")).to_be_focused()
    expect(page.locator("#results")).to_have_text(HOME)
    expect(page.locator("[data-status]")).to_contain_text("You ticked 5 things.")
    assert page.url.endswith("/checklist/")
    assert page.evaluate("history.length") == 2


@pytest.mark.parametrize(
    ("slugs", "heading"),
    [
        (TICKS, HOME),
        (["mouth-tingling", "statins", "cramp-over-10-minutes"], "Get medical care the same day"),
        (["muscle-weakness", "infancy"], "Call for help now"),
        ([], "Nothing ticked yet"),
    ],
    ids=["nutrients", "the same day", "an emergency together", "nothing"],
)
def test_same_words_with_script_and_without(page, page_without_script, slugs, heading):
    answers = []
    for one in (page, page_without_script):
        one.goto("/checklist/")
        open_all(one)
        tick(one, *slugs)
        show(one)
        expect(one.locator("#results")).to_have_text(heading)
        answers.append(words(one))
    assert answers[0] == answers[1]
    for slug in slugs:
        expect(page_without_script.locator(f"#checklist input[value='{slug}']")).to_be_checked()


def test_keyboard_alone_is_enough(page, page_without_script):
    by_mouse = page_without_script
    by_mouse.goto("/checklist/")
    tick(by_mouse, "muscle-twitches")
    show(by_mouse)
    expect(by_mouse.locator("#results")).to_have_text(HOME)

    page.goto("/checklist/")
    move_to(page, "document.activeElement.value === 'muscle-twitches'")
    page.keyboard.press("Space")
    move_to(page, "document.activeElement.type === 'submit'")
    page.keyboard.press("Enter")
    expect(page.locator("#results")).to_be_focused()
    assert words(page) == words(by_mouse)


def test_an_emergency_shows_only_how_to_get_help_and_can_be_undone(page):
    page.goto("/checklist/")
    tick(page, *TICKS, "stroke-signs")
    show(page)

    expect(page.locator("#results")).to_have_text("Call for help now")
    expect(page.locator("#results")).to_be_focused()
    links = page.locator(f"{RESULTS} a").evaluate_all("all => all.map(a => a.getAttribute('href'))")
    assert links == ["tel:112", "tel:911", "tel:999"]
    assert "Magnesium" not in words(page)

    page.locator("#checklist input[value='stroke-signs']").uncheck()
    show(page)
    expect(page.locator("#results")).to_have_text(HOME)


def test_emergency_card_stays_when_the_server_then_fails(page, faults):
    page.goto("/checklist/")
    tick(page, "stroke-signs")
    show(page)
    expect(page.locator("#results")).to_have_text("Call for help now")
    page.route("**/checklist/", lambda route: route.abort())
    show(page)
    expect(page.locator("[data-status]")).to_contain_text("call 112, 911, 999")
    expect(page.locator("#results")).to_have_text("Call for help now")
    assert all("ERR_FAILED" in fault or "htmx:" in fault for fault in faults)
    faults.clear()


def test_a_link_ticks_and_a_new_tick_adds_to_it(page):
    page.goto("/checklist/?symptom=headache")
    box = page.locator("#checklist input[value='headache']")
    expect(box).to_be_checked()
    expect(box).to_be_visible()
    expect(page.locator("#results")).to_have_text(HOME)


def test_an_emergency_tick_shows_the_call_card_before_anything_is_sent(page):
    page.goto("/checklist/")
    card = page.locator("[data-call-card]")
    expect(card).not_to_be_visible()
    tick(page, "stroke-signs")
    expect(card).to_be_visible()
    expect(card).to_contain_text("A drooping face")
    expect(card.locator("a")).to_have_count(3)
    expect(page).to_have_title(re.compile("^Call for help now: "))
    page.locator("#checklist input[value='stroke-signs']").uncheck()
    expect(card).not_to_be_visible()
    expect(page).not_to_have_title(re.compile("Call for help"))


def test_questions_show_where_they_matter_and_keep_what_was_answered(page):
    page.goto("/checklist/")
    onset = page.locator("[data-form-questions] input[name='onset'][value='months']")
    expect(onset).not_to_be_visible()
    open_all(page)
    tick(page, "tingling", "muscle-weakness")
    expect(onset).to_be_visible()
    show(page)
    expect(page.locator("#results")).to_be_focused()
    page.locator(f"{RESULTS} input[name='onset'][value='days']").check()
    page.get_by_role("button", name="See results now").click()
    expect(page.locator("#results")).to_have_text("Call for help now")
    expect(page).to_have_title(re.compile("^Call for help now: "))
    onset.check()
    show(page)
    expect(page.locator("#results")).to_have_text("See a doctor within a few days")


def test_paper_holds_what_is_ticked_now(page):
    page.goto("/checklist/")
    open_all(page)
    tick(page, "tingling", "tremor")
    show(page)
    expect(page.locator("#results")).to_be_focused()
    page.locator("#checklist input[value='tremor']").uncheck()
    page.get_by_role("button", name="Page for a doctor").click()
    ticked = page.locator("section[aria-labelledby='ticked']")
    expect(ticked).to_contain_text("Tingling")
    expect(ticked).not_to_contain_text("Tremor")


def test_page_for_a_doctor_comes_from_the_same_ticks(page):
    page.goto("/checklist/")
    tick(page, *TICKS)
    show(page)
    page.get_by_role("button", name="Page for a doctor").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Page for a doctor or pharmacist")
    expect(page.locator("main")).to_contain_text("Muscle twitches (fasciculations)")
    assert page.url.endswith("/checklist/print/")
    page.emulate_media(media="print")
    expect(page.get_by_role("button", name="Print this page")).not_to_be_visible()


def test_no_answer_stays_in_the_browser_after_leaving(page):
    page.goto("/checklist/")
    tick(page, *TICKS)
    show(page)
    expect(page.locator("#results")).to_have_text(HOME)
    page.goto("/about/")
    page.go_back()
    expect(page.locator("#results")).to_have_text("Nothing ticked yet")
    expect(page.locator("#checklist input[type=checkbox]:checked")).to_have_count(0)


@pytest.mark.parametrize("slugs", [TICKS, ["seizures"], ["mouth-tingling", "statins"]])
def test_axe_finds_nothing_and_nothing_overflows(page, slugs):
    page.goto("/checklist/")
    for group in page.locator("#checklist details.more").all():
        group.locator("summary").click()
    tick(page, *slugs)
    show(page)
    expect(page.locator("#results")).to_be_focused()
    assert violations(page) == []
    page.set_viewport_size({"width": 320, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def move_to(page, condition, presses=400):
    """Press Tab until the condition holds for the focused element."""
    for _ in range(presses):
        page.keyboard.press("Tab")
        if page.evaluate(condition):
            return
    raise AssertionError(f"Tab never reached: {condition}")
