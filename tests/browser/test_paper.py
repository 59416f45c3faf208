"""Pages on paper: the page for a doctor fills one side and no more, in shades of grey."""

import re
from urllib.parse import parse_qsl

import pytest
from playwright.sync_api import expect

from nutrients.testbook.cases import case_query, published_cases

from .test_every_page import MATRIX, TWENTY_TICKS

SIZES = ["A4", "Letter"]
SEND = """(fields) => {
  const form = document.createElement("form");
  Object.assign(form, { method: "post", action: "/checklist/print/" });
  for (const [name, value] of fields) {
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  }
  document.body.append(form);
  form.submit();
}"""
# CSS has 96 pixels to 72 points.
POINTS = "all => all.map(one => parseFloat(getComputedStyle(one).fontSize) * 72 / 96)"
COLOURS = """() => [...document.querySelectorAll("main, main *")].flatMap((one) => {
  if (!one.checkVisibility()) return [];
  const { color, backgroundColor, borderTopColor } = getComputedStyle(one);
  return [color, backgroundColor, borderTopColor];
})"""


def printed(page, query):
    """Open the page for a doctor that these ticks make."""
    page.goto("/about/")
    with page.expect_navigation():
        page.evaluate(SEND, [list(pair) for pair in parse_qsl(query)])
    expect(page.get_by_role("heading", level=1)).to_have_text("Page for a doctor or pharmacist")


def sides(page, size="Letter"):
    """Return how many sides of paper the page takes; Letter is the lower of the two papers."""
    return len(re.findall(rb"/Type\s*/Page\b", page.pdf(format=size)))


def test_page_for_a_doctor_fills_one_side_in_10_points_without_colour(page):
    printed(page, TWENTY_TICKS.partition("?")[2])
    expect(page.locator(".sheet")).to_contain_text("Blood test, and its limits")
    assert [sides(page, size) for size in SIZES] == [1, 1]

    page.emulate_media(media="print")
    sizes = page.locator(".sheet :is(dd, td, th, p, li)").evaluate_all(POINTS)
    assert len(sizes) > 20
    assert round(min(sizes), 1) >= 10
    colours = {tuple(re.findall(r"[\d.]+", colour)[:3]) for colour in page.evaluate(COLOURS)}
    assert len(colours) > 1
    assert [colour for colour in colours if len(set(colour)) > 1] == []


def test_long_name_of_a_medicine_is_whole_on_a_phone(page):
    page.set_viewport_size({"width": 320, "height": 844})
    printed(page, "symptom=muscle-cramps&risk=thiazide-diuretics")
    lines = page.get_by_role("rowheader", name="bendroflumethiazide").evaluate("""(cell) => {
      const [name, range] = [cell.firstChild, document.createRange()];
      const start = name.data.indexOf("bendroflumethiazide");
      range.setStart(name, start);
      range.setEnd(name, name.data.indexOf(",", start));
      return range.getClientRects().length;
    }""")
    assert lines == 1


def test_cases_with_most_ticks_fill_one_side(page, content):
    fitted, queries = [], {case_query(case) for case in published_cases()}
    for query in sorted(queries, key=lambda query: (-query.count("="), query)):
        printed(page, query)
        # An emergency has a call card in place of the sheet.
        if page.locator(".sheet").count():
            assert sides(page) == 1, query
            fitted.append(query)
        if len(fitted) == 5:
            return
    pytest.fail(f"only {len(fitted)} cases have a sheet")


def test_emergency_is_one_side_too(page):
    printed(page, "symptom=seizures")
    assert sides(page, "A4") == 1


def test_warning_signs_take_four_sides_at_most_with_all_that_is_to_be_done(page):
    page.goto("/safety/")
    assert [sides(page, size) <= 4 for size in SIZES] == [True, True]

    page.emulate_media(media="print")
    signs = page.locator(".warnings li").all()
    assert len(signs) >= 60
    assert all(sign.is_visible() for sign in signs)
    sizes = page.locator(".safety :is(p, li):visible").evaluate_all(POINTS)
    assert round(min(sizes), 1) >= 10
    for words in ("Call 999, 112, 911 or your local number", "In the UK call 111, day or night"):
        expect(page.get_by_text(words)).to_be_visible()
    for hidden in (".cite", "#sources", "[data-print]", "[data-offline]"):
        assert not any(part.is_visible() for part in page.locator(f".safety {hidden}").all())


