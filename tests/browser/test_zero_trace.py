"""Nothing of a reader stays: not in the browser, not with others, not in the server's log.

Held on the real server with its real log, with scripts and without.
"""

import re
import socket
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from playwright.sync_api import expect

from tests.browser.traces import Sent, history, kept

from . import databases
from .conftest import wait_until
from .test_checklist import change, open_all

TICKS = ["muscle-twitches", "muscle-cramps", "night-leg-cramps", "ppi", "vegan-diet"]


@pytest.fixture
def log(site):
    """Return a function that reads what the server has written since the test began."""
    path = site.folder / "log.txt"
    before = len(path.read_text())
    return lambda: path.read_text()[before:]


@pytest.fixture
def reader(either):
    """Return a page, with scripts or without, that records its requests in `sent`."""
    either.sent = Sent().watch(either.context)
    return either


def slugs_on(page):
    """Every answer that the checklist offers, as it is sent."""
    page.goto("/checklist/")
    boxes = page.locator("#checklist input[type=checkbox]")
    return boxes.evaluate_all("(boxes) => boxes.map((box) => box.value)")


def answer(page, ticks):
    page.goto("/checklist/")
    open_all(page)
    for slug in ticks:
        page.locator(f"#checklist input[value='{slug}']").check()
    page.locator("#checklist").get_by_role("button", name="See results").click()
    expect(page.locator("#results")).not_to_have_text("Nothing ticked yet")


def keep_safety_page(page):
    page.goto("/safety/")
    page.get_by_role("button", name="Keep this page").click()
    expect(page.get_by_text("This page is kept on this device.")).to_be_visible()


def cached(page):
    """Return the paths that the service worker has cached."""
    return set(
        page.evaluate("""async () => (await (await caches.open("safety")).keys())
          .map((request) => new URL(request.url).pathname)""")
    )


def test_page_that_a_reader_asked_for_is_all_that_is_kept(page, base_url):
    keep_safety_page(page)
    page.goto("/symptoms/muscle-cramps/")
    answer(page, ["muscle-cramps"])
    page.goto("/search/?q=chest+pain")
    page.goto("/safety/?from=search")
    page.goto("/safety/test-book/")
    page.goto("/safety/")

    allowed = {"cache safety", "used cache_storage", "used service_workers"}
    allowed.add(f"worker {base_url}/safety/worker.js")
    assert set(kept(page, base_url)) <= allowed
    paths = cached(page)
    assert "/safety/" in paths
    assert all(path == "/safety/" or path.startswith("/static/") for path in paths)
    assert not any("?" in path for path in paths)


def test_kept_page_opens_without_a_connection_and_is_removed_without_a_trace(page, faults):
    keep_safety_page(page)
    expect(page.get_by_role("button", name="Remove it")).to_be_focused()
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
    # The browser reports what it could not ask for while there was no connection.
    faults[:] = [fault for fault in faults if "ERR_INTERNET_DISCONNECTED" not in fault]


def test_page_on_privacy_lists_the_headers_that_arrive(site):
    with urlopen(f"{site.url}/privacy/") as answer:
        arrived = set(answer.headers)
        listed = re.findall(r"<dt>([\w-]+)</dt>", answer.read().decode())

    assert listed == sorted(listed)
    # Below the list the page names in words what those add that pass it on; https has one more,
    # and a page that came compressed another.
    assert arrived - set(listed) == {"Date", "Server", "Connection"}
    assert set(listed) - arrived == {"Strict-Transport-Security", "Content-Encoding"}


def test_answers_stand_in_no_address_title_referrer_or_history(reader, base_url, log):
    slugs = slugs_on(reader)
    with reader.expect_response("**/checklist/") as shown:
        answer(reader, TICKS)
    title = reader.title()
    reader.get_by_role("button", name="Page for a doctor").click()
    reader.wait_for_url("**/checklist/print/")
    printed = reader.title()
    # On to a page that every footer has, so that a referrer would be sent.
    reader.goto("/checklist/")
    reader.locator("footer").get_by_role("link", name="Privacy").click()
    reader.wait_for_url("**/privacy/")

    assert len(slugs) > 50
    assert "no-store" in shown.value.headers["cache-control"]
    assert reader.sent.telling(slugs) == []
    assert reader.sent.foreign(base_url) == []
    named = [slug for slug in slugs for text in [title, printed, *history(reader)] if slug in text]
    assert named == []
    assert kept(reader, base_url) == []
    assert "/checklist/print/" in log()
    assert [slug for slug in slugs if slug in log()] == []


def test_emergency_answer_leaves_nothing(reader, base_url, log):
    answer(reader, ["seizures"])

    expect(reader.locator("#results")).to_have_text("Call for help now")
    assert kept(reader, base_url) == []
    assert reader.sent.telling(["seizures"]) == []
    assert "seizures" not in log()


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
    send_half(site, b"symptom=muscle-cramps")

    lines = log()
    assert lines.count("\n") > 60
    assert [slug for slug in slugs if slug in lines] == []
    assert "?" not in lines
    assert not re.search(r"\b127\.0\.0\.\d|\b(\d{1,3}\.){3}\d{1,3}\b", lines)


