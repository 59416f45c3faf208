"""Nothing of a reader stays: not in the browser, not with others, not in the server's log.

Held on the real server with its real log, with scripts and without.
"""

import re
import socket
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from playwright.sync_api import expect

from . import databases
from .conftest import forgive
from .test_checklist import answer, change, show, tick
from .traces import history, revealing, traces_in

TICKS = ["muscle-twitches", "muscle-cramps", "night-leg-cramps", "ppi", "vegan-diet"]
HALF = b"""POST /checklist/ HTTP/1.1\r
Host: 127.0.0.1\r
Content-Length: 999\r
Content-Type: application/x-www-form-urlencoded\r
\r
symptom=muscle-cramps"""


@pytest.fixture
def log(site):
    """Return a function that reads what the server has written since the test began."""
    path = site.folder / "log.txt"
    before = len(path.read_text())
    return lambda: path.read_text()[before:]


@pytest.fixture
def page(fresh_page):
    """Return a page of a browser of its own, which may lose its connection or keep a page."""
    return fresh_page


def slugs_on(page):
    """Return every answer that the checklist offers, as it is sent."""
    page.goto("/checklist/")
    boxes = page.locator("#checklist input[type=checkbox]")
    return boxes.evaluate_all("(boxes) => boxes.map((box) => box.value)")


def expect_numbers_to_call(page):
    expect(page.locator("[data-status]")).to_contain_text("call 999, 112, 911")


def test_safety_page_is_all_that_is_kept_opens_offline_and_is_removed_without_a_trace(
    page, base_url, faults
):
    page.goto("/safety/")
    page.get_by_role("button", name="Keep this page").click()
    expect(page.get_by_text("This page is kept on this device.")).to_be_visible()
    expect(page.get_by_role("button", name="Remove it")).to_be_focused()
    page.goto("/symptoms/muscle-cramps/")
    answer(page, "muscle-cramps")
    page.goto("/search/?q=chest+pain")
    for address in ("/safety/?from=search", "/safety/test-book/", "/safety/"):
        page.goto(address)

    allowed = {"cache safety", "used cache_storage", "used service_workers"}
    allowed.add(f"worker {base_url}/safety/worker.js")
    assert set(traces_in(page, base_url)) <= allowed
    cached = page.evaluate("""async () => (await (await caches.open("safety")).keys())
      .map((request) => request.url)""")
    pages = [url for url in cached if not url.startswith(f"{base_url}/static/")]
    assert pages == [f"{base_url}/safety/"]
    assert not any("?" in url for url in cached)

    page.context.set_offline(True)
    page.goto("/safety/")
    expect(page.get_by_role("link", name="Call 999")).to_be_visible()
    colour = "getComputedStyle(document.querySelector('.urgent-head')).backgroundColor"
    assert page.evaluate(colour) != "rgba(0, 0, 0, 0)"
    page.context.set_offline(False)

    page.get_by_role("button", name="Remove it").click()
    expect(page.get_by_text("Nothing of this site is kept on this device.")).to_be_visible()
    expect(page.get_by_role("button", name="Keep this page")).to_be_focused()
    page.goto("/about/")
    assert page.evaluate("navigator.serviceWorker.getRegistrations().then(all => all.length)") == 0
    assert page.evaluate("caches.keys()") == []
    forgive(faults, "ERR_INTERNET_DISCONNECTED")


def test_page_on_privacy_lists_the_headers_that_arrive(site):
    with urlopen(f"{site.url}/privacy/") as answer:
        arrived = set(answer.headers)
        listed = re.findall(r"<dt>([\w-]+)</dt>", answer.read().decode())

    assert listed == sorted(listed)
    # Below the list the page names in words what those add that pass it on; https has one more,
    # and a page that came compressed another.
    assert arrived - set(listed) == {"Date", "Server", "Connection"}
    assert set(listed) - arrived == {"Strict-Transport-Security", "Content-Encoding"}


def test_answers_stand_in_no_address_title_referrer_or_history(either, base_url, log):
    requests = []
    either.context.on("request", lambda request: requests.append(request))
    slugs = slugs_on(either)
    answer(either, "seizures")
    expect(either.locator("#results")).to_have_text("Call for help now")
    assert traces_in(either, base_url) == []
    with either.expect_response("**/checklist/") as response:
        answer(either, *TICKS)
    title = either.title()
    either.get_by_role("button", name="Page for a doctor").click()
    either.wait_for_url("**/checklist/print/")
    printed = either.title()
    # On to a page that every footer has, so that a referrer would be sent.
    either.goto("/checklist/")
    either.locator("footer").get_by_role("link", name="Privacy").click()
    either.wait_for_url("**/privacy/")

    assert len(slugs) > 50
    assert "no-store" in response.value.headers["cache-control"]
    assert revealing(requests, slugs) == []
    named = [slug for slug in slugs for text in [title, printed, *history(either)] if slug in text]
    assert named == []
    assert traces_in(either, base_url) == []
    assert "/checklist/print/" in log()
    assert [slug for slug in slugs if slug in log()] == []


