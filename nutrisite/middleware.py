"""What happens to every request and every answer, whichever page it is for."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Callable

from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.templatetags.static import static

from nutrisite.client import address_of
from nutrisite.logging import METHODS, REQUEST_NUMBER, log_access, route_of

Handler = Callable[[HttpRequest], HttpResponseBase]

# Where `PageCache` is told the route of an answer that it keeps and logs.
KEPT = "nutrisite.kept"
# The rules by which browsers may fetch the page behind a link while it is being pressed. They are a
# file, because the content policy allows no script within a page.
NEXT_PAGES = "rules/next-pages.speculation"
CONTROL = re.compile(r"[\x00-\x1f\x7f]")
# Powers of the browser that no page uses, so that nothing injected could use them either.
POWERS = (
    *("accelerometer", "browsing-topics", "camera", "display-capture", "geolocation"),
    *("gyroscope", "magnetometer", "microphone", "payment", "usb"),
)
# All that a script, a font or a stylesheet needs: what it may do, the page says that loads it.
FILE_HEADERS = {"Cross-Origin-Resource-Policy": "same-origin"}
HEADERS = FILE_HEADERS | {
    "Permissions-Policy": ", ".join(f"{power}=()" for power in POWERS),
    "Cross-Origin-Embedder-Policy": "require-corp",
    "X-Frame-Options": "DENY",
    # A page is asked for again each time, so that an edit shows at once; its ETag spares sending
    # what did not change.
    "Cache-Control": "no-cache",
}


class EveryRequest:
    """Number and log each request, keep cookies off public pages, and add headers to answers.

    The log line and an answer that failed carry the number, so that a reader can name it. A public
    page never sees a cookie, neither an editor's nor another site's.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response
        # The middleware of django-csp would build the same policy again for each answer.
        self.headers = HEADERS | {"Content-Security-Policy": build_policy()}

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        start, number = time.perf_counter(), secrets.token_hex(8)
        REQUEST_NUMBER.set(number)
        if not is_admin(request):
            request.META.pop("HTTP_COOKIE", None)
        response = self.get_response(request)
        # No route has an open file: it is one of WhiteNoise's.
        is_file = response.streaming and request.resolver_match is None
        for name, value in (FILE_HEADERS if is_file else self.headers).items():
            response.headers.setdefault(name, value)
        is_page = response.get("Content-Type", "").startswith("text/html")
        if is_page and response.status_code == 200 and not is_admin(request):
            response.headers["Speculation-Rules"] = f'"{static(NEXT_PAGES)}"'
        if response.status_code >= 400:
            response.headers["X-Request-ID"] = number
        if not (is_file or request.META.get(KEPT)):
            log_access(request.method, route_of(request), response.status_code, start)
        return response


class RefusedRequests:
    """Refuse what no page takes, in the site's own design, and give every bare 405 its page."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = refusal(request) or self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed) and not response.content:
            response.content = render_to_string("405.html", request=request)
            response.headers["Content-Length"] = str(len(response.content))
        return response

    def process_view(
        self, request: HttpRequest, view: Handler, args: object, kwargs: object
    ) -> HttpResponse | None:
        """Return 405 for a form that is sent to a public page which takes none.

        The check of forms would answer 403 and ask for a cookie that no public page sets. Those
        that take a form are exempt from that check.
        """
        takes_forms = getattr(view, "csrf_exempt", False) or is_admin(request)
        if request.method != "POST" or takes_forms:
            return None
        return HttpResponseNotAllowed(["GET", "HEAD"])


def refusal(request: HttpRequest) -> HttpResponse | None:
    # Class-based views, feeds and health checks would answer TRACE.
    if request.method not in METHODS:
        return HttpResponseNotAllowed(METHODS)
    # Neither a file system nor a database takes control characters.
    if CONTROL.search(request.path_info) or (is_admin(request) and not may_see_admin(request)):
        return HttpResponse(render_to_string("404.html", request=request), status=404)
    # Django reads no body without a length, and would answer as if the form were empty.
    if "HTTP_TRANSFER_ENCODING" in request.META:
        return HttpResponse(render_to_string("411.html", request=request), status=411)
    return None


def is_admin(request: HttpRequest) -> bool:
    return is_path_of_admin(request.path_info)


def is_path_of_admin(path: str) -> bool:
    """Whether a path, such as "/admin/login/", is one of the admin's."""
    return f"{path}/".startswith(f"/{settings.ADMIN_PATH}")


def may_see_admin(request: HttpRequest) -> bool:
    """Whether the admin exists for the client: ADMIN_NETWORKS hides it from others."""
    networks = settings.ADMIN_NETWORKS
    address = address_of(request) if networks else None
    return not networks or any(address in network for network in networks if address)
