"""Middleware for every request and every response."""

import secrets
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotAllowed,
    UnreadablePostError,
)
from django.template.loader import render_to_string

from nutrisite.client import client_address
from nutrisite.logging import REQUEST_ID, log_access, route_of

Handler = Callable[[HttpRequest], HttpResponseBase]

# The key under which `PageCache` gets the route of a response that it stores and logs
CACHEABLE_ROUTE = "nutrisite.cacheable_route"
ID_KEY = "nutrisite.request_id"
# A script, font or stylesheet is subject to the other headers of the page that loads it.
FILE_HEADERS = {"Cross-Origin-Resource-Policy": "same-origin"}
HEADERS = FILE_HEADERS | {
    # Features that no page uses, so that nothing injected can use them either
    "Permissions-Policy": "accelerometer=(), browsing-topics=(), camera=(), display-capture=(), "
    "geolocation=(), gyroscope=(), magnetometer=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "X-Frame-Options": "DENY",
    # Browsers revalidate each time, so that an edit shows at once. ETag saves sending the same.
    "Cache-Control": "no-cache",
}


def set_request_id(environ: dict[str, Any]) -> str:
    """Give a request its id before anything is logged: the thread still has an earlier one."""
    environ[ID_KEY] = request_id = secrets.token_hex(8)
    REQUEST_ID.set(request_id)
    return request_id


class EveryRequest:
    """Give each request an id and log it, keep cookies off public pages, and add headers.

    Log lines and error pages show the id, so that a reader can quote it. Public pages see no
    cookie, neither an editor's nor another site's.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        start = time.perf_counter()
        request_id = request.META.get(ID_KEY) or set_request_id(request.META)
        if not is_admin(request.path_info):
            request.META.pop("HTTP_COOKIE", None)
        response = self.get_response(request)
        # A streaming response without a route is one of WhiteNoise's files.
        is_file = response.streaming and request.resolver_match is None
        for name, value in (FILE_HEADERS if is_file else HEADERS).items():
            response.headers.setdefault(name, value)
        if response.status_code >= 400:
            response.headers["X-Request-ID"] = request_id
        if not (is_file or request.META.get(CACHEABLE_ROUTE)):
            log_access(request.method, route_of(request), response.status_code, start)
        return response


class RefusedRequests:
    """Refuse requests that no page accepts, and render every bare 405, in the site's design."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if is_admin(request.path_info) and not may_see_admin(request):
            raise Http404
        # Without a length Django reads no body, and would process an empty form.
        if "HTTP_TRANSFER_ENCODING" in request.META:
            return HttpResponse(render_to_string("411.html", request=request), status=411)
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed) and not response.content:
            response.content = render_to_string("405.html", request=request)
            response.headers["Content-Length"] = str(len(response.content))
        return response

    def process_view(
        self, request: HttpRequest, view: Handler, args: object, kwargs: object
    ) -> HttpResponse | None:
        """Return 405 for a form sent to a public page that takes none, or for another method.

        Views need no `require_safe`. The CSRF check would return 403, and ask for a cookie that no
        public page sets. Pages that take a form are exempt from the check.
        """
        takes_forms = getattr(view, "csrf_exempt", False) or is_admin(request.path_info)
        if request.method in ("GET", "HEAD") or takes_forms:
            return None
        return HttpResponseNotAllowed(["GET", "HEAD"])

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Return 400 to a client that hung up while it sent a form: that is no fault of ours."""
        return HttpResponse(status=400) if isinstance(exception, UnreadablePostError) else None


def is_admin(path: str) -> bool:
    return f"{path}/".startswith(f"/{settings.ADMIN_PATH}")


def may_see_admin(request: HttpRequest) -> bool:
    networks = settings.ADMIN_NETWORKS
    address = client_address(request) if networks else None
    return not networks or any(address in network for network in networks if address)
