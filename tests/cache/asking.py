"""Asking a served site as programs do: each request on a connection of its own."""

import re
from http.cookiejar import CookieJar
from types import SimpleNamespace
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener, urlopen

from tests.browser import server


def get(url, data=None, **headers):
    """Ask on a connection of its own, so that either worker may answer; give the answer."""
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
    """Sign in as the editor; give the browser with its cookies."""
    browser = build_opener(HTTPCookieProcessor(CookieJar()))
    send(
        browser,
        f"{url}/admin/login/?next=/admin/",
        {"username": server.EDITOR, "password": server.PASSWORD},
    )
    return browser


def send(browser, url, fields):
    """Open a form and send it with these fields, as the page has it otherwise; give the answer."""
    page = browser.open(url).read().decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
    form = {"csrfmiddlewaretoken": token} | fields
    return browser.open(Request(url, urlencode(form).encode(), {"Referer": url}))
