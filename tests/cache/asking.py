"""Requests to a served site, each on a separate connection."""

import re
from http.cookiejar import CookieJar
from types import SimpleNamespace
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener, urlopen

from tests.browser import server


def get(url, data=None, **headers):
    """Request a page on a new connection, so that any worker may respond; return the response."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    body = urlencode(data).encode() if data else None
    try:
        answer = urlopen(Request(url, body, named), timeout=30)
    except HTTPError as error:
        answer = error
    with answer:
        return SimpleNamespace(
            status=answer.status, headers=answer.headers, text=answer.read().decode()
        )


def sign_in(url):
    """Sign in as the editor, and return the browser with its cookies."""
    browser = build_opener(HTTPCookieProcessor(CookieJar()))
    send(
        browser,
        f"{url}/admin/login/?next=/admin/",
        {"username": server.EDITOR, "password": server.PASSWORD},
    )
    return browser


def send(browser, url, fields):
    """Open a form, send it with these fields changed, and return the response."""
    page = browser.open(url).read().decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
    form = {"csrfmiddlewaretoken": token} | fields
    return browser.open(Request(url, urlencode(form).encode(), {"Referer": url}))
