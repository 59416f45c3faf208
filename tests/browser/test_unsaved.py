"""What an editor typed is kept in the browser until it is saved, and offered back."""

import re

import pytest
from playwright.sync_api import Error, expect

from . import server
from .axe import on_this_page
from .conftest import sign_in

pytestmark = pytest.mark.changes_content

MAGNESIUM = "/admin/nutrients/nutrient/1/change/"
# A smaller form, whose text here is none that the test book reads.
SYMPTOM = "/admin/nutrients/symptom/1/change/"
ARTICLE = "/admin/nutrients/article/1/change/"
WORDS = "Keeps a calm beat"
OFFER = re.compile(r"Unsaved text of \d+ \w+ at \d\d:\d\d \S+: ")


def self_care(page):
    return page.get_by_label("What to do now:")


def offers(page):
    return page.get_by_role("status").filter(has_text=OFFER)


def save(page):
    page.get_by_role("button", name="Save", exact=True).first.click()


def expect_saved(page):
    expect(page.get_by_text("was changed successfully")).to_be_visible()
    page.wait_for_load_state()


def save_signed_out(page):
    """Write in a form, lose the session, save, and sign in on the page that comes."""
    page.goto(SYMPTOM)
    self_care(page).fill(WORDS)
    page.context.clear_cookies(name="sessionid")
    save(page)
    expect(page.get_by_text("You are signed out, and nothing is saved yet.")).to_be_visible()
    page.get_by_label("Username").fill(server.EDITOR)
    page.get_by_label("Password").fill(server.PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def put_back(page):
    page.get_by_role("button", name="Put it back").click()
    expect(page.get_by_text("It is back in the form, and not saved yet.")).to_be_visible()


def count_unsaved(page):
    """Return how many forms the browser keeps for the account."""
    return page.evaluate("Object.keys(localStorage).filter((key) => /^unsaved /.test(key)).length")


def test_form_that_is_only_opened_keeps_nothing(editor_page):
    for address in (MAGNESIUM, SYMPTOM, f"{MAGNESIUM}?rows=intakes"):
        # The admin's own scripts fire change events before the page is loaded.
        editor_page.goto(address)

        assert count_unsaved(editor_page) == 0


def test_text_survives_a_page_that_crashes(fresh_page, site):
    page, context = fresh_page, fresh_page.context
    sign_in(context, site)
    page.goto(SYMPTOM)
    shipped = self_care(page).input_value()
    self_care(page).fill("")
    self_care(page).press_sequentially(WORDS)
    box = page.locator("#id_sources + .select2-container")
    box.locator(".select2-search__field").press_sequentially("StatPearls")
    page.locator(".select2-results__option[aria-selected=false]").first.click()
    chosen = box.locator(".select2-selection__choice").all_inner_texts()
    with pytest.raises(Error, match="crash"):
        page.goto("chrome://crash")
    page.close()

    page = context.new_page()
    page.goto(SYMPTOM)
    expect(offers(page)).to_be_visible()
    expect(self_care(page)).to_have_value(shipped)
    assert on_this_page(page, "[role=status]") == []
    put_back(page)
    expect(self_care(page)).to_have_value(WORDS)
    choices = page.locator("#id_sources + .select2-container .select2-selection__choice")
    assert choices.all_inner_texts() == chosen
    save(page)
    expect_saved(page)
    assert count_unsaved(page) == 0
    page.goto(SYMPTOM)
    expect(self_care(page)).to_have_value(WORDS)
    expect(offers(page)).to_have_count(0)


def test_added_section_is_put_back_with_the_rest(editor_page):
    editor_page.goto(ARTICLE)
    rows = editor_page.locator("#sections-group .inline-related:not(.empty-form)")
    editor_page.get_by_text("Add another Article section").click()
    number = rows.count()
    rows.last.get_by_label("Title:").press_sequentially("A new part")
    rows.last.get_by_label("Body:").fill(WORDS)
    editor_page.reload()
    expect(rows).to_have_count(number - 1)

    put_back(editor_page)

    expect(rows).to_have_count(number)
    expect(rows.last.get_by_label("Title:")).to_have_value("A new part")
    expect(rows.last.get_by_label("Anchor:")).to_have_value("a-new-part")
    expect(rows.last.get_by_label("Body:")).to_have_value(WORDS)


def test_text_typed_in_opened_rows_is_offered_once_they_are_opened_again(editor_page):
    editor_page.goto(f"{MAGNESIUM}?rows=intakes")
    amount = editor_page.get_by_label("Amount", exact=True).first
    amount.fill("310.5")
    editor_page.goto(MAGNESIUM)
    expect(offers(editor_page)).to_have_count(0)
    editor_page.get_by_role("heading", name="Reference intakes by life stage").click()
    editor_page.locator("a[href='?rows=intakes#intakes-group']").click()
    put_back(editor_page)

    expect(amount).to_have_value("310.5")


def test_text_survives_a_session_that_ended(editor_page):
    save_signed_out(editor_page)
    expect(editor_page.get_by_text(WORDS)).to_be_visible()
    assert on_this_page(editor_page) == []
    editor_page.get_by_role("link", name="Open the form without it").click()
    put_back(editor_page)
    save(editor_page)

    expect_saved(editor_page)
    assert count_unsaved(editor_page) == 0


@pytest.mark.parametrize("runs_script", [True, False])
def test_form_is_sent_again_after_the_sign_in(new_context, site, runs_script):
    page = new_context(java_script_enabled=runs_script).new_page()
    sign_in(page.context, site)
    save_signed_out(page)
    page.get_by_role("button", name="Send it again").click()

    expect_saved(page)
    assert not runs_script or count_unsaved(page) == 0


def test_text_that_is_put_back_does_not_erase_a_colleagues(editor_page):
    editor_page.goto(SYMPTOM)
    self_care(editor_page).fill(WORDS)
    other = editor_page.context.new_page()
    other.goto(SYMPTOM)
    self_care(other).fill("The words of a colleague")
    other.locator("[name=clinical_term]").fill("Their term")
    save(other)
    expect_saved(other)
    editor_page.reload()
    put_back(editor_page)
    save(editor_page)

    expect(editor_page.get_by_text("somebody saved this after you opened it")).to_be_visible()
    expect(editor_page.locator("ins", has_text="The words of a colleague")).to_be_visible()
    expect(self_care(editor_page)).to_have_value(WORDS)
    save(editor_page)
    expect_saved(editor_page)
    assert count_unsaved(editor_page) == 0


def test_form_that_came_back_with_errors_goes_on_with_its_own_text(editor_page):
    editor_page.goto(SYMPTOM)
    self_care(editor_page).fill("You have too little of it")
    save(editor_page)
    expect(editor_page.get_by_text("is never written here").first).to_be_visible()
    editor_page.wait_for_load_state()
    expect(offers(editor_page)).to_have_count(0)
    self_care(editor_page).fill(WORDS)
    assert count_unsaved(editor_page) == 1
    save(editor_page)

    expect_saved(editor_page)
    assert count_unsaved(editor_page) == 0


def test_texts_are_offered_and_thrown_away_one_by_one_and_by_signing_out(editor_page):
    for words in (WORDS, "Other words"):
        editor_page.goto(SYMPTOM)
        self_care(editor_page).fill(words)
    editor_page.goto(SYMPTOM)
    away = editor_page.get_by_role("button", name="Throw it away")
    expect(away).to_have_count(2)
    away.first.click()
    expect(away).to_have_count(1)
    put_back(editor_page)
    expect(self_care(editor_page)).to_have_value("Other words")
    assert count_unsaved(editor_page) == 1

    questions = []
    editor_page.once("dialog", lambda dialog: questions.append(dialog.message) or dialog.dismiss())
    editor_page.get_by_role("button", name="Sign out").click()
    expect(self_care(editor_page)).to_have_value("Other words")
    editor_page.once("dialog", lambda dialog: dialog.accept())
    editor_page.get_by_role("button", name="Sign out").click()
    expect(editor_page.get_by_role("link", name="Sign in again")).to_be_visible()
    assert questions == ["Signing out throws away the text that you have not saved. Sign out?"]
    # The admin's choice of light or dark.
    assert editor_page.evaluate("Object.keys(localStorage)") == ["theme"]
