"""Symptom, nutrient and article pages on a phone: the answer first, the rest short and folded."""

import re

from playwright.sync_api import expect

from .conftest import PHONE

FIRST_SCREENS = {
    "/symptoms/night-leg-cramps/": ["Night leg cramps", "What to do now", "When to get help"],
    "/symptoms/eyelid-twitch/": ["Eyelid twitch", "What to do now", "When to get help"],
    "/symptoms/seizures/": ["Seizures (fits)", "Call your emergency number"],
    "/articles/night-leg-cramps/": ["What helps night leg cramps?", "The short answer"],
    "/nutrients/magnesium/": ["How much do I need?", "What it does"],
}


def test_first_screen_has_the_answer(either):
    either.set_viewport_size(PHONE)
    for address, headings in FIRST_SCREENS.items():
        either.goto(address)
        parts = [either.get_by_role("heading", name=name, exact=True) for name in headings]
        parts += either.locator(".answer .steps li").all()
        if "seizures" in address:
            parts.append(either.get_by_role("link", name="999", exact=True).first)
        if "nutrients" in address:
            parts += [either.locator("#needs-answer"), either.get_by_label("Age and sex")]
            # Without script a button stands above it.
            if either.runs_script:
                parts.append(either.get_by_role("link", name="muscle cramps").first)
        for part in parts:
            expect(part).to_be_in_viewport(ratio=1)


def test_chosen_life_stage_is_not_cut(page):
    page.set_viewport_size(PHONE)
    page.goto("/nutrients/magnesium/?stage=19-50-lactation")
    words, room = page.get_by_label("Age and sex").evaluate(
        """select => {
          const { font, paddingLeft, paddingRight } = getComputedStyle(select);
          const canvas = Object.assign(document.createElement("canvas").getContext("2d"), { font });
          const { width } = canvas.measureText(select.selectedOptions[0].text);
          return [width, select.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight)];
        }"""
    )
    assert words <= room


def test_back_to_text_returns_to_the_number_that_was_tapped(page):
    page.goto("/symptoms/muscle-cramps/")
    page.locator("main details").evaluate_all("all => all.forEach(fold => { fold.open = true })")
    # Without the script the way back leads to the first place that cites the source.
    number = page.locator("main .cite:not([id$='-1'])").last
    reference, source = number.get_attribute("id"), number.get_attribute("href")
    number.click()

    back = page.locator(source).get_by_role("link", name="Back to text")
    expect(back).to_be_visible()
    back.click()
    expect(page).to_have_url(re.compile(f"#{reference}$"))


def test_hard_word_is_explained_by_keyboard_and_on_paper(either):
    either.goto("/articles/nutrients-and-muscle-jerking/#vitamin-b12")
    if either.get_by_role("button", name="myelin").is_hidden():
        either.locator("details", has=either.locator("#term-myelin")).locator("summary").click()
    meaning = either.get_by_text("The fatty cover of nerve fibres.", exact=True)
    expect(meaning).to_be_hidden()
    either.get_by_role("button", name="myelin").press("Enter")
    expect(meaning).to_be_visible()
    either.keyboard.press("Escape")
    expect(meaning).to_be_hidden()
    expect(either.get_by_role("button", name="myelin")).to_be_focused()

    either.emulate_media(media="print")
    expect(meaning).to_be_visible()


def test_list_of_symptoms_opens_by_its_outline_and_narrows_as_one_types(page):
    page.set_viewport_size(PHONE)
    page.goto("/symptoms/")
    page.get_by_role("link", name="Chest").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Palpitations")).to_be_visible()

    page.get_by_label("Or type a word").press_sequentially("charley")
    expect(page.get_by_role("link", name="Night leg cramps")).to_be_visible()
    expect(page.locator("[data-narrowed] li:visible")).to_have_count(2)
    expect(page.get_by_text("2 found")).to_be_visible()
    page.get_by_label("Or type a word").fill("zzz")
    expect(page.get_by_text("No symptom has this word")).to_be_visible()