def send_half(site, body):
    """Begin to send answers, and hang up."""
    parts = urlsplit(site.url)
    head = b"POST /checklist/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 999\r\n"
    head += b"Content-Type: application/x-www-form-urlencoded\r\n\r\n"
    with socket.create_connection((parts.hostname, parts.port), timeout=30) as plain:
        plain.sendall(head + body)


def break_database(site):
    """Take a table away under the running server; `changes_content` puts it back."""
    databases.execute(site.folder, "ALTER TABLE nutrients_redflagrule RENAME TO gone")


@pytest.mark.changes_content
def test_failed_answer_is_logged_without_the_answers(page, site, faults, log):
    slugs = slugs_on(page)
    break_database(site)

    response = page.request.post("/checklist/?from=tremor", form={"symptom": TICKS[0]})

    assert response.status == 500
    assert "999, 112" in response.text()
    assert TICKS[0] not in response.text()
    # The one is SQLite's name for it, the other PostgreSQL's.
    assert re.search("OperationalError|ProgrammingError", log())
    assert "/checklist/" in log().split("OperationalError")[0].split("ProgrammingError")[0]
    assert [slug for slug in slugs if slug in log()] == []


@pytest.mark.changes_content
def test_emergency_card_stays_when_the_server_breaks(page, site, faults):
    answer(page, ["seizures"])
    break_database(site)
    page.get_by_role("button", name="Change or add ticks").click()

    expect(page.locator("[data-status]")).to_contain_text("call 999, 112, 911")
    expect(page.locator("#results")).to_have_text("Call for help now")
    expect(page.get_by_role("link", name="Call 112").first).to_be_visible()
    # The browser itself reports the failure in its console.
    assert [fault for fault in faults if "500" not in fault] == []
    faults.clear()


def test_emergency_card_stays_when_the_network_is_gone(page, faults):
    answer(page, ["seizures"])
    page.context.set_offline(True)
    page.get_by_role("button", name="Take off Seizures").click()

    expect(page.locator("[data-status]")).to_contain_text("call 999, 112, 911")
    expect(page.locator("#results")).to_have_text("Call for help now")
    expect(page.get_by_role("link", name="Call 112")).to_be_visible()
    page.context.set_offline(False)
    change(page)
    page.context.set_offline(True)
    page.locator("#checklist").get_by_role("button", name="See results").click()

    expect(page.locator("[data-status]")).to_contain_text("call 999, 112, 911")
    expect(page.get_by_text("You ticked:")).to_be_visible()
    expect(page.locator("#checklist .alarm").get_by_role("link", name="Call 112")).to_be_visible()
    page.context.set_offline(False)
    # The browser reports the failure in its console, and so does htmx.
    assert [f for f in faults if "ERR_INTERNET_DISCONNECTED" not in f and "htmx:" not in f] == []
    faults.clear()


def test_emergency_card_stays_when_the_network_goes_before_anything_is_touched(page, faults):
    page.goto("/checklist/")
    open_all(page)
    page.context.set_offline(True)
    page.locator("#checklist input[value='seizures']").check()
    page.locator("#checklist").get_by_role("button", name="See results").click()

    expect(page.locator("[data-status]")).to_contain_text("call 999, 112, 911")
    expect(page.locator("#checklist .alarm").get_by_role("link", name="Call 112")).to_be_visible()
    page.context.set_offline(False)
    # The next try brings the answer.
    page.locator("#checklist").get_by_role("button", name="See results").click()
    expect(page.locator("#results")).to_have_text("Call for help now")
    assert [fault for fault in faults if "ERR_INTERNET_DISCONNECTED" not in fault] == []
    faults.clear()


def test_form_is_sent_by_the_browser_when_htmx_cannot_be_fetched(page, faults):
    page.route("**/htmx*", lambda route: route.abort())
    page.goto("/checklist/")
    open_all(page)
    page.locator("#checklist input[value='seizures']").check()
    expect(page.locator("[data-status]")).to_contain_text("try again")
    page.locator("#checklist").get_by_role("button", name="See results").click()

    expect(page.locator("#results")).to_have_text("Call for help now")
    assert [fault for fault in faults if "ERR_FAILED" not in fault] == []
    faults.clear()


def test_emergency_text_comes_when_the_server_never_answers(page, faults):
    page.goto("/checklist/")
    page.locator("#checklist").hover()
    wait_until(page, "() => window.htmx")
    assert 5_000 <= page.evaluate("htmx.config.timeout") <= 20_000
    page.evaluate("htmx.config.timeout = 300")
    page.route("**/checklist/", lambda route: None)
    page.locator("#checklist input[value='muscle-cramps']").check()
    page.locator("#checklist").get_by_role("button", name="See results").click()

    expect(page.locator("[data-status]")).to_contain_text("call 999, 112, 911")
    page.unroute("**/checklist/")
    faults.clear()
