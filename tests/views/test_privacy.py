"""The page on privacy proves what it says: the headers that it shows are those it came with."""

import gzip
from html.parser import HTMLParser

import brotli
import pytest
from django.test import RequestFactory

from nutrients.own_headers import MEANINGS, LastWritten
from nutrisite.cache.written_last import middleware
from nutrisite.logging import ACCESS_FIELDS
from tests.views.pages import text_of


class Shown(HTMLParser):
    """Collects the headers that the page shows: a name in <dt>, its value in <code>."""

    def __init__(self, html):
        super().__init__()
        self.place, self.name, self.headers = "", "", []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.place = tag

    def handle_data(self, data):
        if self.place == "dt":
            self.name = data
        elif self.place == "code":
            self.headers.append((self.name, data))
        self.place = ""


def shown_on(response):
    return sorted(Shown(unpacked(response).decode()).headers)


def unpacked(response):
    match response.get("Content-Encoding"):
        case "br":
            return brotli.decompress(response.content)
        case "gzip":
            return gzip.decompress(response.content)
    return response.content


def all_but_length(response):
    return sorted(pair for pair in response.items() if pair[0] != "Content-Length")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"accept-encoding": "gzip, br"},
        {"accept-encoding": "gzip"},
        {"if-none-match": "*"},
        {"cookie": "sessionid=of-an-editor"},
        {"hx-request": "true"},
    ],
    ids=["plain", "brotli", "gzip", "again", "editor", "htmx"],
)
def test_page_shows_every_header_that_it_is_sent_with_and_no_other(client, db, headers):
    response = client.get("/privacy/", headers=headers)

    assert response.status_code == 200
    assert shown_on(response) == all_but_length(response)
    assert int(response["Content-Length"]) == len(response.content)
    for name in ("Content-Security-Policy", "Referrer-Policy", "Permissions-Policy"):
        assert name in dict(shown_on(response))


def test_page_shows_headers_that_only_https_has(client, db, settings):
    settings.SECURE_HSTS_SECONDS = 60
    response = client.get("/privacy/", secure=True)

    assert ("Strict-Transport-Security", "max-age=60") in shown_on(response)
    assert shown_on(response) == all_but_length(response)


def test_every_header_is_explained(client, db):
    response = client.get("/privacy/", secure=True, headers={"accept-encoding": "br"})
    names = {name for name, _ in shown_on(response)}

    assert names <= set(MEANINGS)
    assert "No cookie is among them." in text_of(client.get("/privacy/"))


def test_cookie_would_be_shown():
    def view(request):
        response = LastWritten(lambda headers: "".join(f"{h.name}={h.value};" for h in headers))
        response.set_cookie("counted", "yes")
        return response

    response = middleware(view)(RequestFactory().get("/"))

    assert b"Set-Cookie=counted=yes; Path=/;" in response.content


@pytest.mark.parametrize(("accepted", "encoding"), [("gzip, br", "br"), ("gzip", "gzip")])
def test_page_is_packed_as_the_browser_asks(client, db, accepted, encoding):
    plain = client.get("/privacy/")
    packed = client.get("/privacy/", headers={"accept-encoding": accepted})

    assert packed["Content-Encoding"] == encoding
    assert "Content-Encoding" not in plain
    assert plain["Vary"] == packed["Vary"] == "Accept-Encoding"
    assert len(packed.content) * 3 < len(plain.content)


def test_page_names_as_many_parts_of_a_log_line_as_there_are(client, db):
    text = text_of(client.get("/privacy/"))

    # The time and the number, which every line has, and what the middleware writes.
    assert len(ACCESS_FIELDS) + 2 == 6
    assert "It holds these six things and no more: the time" in text
