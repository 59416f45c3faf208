"""The checklist in a browser: by keyboard alone, with and without script, and in an emergency."""

import re

import pytest
from playwright.sync_api import expect

from .conftest import PHONE, tab_to

RESULTS = "#checklist-results"
HOME = "You can look after this at home"
# What a reload would bring back that comes before any timer.
NOTE_STATE_AT_SWAP = """() => new MutationObserver(() => {
  window.stateAtSwap = JSON.stringify(history.state);
}).observe(document.getElementById("checklist-results"), { childList: true })"""
TICKS = ["muscle-twitches", "muscle-cramps", "ppi", "caffeine", "vegan-diet"]


def fresh_form(page):
    """Come from another page: a browser takes the same address again for a reload with ticks."""
    page.goto("/privacy/")
    page.goto("/checklist/")


def tick(page, *slugs):
    open_all(page)
    for slug in slugs:
        page.locator(f"#checklist input[value='{slug}']").check()


def untick(page, slug):
    open_all(page)
    page.locator(f"#checklist input[value='{slug}']").uncheck()


def open_all(page):
    """Open every part of the form or the answer that is folded."""
    page.locator(f"{RESULTS} details").evaluate_all(
        "(all) => all.forEach((one) => one.open = true)"
    )


def show(page):
    open_all(page)
    page.locator("#checklist").get_by_role("button", name="See results").click()


def answer(page, *slugs):
    """Tick these in a new form, and see the results."""
    fresh_form(page)
    tick(page, *slugs)
    show(page)
    expect(page.locator("#results")).to_be_focused()


def change(page):
    page.get_by_role("button", name="Change or add ticks").click()
    expect(page.locator("#results")).to_have_text("Change or add ticks")
    open_all(page)


def words(page):
    return " ".join(page.locator(RESULTS).inner_text().split())


def test_answer_takes_the_focus_leaves_no_address_and_is_the_same_without_script(
    fresh_page, page_without_script
):
    answer(fresh_page, *TICKS)
    expect(fresh_page.locator("[data-status]")).to_contain_text("You ticked 5 things.")
    assert fresh_page.url.endswith("/checklist/")
    # What `fresh_form` opened, and the page before it.
    assert fresh_page.evaluate("history.length") == 3

    for slugs, heading in ((TICKS, HOME), (["muscle-weakness", "infancy"], "Call for help now")):
        answers = []
        for page in (fresh_page, page_without_script):
            answer(page, *slugs)
            expect(page.locator("#results")).to_have_text(heading)
            answers.append(words(page))
            change(page)
            for slug in slugs:
                expect(page.locator(f"#checklist input[value='{slug}']")).to_be_checked()
        assert answers[0] == answers[1]


def test_keyboard_alone_is_enough(page):
    page.goto("/checklist/?symptom=muscle-twitches&symptom=tingling")
    by_link = words(page)

    fresh_form(page)
    tab_to(page, "document.activeElement.value === 'muscle-twitches'")
    page.keyboard.press("Space")
    tab_to(page, "document.activeElement.textContent.trim() === 'See results'")
    page.keyboard.press("Enter")
    expect(page.locator("#results")).to_be_focused()
    tab_to(page, "document.activeElement.textContent.trim() === 'Change or add ticks'")
    page.keyboard.press("Enter")
    expect(page.locator("#results")).to_have_text("Change or add ticks")
    expect(page.locator("#results")).to_be_focused()
    tab_to(page, "document.activeElement.textContent.startsWith('Feeling, nerves')")
    page.keyboard.press("Enter")
    tab_to(page, "document.activeElement.value === 'tingling'")
    page.keyboard.press("Space")
    # As in every form, Enter in a field presses the button.
    page.keyboard.press("Enter")
    expect(page.locator("#results")).to_have_text("See a doctor within a few days")
    expect(page.locator("#results")).to_be_focused()
    assert words(page) == by_link

    tab_to(page, "document.activeElement.name === 'onset'")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Take off Over days")).to_be_visible()


def test_an_emergency_tick_shows_the_call_card_before_anything_is_sent(page):
    page.goto("/checklist/")
    card = page.locator("[data-call-card]")
    expect(card).not_to_be_visible()
    tick(page, *TICKS, "stroke-signs")
    expect(card).to_be_visible()
    expect(card).to_contain_text("A drooping face")
    expect(card.locator("a")).to_have_count(3)
    expect(page).to_have_title(re.compile("^Call for help now: "))
    untick(page, "stroke-signs")
    expect(card).not_to_be_visible()
    expect(page).not_to_have_title(re.compile("Call for help"))

    tick(page, "stroke-signs")
    show(page)
    expect(page.locator("#results")).to_have_text("Call for help now")
    page.get_by_role("button", name="Take off A drooping face").click()
    expect(page.locator("#results")).to_have_text(HOME)


