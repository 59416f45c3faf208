"""What gunicorn does with requests that no browser sends, and what it writes down about them."""

import socket
from urllib.parse import urlsplit

import pytest


def test_headers_that_pretend_to_come_from_a_proxy_change_nothing(page):
    pretended = {
        "SCRIPT-NAME": "/other",
        "SCRIPT_NAME": "/other",
        "PATH-INFO": "/other",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "evil.example",
    }
    plain, answer = page.request.get("/about/"), page.request.get("/about/", headers=pretended)

    assert (plain.status, answer.status) == (200, 200)
    assert answer.body() == plain.body()


@pytest.mark.parametrize(
    "message",
    [
        b"GET /compare/?symptom=eyelid-twitch\r\nHost: 127.0.0.1\r\n\r\n",
        b"GET /compare/?symptom=eyelid-twitch HTTP/9.9\r\nHost: 127.0.0.1\r\n\r\n",
        b"G\x00T /compare/?symptom=eyelid-twitch HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        b"GET /compare/?symptom=eyelid-twitch" + b"x" * 10_000 + b" HTTP/1.1\r\n\r\n",
        b"GET /compare/?symptom=eyelid-twitch HTTP/1.1\r\nHost: eyelid twitch\r\n\r\n",
        b"GET /compare/?symptom=\xff\xfeeyelid HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    ],
)
def test_broken_request_is_answered_and_not_repeated_in_the_log(site, message):
    parts = urlsplit(site.url)
    with socket.create_connection((parts.hostname, parts.port), timeout=30) as plain:
        plain.sendall(message)
        answer = plain.recv(65_536)

    assert b" 5" not in answer.split(b"\r\n")[0]
    log = (site.folder / "log.txt").read_text()
    assert "eyelid" not in log
    assert "127.0.0.1" not in log.split("makes an account.")[1]


def test_long_address_is_answered_by_the_site(page):
    answer = page.request.get("/compare/?symptom=" + "x" * 7_500)

    assert answer.status == 200
    assert "x" * 200 not in answer.text()
