"""The page on privacy proves what it says: the headers that it shows are those it came with."""

from html.parser import HTMLParser

import pytest
from django.test import RequestFactory

from nutrients.own_headers import MEANINGS, LastWritten, middleware
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
    return sorted(Shown(response.content.decode()).headers)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"accept-encoding": "gzip, br"},
        {"if-none-match": "*"},
        {"cookie": "sessionid=of-an-editor"},
        {"hx-request": "true"},
    ],
    ids=["plain", "compressed", "again", "editor", "htmx"],
)
def test_page_shows_every_header_that_it_is_sent_with_and_no_other(client, db, headers):
    response = client.get("/privacy/", headers=headers)

    assert response.status_code == 200
    assert shown_on(response) == sorted(response.items())
    assert int(response["Content-Length"]) == len(response.content)
    for name in ("Content-Security-Policy", "Referrer-Policy", "Permissions-Policy"):
        assert name in dict(shown_on(response))


def test_page_shows_headers_that_only_https_has(client, db, settings):
    settings.SECURE_HSTS_SECONDS = 60
    response = client.get("/privacy/", secure=True)

    assert ("Strict-Transport-Security", "max-age=60") in shown_on(response)
    assert shown_on(response) == sorted(response.items())


def test_every_header_is_explained(client, db):
    names = {name for name, _ in shown_on(client.get("/privacy/", secure=True))}

    assert names <= set(MEANINGS)
    assert "No cookie is among them." in text_of(client.get("/privacy/"))


def test_cookie_would_be_shown():
    def view(request):
        response = LastWritten(lambda headers: "".join(f"{h.name}={h.value};" for h in headers))
        response.set_cookie("counted", "yes")
        return response

    response = middleware(view)(RequestFactory().get("/"))

    assert b"Set-Cookie=counted=yes; Path=/;" in response.content


@pytest.mark.parametrize("filler", range(9_900, 10_020, 7))
def test_length_is_right_where_its_own_digits_make_the_page_longer(filler):
    def write(headers):
        return "x" * filler + next(h.value for h in headers if h.name == "Content-Length")

    response = middleware(lambda request: LastWritten(write))(RequestFactory().get("/"))

    assert int(response["Content-Length"]) == len(response.content)
    assert response.content.endswith(response["Content-Length"].encode())


def test_page_names_as_many_parts_of_a_log_line_as_there_are(client, db):
    text = text_of(client.get("/privacy/"))

    # The time and the number, which every line has, and what the middleware writes.
    assert len(ACCESS_FIELDS) + 2 == 6
    assert "It holds these six things and no more: the time" in text
