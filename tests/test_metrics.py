"""Figures for a monitor: off, and once on for its networks alone, and about nobody."""

from ipaddress import ip_network

import pytest


@pytest.fixture
def read(client, settings):
    settings.METRICS_NETWORKS = [ip_network("192.0.2.0/24")]

    def read():
        answer = client.get("/metrics", REMOTE_ADDR="192.0.2.7")
        assert answer.status_code == 200
        assert "no-store" in answer["Cache-Control"]
        lines = answer.content.decode().splitlines()
        return dict(line.rsplit(" ", 1) for line in lines if not line.startswith("#"))

    return read


def test_figures_are_not_there_unless_switched_on(client, db):
    assert client.get("/metrics").status_code == 404


@pytest.mark.parametrize("address", ["203.0.113.9", "2001:db8::1", "127.0.0.1"])
def test_figures_are_not_there_for_others(client, db, read, address):
    assert client.get("/metrics", REMOTE_ADDR=address).status_code == 404


@pytest.fixture
def _behind_a_proxy(settings):
    settings.BEHIND_PROXY, settings.SECURE_SSL_REDIRECT = True, True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")


@pytest.mark.usefixtures("_behind_a_proxy")
def test_monitor_asks_one_instance_by_http_past_the_proxy(db, read):
    assert read()


@pytest.mark.usefixtures("_behind_a_proxy")
@pytest.mark.parametrize(
    ("address", "headers"),
    [
        ("203.0.113.9", {}),
        ("192.0.2.7", {"x-forwarded-for": "203.0.113.9"}),
        ("192.0.2.7", {"x-forwarded-for": "192.0.2.7, 203.0.113.9"}),
        ("192.0.2.7", {"x-forwarded-for": ""}),
        ("192.0.2.7", {"x-forwarded-proto": "https"}),
    ],
)
def test_reader_whom_a_proxy_in_the_monitors_network_passes_on_is_no_monitor(
    client, db, read, address, headers
):
    assert client.get("/metrics", REMOTE_ADDR=address, headers=headers).status_code == 404


@pytest.mark.usefixtures("_behind_a_proxy")
def test_monitor_may_ask_through_the_proxy_too(client, db, read):
    headers = {"x-forwarded-for": "192.0.2.7", "x-forwarded-proto": "https"}

    assert client.get("/metrics", REMOTE_ADDR="127.0.0.1", headers=headers).status_code == 200


def test_answers_are_counted_by_how_they_went(client, content, read):
    before = read()
    for path in ("/compare/", "/nowhere/", "/nutrients"):
        client.get(path)
    after = read()

    def more(name):
        return int(after[name]) - int(before[name])

    assert more('nutrisite_requests_total{status="3xx"}') == 1
    assert more('nutrisite_requests_total{status="4xx"}') == 1
    # The page, and the figures themselves.
    assert more('nutrisite_requests_total{status="2xx"}') == 2
    assert more("nutrisite_request_seconds_count") == 4
    assert more('nutrisite_request_seconds_bucket{le="+Inf"}') == 4


def test_figures_name_no_page_and_no_reader(client, content, read):
    client.get("/symptoms/tremor/", REMOTE_ADDR="203.0.113.9")

    text = " ".join(read())
    assert "tremor" not in text
    assert "203.0.113" not in text
