"""What each request passes first: cookies dropped outside the admin, and a number of its own."""

import json
import logging

import pytest

from nutrisite.doorway import Doorway
from nutrisite.logging import JsonFormatter, WithoutReader


def through(path, status="200 OK", cookie="sessionid=x"):
    """Send a request through a doorway; gives what came in at the other end, and the headers."""
    seen, sent = {}, {}

    def within(environ, start_response):
        record = logging.makeLogRecord({"msg": "a line", "levelname": "INFO"})
        WithoutReader().filter(record)
        seen.update(environ, line=json.loads(JsonFormatter().format(record)))
        start_response(status, [("Content-Type", "text/plain")])
        return [b"body"]

    def start(status, headers, exc_info=None):
        sent.update(headers)

    environ = {"PATH_INFO": path, "HTTP_COOKIE": cookie}
    assert list(Doorway(within, "/admin/")(environ, start)) == [b"body"]
    return seen, sent


@pytest.mark.parametrize("path", ["/", "/compare/", "/adminx", "/ADMIN/", "/static/admin/x.css"])
def test_public_page_never_sees_a_cookie(path):
    assert "HTTP_COOKIE" not in through(path)[0]


@pytest.mark.parametrize("path", ["/admin/", "/admin/login/"])
def test_admin_sees_its_cookies(path):
    assert through(path)[0]["HTTP_COOKIE"] == "sessionid=x"


@pytest.mark.parametrize("status", ["200 OK", "304 Not Modified", "301 Moved Permanently"])
def test_answer_that_may_be_kept_carries_no_number(status):
    assert "X-Request-ID" not in through("/", status)[1]


@pytest.mark.parametrize("status", ["404 Not Found", "500 Internal Server Error"])
def test_failed_answer_carries_the_number_that_its_log_lines_have(status):
    seen, sent = through("/", status)

    assert len(sent["X-Request-ID"]) == 16
    assert seen["line"]["request"] == sent["X-Request-ID"]


def test_every_request_has_another_number():
    assert len({through("/", "404 Not Found")[1]["X-Request-ID"] for _ in range(20)}) == 20