def test_what_belongs_together_stays_on_one_side(page):
    for address, parts in (
        ("/safety/", ".warnings li"),
        ("/search/?q=cramp", ".hit"),
        ("/foods/plate/?food=almonds", ".plate-row, .plate-gap"),
        ("/foods/", ".food-row"),
        ("/compare/?symptom=muscle-cramps", "tbody tr"),
    ):
        page.emulate_media(media="screen")
        page.goto(address)
        page.emulate_media(media="print")
        inside = page.locator(parts).evaluate_all(
            "all => all.map(one => getComputedStyle(one).breakInside)"
        )
        assert len(inside) > 3, address
        assert set(inside) == {"avoid"}, address

    page.emulate_media(media="screen")
    page.goto("/nutrients/magnesium/")
    page.emulate_media(media="print")
    before = "all => all.map(one => getComputedStyle(one).breakBefore)"
    heads = page.locator("thead, tbody tr:first-child").evaluate_all(before)
    assert len(heads) >= 2
    assert set(heads) == {"avoid"}


def test_table_fits_two_sides_with_its_head_and_every_fact(page):
    for address in ("/compare/", MATRIX):
        page.goto(address)
        page.emulate_media(media="print")
        # As wide as A4 between our margins.
        page.set_viewport_size({"width": 673, "height": 1000})
        expect(page.locator("td.fact").first).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 673
        # The words end above the line of the first row.
        below = page.locator("thead th").evaluate_all(
            """all => all.map(th => {
              const range = document.createRange();
              range.selectNodeContents(th);
              return th.getBoundingClientRect().bottom - range.getBoundingClientRect().bottom;
            })"""
        )
        assert len(below) >= 6
        assert min(below) > 2
        assert [sides(page, size) <= 2 for size in SIZES] == [True, True]


def test_what_is_folded_on_a_screen_is_on_paper(page):
    for address, folded in (
        ("/nutrients/magnesium/", ".part > *:not(summary, .no-print, .action)"),
        ("/symptoms/night-leg-cramps/", "#causes li, #src-1"),
        ("/foods/plate/?food=almonds", ".plate-row > *:not(summary)"),
    ):
        page.emulate_media(media="screen")
        page.goto(address)
        parts = page.locator(folded).all()
        assert parts
        assert not any(part.is_visible() for part in parts)
        page.emulate_media(media="print")
        assert all(part.is_visible() for part in parts)

    names = page.locator(".plate-swaps .action").all()
    assert names
    assert all(name.is_visible() for name in names)


def test_first_page_on_paper_has_the_numbers_to_call_and_no_search(page):
    page.goto("/")
    page.emulate_media(media="print")

    expect(page.locator(".call-line a[href^='tel:']").filter(visible=True)).to_have_count(3)
    expect(page.get_by_role("searchbox")).to_be_hidden()


def test_form_of_the_checklist_can_be_ticked_on_paper(page):
    page.goto("/checklist/")
    page.emulate_media(media="print")

    boxes = page.locator("#checklist .box:not([value=''])")
    assert boxes.count() > 50
    expect(boxes.filter(visible=True)).to_have_count(boxes.count())
    # It is chosen on the screen, and its mark could not be taken off.
    expect(page.get_by_text("Rather not say")).to_be_hidden()
    assert sides(page, "A4") <= 6


def test_sources_on_paper_show_their_addresses(page):
    page.goto("/sources/ods-magnesium/")
    page.emulate_media(media="print")
    addresses = page.locator("main .source-read a").evaluate_all(
        "all => all.map(a => [a.getAttribute('href'), getComputedStyle(a, '::after').content])"
    )
    assert addresses
    assert all(shown == '" <" attr(href) ">"' or href in shown for href, shown in addresses)
