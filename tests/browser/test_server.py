"""What gunicorn does with requests that no browser sends, and what it writes down about them."""

import socket
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest


@pytest.fixture
def ask(site):
    """Return a function that sends a request and returns the status and body of the response."""
    connection = HTTPConnection(urlsplit(site.url).netloc, timeout=30)

    def ask(path, **headers):
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        return response.status, response.read()

    yield ask
    connection.close()


def test_headers_that_pretend_to_come_from_a_proxy_change_nothing(ask):
    pretended = {
        "SCRIPT-NAME": "/other",
        "SCRIPT_NAME": "/other",
        "PATH-INFO": "/other",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "evil.example",
    }
    status, body = ask("/about/")
    assert status == 200
    assert ask("/about/", **pretended) == (status, body)


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


def test_long_address_is_answered_by_the_site(ask):
    status, body = ask("/compare/?symptom=" + "x" * 7_500)

    assert status == 200
    assert b"x" * 200 not in body
