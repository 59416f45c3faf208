"""What happens to every request: no cookies on public pages, an id, and refusals."""

import io
import json
import logging

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from nutrisite.middleware import EveryRequest


def through(path, status=200):
    """Send a request with a cookie through the middleware; return request and response."""
    request = RequestFactory().get(path, headers={"cookie": "sessionid=x"})

    def view(request):
        logging.getLogger("nutrisite").warning("A line.")
        return HttpResponse("body", status=status, content_type="text/plain")

    return request, EveryRequest(view)(request)


def test_admin_alone_sees_its_cookies():
    for path in ("/", "/compare/", "/adminx", "/ADMIN/", "/static/admin/x.css"):
        assert through(path)[0].COOKIES == {}, path
    for path in ("/admin/", "/admin/login/"):
        assert through(path)[0].COOKIES == {"sessionid": "x"}, path


@pytest.mark.parametrize("status", [404, 500])
def test_failed_response_alone_has_the_request_id_of_its_log_lines(lines, status):
    answer = through("/", status)[1]

    assert len(answer["X-Request-ID"]) == 16
    assert {json.loads(line)["request"] for line in lines} == {answer["X-Request-ID"]}
    assert len(lines) == 2
    assert through("/", status)[1]["X-Request-ID"] != answer["X-Request-ID"]
    for cacheable in (200, 304, 301):
        assert "X-Request-ID" not in through("/", cacheable)[1]


def test_form_without_a_length_is_refused(client):
    # As a server passes on a form that comes in chunks: no length, and Django reads nothing of it.
    chunked = {"CONTENT_LENGTH": "", "HTTP_TRANSFER_ENCODING": "chunked"}
    answer = client.generic("POST", "/checklist/", "symptom=breathing-weakness", **chunked)

    assert answer.status_code == 411
    assert "did not arrive whole" in answer.text
    assert "call 999, 112, 911" in answer.text


def test_form_that_is_cut_off_is_no_fault_of_the_site(client, db, lines):
    class HungUp(io.BytesIO):
        def read(self, *arguments):
            raise ConnectionResetError

    answer = client.generic(
        "POST",
        "/checklist/",
        CONTENT_TYPE="application/x-www-form-urlencoded",
        CONTENT_LENGTH="5000",
        **{"wsgi.input": HungUp()},
    )

    assert answer.status_code == 400
    levels = {json.loads(line)["level"] for line in lines}
    assert "error" not in levels
    assert "UnreadablePostError" not in "".join(lines)


@pytest.mark.parametrize("path", ["/checklist/", "/admin/login/"])
@pytest.mark.parametrize("host", ["testserver", "other.example"])
def test_form_in_another_encoding_is_refused_without_a_fault(client, db, lines, path, host):
    encoding = "application/x-www-form-urlencoded; charset=utf-16"
    answer = client.post(path, b"x=1", content_type=encoding, headers={"host": host})

    assert answer.status_code == 400
    assert "We could not read that request" in answer.text
    assert not any("exception" in json.loads(line) for line in lines)
    assert host != "testserver" or "400 (BadRequest)" in "".join(lines)


def test_form_that_is_too_long_is_refused_with_a_way_on_and_a_long_article_is_not(client, db):
    form = "application/x-www-form-urlencoded"
    answer = client.post("/checklist/", "x=" + "x" * 10_000_000, content_type=form)

    assert answer.status_code == 400
    assert "We could not read that request" in answer.text
    assert client.post("/admin/login/", {"text": "x" * 1_000_000}).status_code == 200
