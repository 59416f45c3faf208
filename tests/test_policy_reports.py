"""Reports of the content policy: noted in words out of a list, bounded, and without the reader."""

import json

import pytest
from django.core.cache import cache

from nutrisite import environment
from nutrisite.policy_reports import DIRECTIVES, LINES
from nutrisite.shared_cache import shared_cache
from nutrisite.tallies import tallies

ADDRESS = "/policy-reports"
SECRET = "eyelid-twitch"


@pytest.fixture(autouse=True)
def _nothing_said_before():
    cache.clear()
    shared_cache.cache_clear()
    tallies.cache_clear()
    yield
    shared_cache.cache_clear()


def older(**fields):
    """A report as browsers send it to report-uri."""
    report = {
        "document-uri": f"http://testserver/symptoms/{SECRET}/?q={SECRET}",
        "referrer": f"http://elsewhere.example/{SECRET}",
        "violated-directive": "script-src-elem",
        "effective-directive": "script-src-elem",
        "blocked-uri": f"https://bad.example/{SECRET}.js",
        "script-sample": SECRET,
    }
    return {"csp-report": report | fields}


def newer(**fields):
    """The same as the Reporting API sends it."""
    body = {
        "documentURL": f"http://testserver/symptoms/{SECRET}/",
        "effectiveDirective": "style-src-attr",
        "blockedURL": "inline",
        "sample": SECRET,
    }
    return [{"type": "csp-violation", "url": "x", "user_agent": SECRET, "body": body | fields}]


def send(client, report, kind="application/csp-report"):
    text = report if isinstance(report, str) else json.dumps(report)
    return client.post(ADDRESS, text, content_type=kind, REMOTE_ADDR="203.0.113.9")


def noted(written):
    return [line for line in written if "content policy blocked" in line]


@pytest.mark.parametrize(
    ("report", "sentence"),
    [
        (older(), "blocked a file by script-src-elem on /symptoms/<slug:slug>/."),
        (newer(), "blocked inline by style-src-attr on /symptoms/<slug:slug>/."),
        (older(**{"blocked-uri": "eval"}), "blocked eval by script-src-elem"),
        (older(**{"blocked-uri": "moz-extension://x/y"}), "blocked an extension by"),
        (older(**{"effective-directive": f"{SECRET}-src"}), "by another directive on"),
        (older(**{"document-uri": "http://["}), "on unknown."),
        (older(**{"document-uri": SECRET}), "on unknown."),
        (older(**{"blocked-uri": SECRET}), "blocked something by"),
    ],
)
def test_report_is_noted_without_the_reader(client, lines, report, sentence):
    assert send(client, report).status_code == 204

    [line] = noted(lines)
    assert sentence in line
    everything = "".join(lines)
    for secret in (SECRET, "203.0.113", "example"):
        assert secret not in everything


def test_same_report_is_noted_once_however_often_it_comes(client, lines):
    for _ in range(20):
        send(client, older())
    send(client, newer() * 50, "application/reports+json")

    assert len(noted(lines)) == 2


def test_flood_of_different_reports_writes_a_few_lines(client, lines):
    for _ in range(3):
        for directive in sorted(DIRECTIVES):
            send(client, older(**{"effective-directive": directive}))
        # As a small cache does while many sorts come.
        cache.clear()

    # The minute may change meanwhile, once.
    assert LINES <= len(noted(lines)) <= 2 * LINES < 3 * len(DIRECTIVES)


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ("", 400),
        ("{}", 400),
        ("[1]", 400),
        ('"text"', 400),
        ("[" * 16_000, 400),
        ('{"csp-report": []}', 400),
        ('{"csp-report": {"document-uri": 7}}', 204),
        ("x" * 16_385, 413),
        ("[]", 204),
    ],
)
def test_what_is_no_report_is_refused_and_not_repeated(client, lines, sent, status):
    response = send(client, sent)

    assert response.status_code == status
    assert not response.cookies
    assert len(response.content) < 100


def test_reports_are_dropped_where_redis_is_away_and_fill_no_log(client, lines, settings):
    settings.CACHES = {"default": environment.cache("X", "redis://127.0.0.1:1/0")}

    assert {send(client, newer() * 10).status_code for _ in range(20)} == {204}

    requests = [line for line in lines if '"nutrisite.access"' in line]
    [said] = [line for line in lines if line not in requests]
    assert "The cache does not answer (ConnectionError)" in said


def test_reports_are_sent_and_never_read(client):
    assert client.get(ADDRESS).status_code == 405
    assert "no-store" in client.get(ADDRESS)["Cache-Control"]
