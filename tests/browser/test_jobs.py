"""What readers come for, done on a phone, with the taps and the scrolling that each may take."""

import re

import pytest
from playwright.sync_api import expect

from .conftest import PHONE


class Reader:
    """A reader on a phone: counts the taps, and the screens scrolled to what is tapped or read."""

    def __init__(self, page):
        page.set_viewport_size(PHONE)
        self.page = page
        self.taps = 0
        self.screens = 0.0

    def read(self, locator):
        """Scroll to what is to be read, as far as it takes."""
        expect(locator).to_be_visible()
        before = self.page.evaluate("scrollY")
        locator.scroll_into_view_if_needed()
        self.screens += abs(self.page.evaluate("scrollY") - before) / PHONE["height"]
        expect(locator).to_be_in_viewport()

    def tap(self, locator):
        self.read(locator)
        locator.click()
        self.taps += 1

    def took(self, *, taps, screens):
        assert self.taps <= taps
        assert self.screens <= screens


@pytest.fixture
def reader(page):
    return Reader(page)


def test_eyelid_has_twitched_for_a_week(page, reader):
    page.goto("/")
    reader.tap(page.get_by_role("link", name="Eyelid twitch"))

    reader.read(page.get_by_text("usually stops within days or weeks"))
    reader.read(page.get_by_text("Cut down caffeine"))
    reader.read(page.get_by_text("See a doctor if it lasts over 2 weeks"))
    reader.took(taps=1, screens=0)


def test_cramps_at_68_on_water_tablets(page, reader):
    page.goto("/")
    reader.tap(page.get_by_role("button", name="Menu"))
    reader.tap(page.get_by_role("link", name="Checklist", exact=True))
    form = page.get_by_role("form", name="Checklist")
    reader.tap(form.get_by_text("An adult, 50 to 69"))
    reader.tap(form.get_by_text("Muscle cramps").first)
    reader.tap(form.get_by_text("Medicines", exact=True))
    reader.tap(form.get_by_text("Water tablets: bendroflumethiazide").first)
    reader.tap(form.get_by_role("button", name="See results"))

    expect(page.locator("#results")).to_be_focused()
    answer = page.locator("#checklist-results")
    reader.read(answer.get_by_text("What to do:"))
    reader.read(answer.get_by_text("Nutrient to ask about first"))
    reader.read(answer.get_by_role("button", name="Page for a doctor"))
    reader.took(taps=7, screens=3)


def test_vegan_with_tingling(page, reader):
    page.goto("/checklist/")
    form = page.get_by_role("form", name="Checklist")
    reader.tap(form.get_by_text("Feeling, nerves and balance", exact=True))
    reader.tap(form.get_by_text("Tingling (pins and needles)").first)
    reader.tap(form.get_by_text("How you eat", exact=True))
    reader.tap(form.get_by_text("Vegan diet").first)
    reader.tap(form.get_by_role("button", name="See results"))

    expect(page.locator("#results")).to_be_focused()
    reader.read(page.locator("#checklist-results").get_by_text("Vitamin B12").first)
    reader.took(taps=5, screens=4)


def test_foods_of_magnesium_and_calcium_side_by_side(page, reader):
    page.goto("/")
    reader.tap(page.get_by_role("link", name="Compare nutrients"))
    for nutrient, food in (("Magnesium", "Hemp seeds"), ("Calcium", "Tofu, firm")):
        row = page.get_by_role("row").filter(has_text=nutrient).first
        reader.tap(row.locator("summary"))
        reader.read(row.get_by_role("link", name=re.compile(food)).first)
    # Both are in view at once.
    expect(page.get_by_role("link", name=re.compile("Hemp seeds")).first).to_be_in_viewport()
    reader.took(taps=3, screens=1.5)


def test_need_of_magnesium_in_pregnancy(page, reader):
    page.goto("/")
    reader.tap(page.get_by_role("link", name="Magnesium", exact=True))
    stage = page.get_by_label("Age and sex")
    reader.read(stage)
    # A tap opens the choice, and one takes an option.
    stage.select_option(label="Pregnant, 19 to 50 years")
    reader.taps += 2

    reader.read(page.locator("#needs-answer").get_by_text("270 mg"))
    reader.read(page.locator("#needs-answer").get_by_text("Pregnant, 19 to 50 years"))
    reader.took(taps=3, screens=2.5)