@pytest.mark.parametrize("comes_back", [False, True])
def test_an_answer_on_its_way_does_not_replace_a_new_tick(page, comes_back):
    page.goto("/checklist/")
    tick(page, "tremor")
    if comes_back:
        page.goto("/privacy/")
    unanswered = []

    def hold(route):
        if route.request.method == "POST":
            unanswered.append(route)
        else:
            route.continue_()

    page.route("**/checklist/", hold)
    if comes_back:
        page.go_back()
    else:
        show(page)
    expect(page.locator(".htmx-request")).to_have_count(1)
    tick(page, "stroke-signs")
    expect(page.locator(".htmx-request")).to_have_count(0, timeout=10_000)
    expect(page.locator("[data-call-card]")).to_be_visible()
    page.unroute_all()
    show(page)
    expect(page.locator("#results")).to_have_text("Call for help now")


def test_questions_show_where_they_matter_and_keep_what_was_answered(page):
    page.goto("/checklist/")
    form = page.locator("[data-form-questions]")
    days_in_answer = page.locator(f"{RESULTS} input[name='onset'][value='days']")
    months = form.locator("input[name='onset'][value='months']")
    expect(months).not_to_be_visible()
    tick(page, "tingling", "muscle-weakness")
    expect(months).to_be_visible()
    show(page)
    expect(page.locator("#results")).to_be_focused()
    # Chosen, and not yet sent.
    days_in_answer.check()
    change(page)
    expect(form.locator("input[name='onset'][value='days']")).to_be_checked()
    card = page.locator(f"{RESULTS} .urgent")
    expect(card).to_contain_text("Muscle weakness + Tingling (pins and needles) (Over days)")
    expect(page).to_have_title(re.compile("^Call for help now: "))
    months.check()
    show(page)
    expect(page.locator("#results")).to_have_text("See a doctor within a few days")
    expect(page).not_to_have_title(re.compile("Call for help"))

    page.goto("/checklist/?symptom=muscle-weakness&symptom=tingling")
    days_in_answer.check()
    page.get_by_role("button", name="See results now").click()
    expect(page.locator("#results")).to_have_text("Call for help now")
    expect(page).to_have_title(re.compile("^Call for help now: "))


def test_a_call_card_of_the_server_follows_the_emergency_ticks(page):
    page.goto("/checklist/?symptom=muscle-weakness&symptom=tingling&onset=days&flag=stroke-signs")
    change(page)
    card = page.locator("[data-call-card]")
    expect(card).to_contain_text("A drooping face")
    untick(page, "stroke-signs")
    expect(card).not_to_contain_text("A drooping face")
    expect(card).to_contain_text("Muscle weakness + Tingling (pins and needles) (Over days)")
    tick(page, "seizures")
    expect(card.locator("li")).to_have_count(2)

    page.goto("/checklist/?flag=stroke-signs&change=1")
    expect(card).to_be_visible()
    untick(page, "stroke-signs")
    expect(card).not_to_be_visible()
    expect(page).not_to_have_title(re.compile("Call for help"))


def test_tick_taken_off_is_off_in_the_form_and_paper_holds_what_is_ticked_and_answered_now(either):
    answer(either, "tingling", "tremor")
    either.get_by_role("button", name="Take off Tremor").click()
    expect(either.get_by_role("button", name="Take off Tremor")).to_have_count(0)
    change(either)
    expect(either.locator("#checklist input[value='tremor']")).not_to_be_checked()
    expect(either.locator("#checklist input[value='tingling']")).to_be_checked()
    tick(either, "fatigue")
    show(either)
    either.locator(f"{RESULTS} input[name='onset'][value='months']").check()
    either.get_by_role("button", name="Page for a doctor").click()
    ticked = either.locator("section[aria-labelledby='ticked']")
    for text in ("Tingling", "Tiredness", "How did it start? Over months or years."):
        expect(ticked).to_contain_text(text)
    expect(ticked).not_to_contain_text("Tremor")


def test_back_brings_ticks_and_answer_back(page):
    answer(page, "tremor", "fatigue", "vegan-diet")
    before = words(page)
    for link in ("Compare nutrients", "Tremor (shaking)"):
        open_all(page)
        page.locator(RESULTS).get_by_role("link", name=link).first.click()
        page.wait_for_url(lambda url: not url.endswith("/checklist/"))
        page.go_back()

        expect(page.locator("#results")).to_have_text("See a doctor within a few days")
        assert words(page) == before
        assert page.url.endswith("/checklist/")
    page.get_by_role("link", name="question").click()
    # The event that stores the ticks in the new history entry comes a moment after the click.
    page.wait_for_function("() => history.state !== null")
    page.reload()
    expect(page.locator("#results")).to_have_text("See a doctor within a few days")
    page.get_by_role("button", name="Page for a doctor").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Page for a doctor or pharmacist")
    page.go_back()
    expect(page.locator("#results")).to_have_text("See a doctor within a few days")


