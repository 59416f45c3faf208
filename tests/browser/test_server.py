"""What gunicorn does with requests that no browser sends, and what it writes down about them."""

import socket
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest


@pytest.fixture
def connection(site):
    connection = HTTPConnection(urlsplit(site.url).netloc, timeout=30)
    yield connection
    connection.close()


def ask(connection, path, method="GET", **headers):
    connection.request(method, path, headers=headers)
    response = connection.getresponse()
    return response, response.read()


def raw(site, message):
    """Send bytes as they are, and return the beginning of the response."""
    parts = urlsplit(site.url)
    with socket.create_connection((parts.hostname, parts.port), timeout=30) as plain:
        plain.sendall(message)
        return plain.recv(65_536)


def test_page_is_compressed_not_sent_again_and_has_its_headers_alone(connection):
    first, whole = ask(connection, "/nutrients/magnesium/")
    packed, body = ask(connection, "/nutrients/magnesium/", **{"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert len(body) < len(whole) / 3

    holds = {"If-None-Match": first.headers["ETag"]}
    for options, status in ((holds, 304), ({"method": "HEAD"}, 200)):
        answer, body = ask(connection, "/nutrients/magnesium/", **options)
        assert (answer.status, body) == (status, b"")


def test_headers_that_pretend_to_come_from_a_proxy_change_nothing(connection):
    _, expected = ask(connection, "/about/")
    response, body = ask(
        connection,
        "/about/",
        **{
            "SCRIPT-NAME": "/other",
            "SCRIPT_NAME": "/other",
            "PATH-INFO": "/other",
            "X-Forwarded-Proto": "https",
            "X-Forwarded-Host": "evil.example",
        },
    )

    assert (response.status, body) == (200, expected)


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
    status = raw(site, message).split(b"\r\n")[0]

    assert b" 5" not in status
    log = (site.folder / "log.txt").read_text()
    assert "eyelid" not in log
    assert "127.0.0.1" not in log.split("makes an account.")[1]


def test_long_address_is_answered_by_the_site(connection):
    response, body = ask(connection, "/compare/?symptom=" + "x" * 7_500)

    assert response.status == 200
    assert b"x" * 200 not in body