def test_log_holds_no_symptom_query_or_client_whatever_was_asked(page, site, log):
    slugs = slugs_on(page)
    for slug in slugs[:12]:
        page.request.get(f"/symptoms/{slug}/")
        page.request.get(f"/nutrients/magnesium/{slug}/")
        page.request.get(f"/{slug}/{slug}?symptom={slug}#{slug}")
        page.request.get(f"/compare/?symptom={slug}", headers={"Referer": f"{site.url}/{slug}"})
        page.request.post("/checklist/", form={"symptom": slug, "risk": slug})
        page.request.post("/about/", form={"symptom": slug})
    page.request.get("/search/?q=muscle+cramps", headers={"User-Agent": "muscle-cramps/1.0"})
    # A reader who hangs up in the middle of the form.
    parts = urlsplit(site.url)
    with socket.create_connection((parts.hostname, parts.port), timeout=30) as plain:
        plain.sendall(HALF)

    lines = log()
    assert lines.count("\n") > 60
    assert [slug for slug in slugs if slug in lines] == []
    assert "?" not in lines
    assert not re.search(r"\b127\.0\.0\.\d|\b(\d{1,3}\.){3}\d{1,3}\b", lines)


@pytest.mark.changes_content
def test_emergency_card_stays_and_no_log_holds_the_answers_when_the_server_breaks(
    page, site, faults, log
):
    slugs = slugs_on(page)
    answer(page, "seizures")
    databases.execute(site.folder, "ALTER TABLE nutrients_redflagrule RENAME TO gone")
    page.get_by_role("button", name="Change or add ticks").click()
    expect_numbers_to_call(page)
    expect(page.locator("#results")).to_have_text("Call for help now")
    expect(page.get_by_role("link", name="Call 112").first).to_be_visible()

    response = page.request.post("/checklist/?from=tremor", form={"symptom": TICKS[0]})
    assert response.status == 500
    assert "999, 112" in response.text()
    assert TICKS[0] not in response.text()
    # The one is SQLite's name for it, the other PostgreSQL's.
    before = re.split("OperationalError|ProgrammingError", log(), maxsplit=1)
    assert len(before) == 2
    assert "/checklist/" in before[0]
    assert [slug for slug in slugs if slug in log()] == []
    forgive(faults, "500")


def test_emergency_card_stays_when_the_network_is_gone(page, faults):
    answer(page, "seizures")
    page.context.set_offline(True)
    page.get_by_role("button", name="Take off Seizures").click()

    expect_numbers_to_call(page)
    expect(page.locator("#results")).to_have_text("Call for help now")
    expect(page.get_by_role("link", name="Call 112")).to_be_visible()
    page.context.set_offline(False)
    change(page)
    page.context.set_offline(True)
    show(page)

    expect_numbers_to_call(page)
    expect(page.get_by_text("You ticked:")).to_be_visible()
    expect(page.locator("#checklist .alarm").get_by_role("link", name="Call 112")).to_be_visible()
    page.context.set_offline(False)
    forgive(faults, "ERR_INTERNET_DISCONNECTED", "htmx:")


def test_emergency_card_stays_when_the_network_goes_before_anything_is_touched(page, faults):
    page.goto("/checklist/")
    page.context.set_offline(True)
    page.evaluate("addEventListener('error', () => { window.hasFailed = true; }, true)")
    page.locator("#checklist").hover()
    page.wait_for_function("() => window.hasFailed")
    # A message would move the form away under the pointer.
    expect(page.locator("[data-status]")).to_be_empty()
    tick(page, "seizures")
    show(page)

    expect_numbers_to_call(page)
    expect(page.locator("#checklist .alarm").get_by_role("link", name="Call 112")).to_be_visible()
    page.context.set_offline(False)
    # The next try brings the answer.
    show(page)
    expect(page.locator("#results")).to_have_text("Call for help now")
    forgive(faults, "ERR_INTERNET_DISCONNECTED")


def test_form_is_sent_by_the_browser_when_htmx_cannot_be_fetched(page, faults):
    page.route("**/htmx*", lambda route: route.abort())
    page.goto("/checklist/")
    tick(page, "seizures")
    expect(page.locator("[data-status]")).to_contain_text("try again")
    show(page)

    expect(page.locator("#results")).to_have_text("Call for help now")
    forgive(faults, "ERR_FAILED")


def test_emergency_text_comes_when_the_server_never_answers(page, faults):
    page.goto("/checklist/")
    page.locator("#checklist").hover()
    page.wait_for_function("() => window.htmx")
    assert 5_000 <= page.evaluate("htmx.config.timeout") <= 20_000
    page.evaluate("htmx.config.timeout = 300")
    page.route("**/checklist/", lambda route: None)
    tick(page, "muscle-cramps")
    show(page)

    expect_numbers_to_call(page)
    page.unroute("**/checklist/")
    faults.clear()
