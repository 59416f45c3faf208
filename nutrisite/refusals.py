"""Requests that gunicorn cannot read, answered as the site answers everything else.

gunicorn's own answer to them quotes the request and has none of the headers that the site's
answers have. So the worker asks the site itself, in a request that says only what was wrong.
"""

from __future__ import annotations

import io
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string

from nutrisite.middleware import Handler

# Where the worker says what was wrong, in the request's environment.
STATUS = "nutrisite.refused"
PAGES = {400: "400.html", 408: "408.html", 414: "413.html", 431: "413.html"}


def environment_of(status: int) -> dict[str, Any]:
    """Give the WSGI environment of a request that is to be refused with one of the statuses.

    Nothing of what the client sent is in it. Its method is none, so that no kept page answers it.
    """
    environ: dict[str, Any] = {
        "REQUEST_METHOD": "REFUSED",
        "SCRIPT_NAME": "",
        "PATH_INFO": "/",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.input": io.BytesIO(),
        "wsgi.url_scheme": "http",
        STATUS: status,
    }
    if settings.SECURE_PROXY_SSL_HEADER and settings.HTTPS:
        # What the proxy said is not known either; over http browsers pass over what is promised.
        name, value = settings.SECURE_PROXY_SSL_HEADER
        environ[name] = value
    return environ


def refused_requests(get_response: Handler) -> Handler:
    """Answer a request that the worker refuses with the page of its status."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        status = request.META.get(STATUS)
        if status is None:
            return get_response(request)
        page = render_to_string(PAGES[status]).encode()
        headers = {"Cache-Control": "no-store", "Content-Length": str(len(page))}
        return HttpResponse(page, status=status, headers=headers)

    return middleware