def test_back_brings_the_form_back_as_it_was_left(page):
    page.goto("/checklist/")
    tick(page, "tremor", "vegan-diet")
    for slugs in (["tremor", "vegan-diet"], ["tremor", "fatigue"]):
        page.locator("footer").get_by_role("link", name="Privacy").click()
        page.wait_for_url("**/privacy/")
        page.go_back()
        expect(page.locator("#results")).to_have_text("Change or add ticks")
        ticked = page.locator("#checklist input[type=checkbox]:checked")
        assert ticked.evaluate_all("(all) => all.map((box) => box.value)") == slugs
        show(page)
        expect(page.locator("#results")).to_have_text("See a doctor within a few days")
        change(page)
        untick(page, "vegan-diet")
        tick(page, "fatigue")


def test_ticks_and_the_call_stay_when_the_server_fails_after_a_reload(page, faults):
    page.goto("/checklist/")
    tick(page, "fatigue", "stroke-signs")
    show(page)
    expect(page.locator("#results")).to_have_text("Call for help now")
    page.route("**/checklist/", fail_to_answer)
    page.reload()
    expect(page.locator("[data-status]")).to_contain_text("call 999, 112, 911")
    for slug in ("fatigue", "stroke-signs"):
        box = page.locator(f"#checklist input[value='{slug}']")
        expect(box).to_be_visible()
        expect(box).to_be_checked()
    expect(page.locator("[data-call-card]")).to_contain_text("A drooping face")
    page.unroute_all()
    show(page)
    expect(page.locator("#results")).to_have_text("Call for help now")
    assert all("500" in fault for fault in faults)
    faults.clear()


def fail_to_answer(route):
    if route.request.method == "POST":
        route.fulfill(status=500, body="broken")
    else:
        route.continue_()


def test_back_brings_back_what_was_changed_after_a_link_had_ticked(page):
    page.goto("/checklist/?symptom=tremor&symptom=fatigue")
    page.get_by_role("button", name="Take off Tiredness").click()
    expect(page.get_by_role("button", name="Take off Tiredness")).to_have_count(0)
    page.locator("footer").get_by_role("link", name="Privacy").click()
    page.wait_for_url("**/privacy/")
    page.go_back()
    expect(page.get_by_role("button", name="Take off Tiredness")).to_have_count(0)
    page.evaluate(NOTE_STATE_AT_SWAP)
    page.get_by_role("button", name="Take off Tremor").click()
    expect(page.locator("#results")).to_have_text("Nothing ticked yet")
    assert "tremor" not in page.evaluate("stateAtSwap")
    page.reload()
    expect(page.locator("#results")).to_have_text("Nothing ticked yet")
    expect(page.locator("#checklist input[type=checkbox]:checked")).to_have_count(0)


def test_start_again_and_a_new_tab_know_of_no_tick(page):
    answer(page, *TICKS)
    fresh = page.context.new_page()
    fresh.goto("/checklist/")
    expect(fresh.locator("#checklist input[type=checkbox]:checked")).to_have_count(0)
    page.get_by_role("link", name="Start again").click()
    expect(page.locator("#results")).to_have_text("Nothing ticked yet")
    expect(page.locator("#checklist input[type=checkbox]:checked")).to_have_count(0)
    page.reload()
    expect(page.locator("#checklist input[type=checkbox]:checked")).to_have_count(0)


READERS = [
    ["eyelid-twitch", "caffeine", "lack-of-sleep"],
    ["muscle-cramps", "night-leg-cramps", "thiazide-diuretics", "age-70-plus"],
    ["tingling", "vegan-diet"],
    ["palpitations", "ppi"],
    [*TICKS, "fatigue", "high-dose-b6"],
]


def test_first_screen_of_the_form_holds_the_call_the_first_question_and_that_none_is_ticked(either):
    either.set_viewport_size(PHONE)
    either.goto("/checklist/")
    for part in (
        either.get_by_text("Emergency?"),
        *(either.get_by_role("link", name=f"Call {n}").first for n in ("999", "112", "911")),
        either.get_by_role("radio", name="A teenager"),
        either.get_by_role("heading", name="What do you notice?"),
    ):
        expect(part).to_be_in_viewport(ratio=1)

    # That nothing is ticked yet stands above it.
    show(either)
    expect(either.locator("#results")).to_have_text("Nothing ticked yet")
    expect(either.locator("#results")).to_be_in_viewport()
    if either.runs_script:
        expect(either.locator("#results")).to_be_focused()
        # A screen reader has read it then, and would read it again.
        expect(either.locator("[data-status]")).to_be_empty()


def test_first_screen_of_the_answer_says_how_urgent_the_cause_and_the_nutrient(page):
    page.set_viewport_size(PHONE)
    for slugs in READERS:
        answer(page, *slugs)
        for part in (
            page.locator(".verdict").get_by_text("What to do:").first,
            page.locator(".verdict").get_by_text("Nutrient").first,
            page.get_by_role("button", name="Page for a doctor"),
            page.get_by_role("button", name="Take off").first,
        ):
            expect(part).to_be_in_viewport(ratio=1)
        # The footer is the same on every page, and counts for half a screen.
        foot = page.locator(".site-footer").bounding_box()["height"]
        height = page.evaluate("document.documentElement.scrollHeight") - foot
        assert height <= 3.5 * PHONE["height"], slugs
        assert page.locator("*").count() <= 500, slugs
