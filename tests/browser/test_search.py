"""Search as a reader types, by keyboard, with a screen reader's status line, and without script."""

from playwright.sync_api import expect

from .conftest import tab_to

BOX = "Search Nutrisite"


def status(page):
    return page.locator("[data-status]")


def test_results_follow_the_typing_and_the_keyboard_leads_to_one(page):
    page.goto("/")
    page.get_by_role("link", name="Search").first.click()
    page.wait_for_load_state()
    box = page.get_by_label(BOX)
    box.focus()
    page.keyboard.type("magn")
    expect(status(page)).to_contain_text("results for magn")
    expect(page.get_by_role("link", name="Magnesium", exact=True).first).to_be_visible()
    expect(box).to_be_focused()
    assert page.url.endswith("/search/?q=magn")

    page.keyboard.type("esium cramps")
    expect(status(page)).to_contain_text("for magnesium cramps")
    expect(box).to_have_value("magnesium cramps")
    assert box.evaluate("box => box.selectionStart") == len("magnesium cramps")
    expect(page).to_have_title("Search: magnesium cramps | Nutrisite")

    box.fill("tremor")
    expect(status(page)).to_contain_text("for tremor")
    tab_to(page, "document.activeElement.getAttribute('href') === '/symptoms/tremor/'", 20)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Tremor (shaking)")
    page.go_back()
    expect(box).to_have_value("tremor")
    expect(page.get_by_role("link", name="Tremor (shaking)", exact=True).first).to_be_visible()


def test_results_of_typing_equal_a_fresh_page_until_escape_clears_the_box(page):
    page.goto("/search/")
    results = page.locator("#search-results")
    empty = results.inner_text()
    for words, message in (
        ("cramps", "for cramps"),
        ("tinglng", "for tingling"),
        ("stroke", "Call for help"),
        ("zzzz", "Nothing found for “zzzz”"),
    ):
        page.get_by_label(BOX).fill(words)
        expect(page).to_have_url(f"/search/?q={words}")
        expect(status(page)).to_contain_text(message)
        if words == "tinglng":
            expect(page.get_by_text("Did you mean tingling?")).to_be_visible()
        typed = results.inner_text()
        page.reload()
        assert results.inner_text() == typed

    page.get_by_label(BOX).press("Escape")
    expect(page.get_by_label(BOX)).to_have_value("")
    expect(page).to_have_url("/search/")
    expect(results).to_have_text(empty, use_inner_text=True)


def test_late_response_never_replaces_a_later_one(page):
    page.goto("/search/")
    # Held for ever, so that it could only come late.
    page.route(lambda url: url.endswith("?q=iron"), lambda route: None)
    with page.expect_request("**/search/?q=iron") as request:
        page.get_by_label(BOX).fill("iron")
    with page.expect_event("requestfailed", lambda failed: failed == request.value):
        page.get_by_label(BOX).fill("calcium")

    expect(status(page)).to_contain_text("for calcium")
    expect(page).to_have_url("/search/?q=calcium")