def test_table_is_filtered_and_shared_and_comes_back(page, reader, base_url):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/compare/")
    page.evaluate("navigator.share = async (what) => { window.shared = what; }")
    reader.tap(page.locator(".table-filters > summary"))
    reader.tap(page.locator("form label").filter(has_text="Muscle cramps"))
    reader.tap(page.get_by_role("button", name="Show 5 nutrients"))
    expect(page.get_by_role("button", name="Show 5 nutrients")).to_be_hidden()
    expect(page.locator(".table-filters > summary")).to_contain_text("1 on")
    expect(page.locator("#results")).to_be_focused()
    reader.tap(page.get_by_role("button", name="Copy link"))
    expect(page.get_by_role("button", name="Link copied")).to_be_visible()
    expect(page.locator("[data-status]")).to_have_text("Link copied")
    link = page.evaluate("navigator.clipboard.readText()")
    assert link == f"{base_url}/compare/?symptom=muscle-cramps"
    page.get_by_role("button", name="Share").click()
    assert page.evaluate("window.shared.url") == link

    reader.tap(page.locator("tbody a.dot").first)
    page.wait_for_url("**/nutrients/**")
    page.go_back()
    expect(page.locator("#results")).to_have_text("5 of 13 nutrients match muscle cramps")
    reader.took(taps=5, screens=1)


def test_checklist_is_changed_and_printed(page, reader):
    page.goto("/checklist/")
    form = page.get_by_role("form", name="Checklist")
    reader.tap(form.get_by_text("Muscle cramps").first)
    reader.tap(form.get_by_text("Tremor (shaking)").first)
    reader.tap(form.get_by_role("button", name="See results"))
    expect(page.locator("#results")).to_be_focused()
    reader.tap(page.get_by_role("button", name="Take off Tremor"))
    expect(page.get_by_role("button", name="Take off Tremor")).to_have_count(0)
    reader.tap(page.get_by_role("button", name="Page for a doctor"))

    expect(page.get_by_role("heading", level=1)).to_have_text("Page for a doctor or pharmacist")
    ticked = page.locator("section[aria-labelledby='ticked']")
    expect(ticked).to_contain_text("Muscle cramps")
    expect(ticked).not_to_contain_text("Tremor")
    page.evaluate("window.print = () => { window.printed = true; }")
    reader.tap(page.get_by_role("button", name="Print"))
    assert page.evaluate("window.printed")
    reader.took(taps=6, screens=2)


def test_calcium_for_a_vegan_on_the_plate(page, reader):
    page.goto("/nutrients/calcium/")
    reader.tap(page.get_by_role("link", name="Build a plate for calcium"))
    gap = page.locator("#gap-calcium")
    expect(gap).to_be_in_viewport()
    reader.tap(page.get_by_text("Whose needs:"))
    reader.tap(page.get_by_text("Vegan", exact=True))
    expect(page).to_have_url(re.compile("diet=vegan"))
    reader.tap(gap.get_by_role("link", name="Add Tofu, firm"))

    share = page.get_by_role("heading", name=re.compile(r"^Calcium \d+%\."))
    page.wait_for_url(re.compile("tofu-firm.*#plate-foods"))
    reader.read(share)
    reader.took(taps=4, screens=5)


def test_charley_horse(page, reader):
    page.goto("/")
    box = page.get_by_role("searchbox", name="Search Nutrisite")
    reader.tap(box)
    box.fill("charley horse")
    box.press("Enter")
    reader.tap(page.get_by_role("link", name="Muscle cramps", exact=True))

    reader.read(page.get_by_role("heading", name="What to do now"))
    reader.took(taps=2, screens=0.5)


def test_source_of_a_claim(page, reader):
    page.goto("/symptoms/night-leg-cramps/")
    number = page.get_by_role("link", name="Source 1", exact=True).first
    reader.tap(number)
    source = page.locator("#src-1")
    expect(source.get_by_role("link").first).to_be_in_viewport()
    expect(source.get_by_role("link").first).to_have_attribute("href", re.compile("^https://"))
    reader.tap(source.get_by_role("link", name="Back to text"))

    expect(number).to_be_in_viewport()
    reader.took(taps=2, screens=1)


def test_amounts_in_foods_to_download(page, reader):
    page.goto("/")
    reader.tap(page.get_by_role("link", name="Open data"))
    with page.expect_download() as download:
        reader.tap(page.get_by_role("link", name="Amounts as CSV"))

    assert download.value.suggested_filename.endswith(".csv")
    reader.took(taps=2, screens=4.5)
