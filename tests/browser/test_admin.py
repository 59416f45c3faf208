"""The editors' screens in a real browser, under the same content policy as the public pages."""

import re

import pytest
from django.contrib import admin
from playwright.sync_api import expect

from .axe import on_this_page, violations

# A window of 1280 with a scroll bar leaves 1265.
WIDTHS = (390, 1265)
LOOKS = (("light", 390), ("dark", 1280), ("light", 1280), ("dark", 390))
OWN = (
    *("", "review/", "replace/?find=magnesium", "guide/", "second-step/", "writing-help/"),
    *("nutrients/redflag/1/bench/", "nutrients/nutrientamount/import/", "auth/user/add/"),
    "password_change/",
)
TABLES = [model._meta for model in admin.site._registry]
SCROLLING_LISTS = """() => [...document.querySelectorAll("#changelist .results")].filter(
  (list) => list.scrollWidth > list.clientWidth).length"""


def faults_of(page, address, turn):
    """Open a screen; yield where it is too wide, and what axe reports in the look of this turn."""
    yield from misfits(page, address)
    yield from violations(page, [LOOKS[turn % len(LOOKS)]])


def misfits(page, address):
    """Open a screen; yield where it is too wide."""
    assert page.goto(address).status == 200, address
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            yield f"{address} {width}: it is {wide} wide"
        if width == WIDTHS[1] and page.evaluate(SCROLLING_LISTS):
            yield f"{address} {width}: its list scrolls sideways"


def links_in(page, selector):
    """Return the addresses of admin screens that these links lead to, without repetitions."""
    links = page.eval_on_selector_all(selector, "links => links.map((link) => link.pathname)")
    return [
        link for link in dict.fromkeys(links) if link.startswith("/admin/") and "/r/" not in link
    ]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.model_name)
def test_screens_of_a_table_fit_and_axe_finds_nothing(editor_page, table):
    page, home = editor_page, f"/admin/{table.app_label}/{table.model_name}/"
    # A list and a form differ from table to table; what is around them does not.
    around = ".object-tools a, a.deletelink" if table.model_name == "symptom" else ".none"
    screens, faults = [home], []
    for turn, screen in enumerate(screens, TABLES.index(table)):
        faults += misfits(page, screen)
        form = links_in(page, "#result_list a[href*='/change/']")[:1]
        if screen == home:
            screens += [*links_in(page, around), *form]
        elif "/change/" in screen:
            screens += links_in(page, around)
        # What is around each content, axe sees on other screens.
        lines = violations(page, [LOOKS[turn % len(LOOKS)]], "#content")
        faults += [f"{screen} {line}" for line in lines]

    assert faults == []


@pytest.mark.parametrize("address", OWN)
def test_other_screens_fit_and_axe_finds_nothing(editor_page, address):
    assert list(faults_of(editor_page, f"/admin/{address}", OWN.index(address))) == []


@pytest.mark.changes_content
def test_screens_of_a_proposal_fit_and_axe_finds_nothing(editor_page):
    editor_page.goto("/admin/nutrients/nutrient/1/change/")
    editor_page.get_by_label("Tagline:").fill("Does something else")
    editor_page.get_by_role("button", name="Save as proposal").first.click()
    editor_page.get_by_role("button", name="Make a link").click()
    message = editor_page.locator(".messagelist").inner_text()
    home = editor_page.url.partition("change/")[0]
    page = f"{home}pages/?path=/nutrients/magnesium/"
    screens = [f"{home}change/", f"{home}pages/", page, f"{home}publish/"]
    screens += ["/admin/nutrients/nutrient/1/change/", re.search(r"/preview/[\w-]+/", message)[0]]

    faults = [faults_of(editor_page, screen, turn) for turn, screen in enumerate(screens)]
    assert [fault for each in faults for fault in each] == []


def test_sign_in_fits_and_axe_finds_nothing(fresh_page):
    address = "/admin/login/?next=/admin/nutrients/nutrient/1/change/"
    assert [fault for turn in range(2) for fault in faults_of(fresh_page, address, turn)] == []
    fresh_page.evaluate("localStorage.clear()")


def test_markdown_field_fits_its_form_completes_words_and_shows_the_text_beside(editor_page):
    editor_page.goto("/admin/nutrients/articlesection/1/change/")
    box, form = editor_page.get_by_label("Body:"), editor_page.locator("#articlesection_form")
    for width in (390, 768, 1024):
        editor_page.set_viewport_size({"width": width, "height": 900})
        inner, outer = box.bounding_box(), form.bounding_box()
        assert inner["x"] + inner["width"] <= outer["x"] + outer["width"]
        assert inner["width"] >= 0.5 * outer["width"]

    editor_page.set_viewport_size({"width": 1280, "height": 900})
    box.fill("Words.")
    box.press_sequentially(" [@nhs-twi")
    expect(editor_page.get_by_role("option").first).to_contain_text("Twitching eyes")
    box.press("Enter")
    expect(box).to_have_value("Words. [@nhs-twitching]")
    box.press("ArrowLeft")
    box.press_sequentially("; @mayo-fas")
    editor_page.get_by_role("option").first.click()
    expect(box).to_have_value("Words. [@nhs-twitching; @mayo-fasciculations]")
    box.press("End")
    box.press_sequentially("\n\n[[call")
    box.press("ArrowDown")
    expect(editor_page.get_by_role("option", selected=True)).to_contain_text("callout note")
    assert on_this_page(editor_page, ".field-body") == []
    box.press("Tab")
    box.press_sequentially("Good to know.")
    assert box.input_value().endswith("[[callout note]]\nGood to know.\n[[/callout]]")

    beside = editor_page.get_by_label("As readers see it")
    expect(beside.locator(".callout")).to_have_text("Good to know.")
    expect(beside.get_by_role("heading", name="Sources")).to_be_visible()
    assert on_this_page(editor_page, ".field-body") == []
