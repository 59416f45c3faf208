"""What happens to every request and every answer, whichever page it is for."""

import re
import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.templatetags.static import static

from nutrisite.cache.marking import NOTED
from nutrisite.client import address_of, is_in
from nutrisite.logging import METHODS, log_access, route_of

# The file with the rules for `next_pages`.
NEXT_PAGES = "rules/next-pages.speculation"

Handler = Callable[[HttpRequest], HttpResponseBase]

# Powers of the browser that no page here uses, so that nothing injected could use them either.
PERMISSIONS = ", ".join(
    f"{power}=()"
    for power in (
        "accelerometer",
        "browsing-topics",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "magnetometer",
        "microphone",
        "payment",
        "usb",
    )
)


def response_headers(get_response: Handler) -> Handler:
    """Add the security headers that neither Django nor the content policy writes.

    A page without a rule of its own is asked for again each time, so that an edit shows at once;
    its ETag spares sending what did not change.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        response.headers.setdefault("Reporting-Endpoints", f'policy="{settings.POLICY_REPORTS}"')
        response.headers.setdefault("Cross-Origin-Embedder-Policy", "require-corp")
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("Cache-Control", "no-cache")
        return response

    return middleware


def next_pages(get_response: Handler) -> Handler:
    """Tell browsers which pages they may begin to fetch while a link to them is being pressed.

    Nothing is fetched before that, so a reader pays for no page that they did not ask for. The
    rules are a file, because the content policy lets none stand in a page.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        is_page = response.get("Content-Type", "").startswith("text/html")
        if is_page and response.status_code == 200 and not is_admin(request):
            response.headers["Speculation-Rules"] = f'"{static(NEXT_PAGES)}"'
        return response

    return middleware


def is_admin(request: HttpRequest) -> bool:
    """Whether the address is one of the admin's."""
    return is_path_of_admin(request.path_info)


def is_path_of_admin(path: str) -> bool:
    """Whether a path, such as "/admin/login/", is one of the admin's."""
    return f"{path}/".startswith(f"/{settings.ADMIN_PATH}")


def access_log(get_response: Handler) -> Handler:
    """Write one line a request: method, route, status, milliseconds, and nothing of the reader.

    The layer in front of Django writes it where it may answer itself, and is told the route.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        start = time.perf_counter()
        response = get_response(request)
        noted = request.META.get(NOTED)
        if noted:
            noted.route = route_of(request)
        else:
            log_access(request.method, route_of(request), response.status_code, start)
        return response

    return middleware


def body_limit(get_response: Handler) -> Handler:
    """Refuse a body longer than any form here, before anything of it is read or put on a disk.

    An editor's form may be long; a reader's is a few hundred ticks.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if not 0 <= declared_length(request) <= longest_body(request.path_info):
            return HttpResponse(render_to_string("413.html", request=request), status=413)
        return get_response(request)

    return middleware


def longest_body(path: str) -> int:
    """Give how many bytes a request to a path may bring. gunicorn's worker waits for no more."""
    return settings.LONGEST_ADMIN_BODY if is_path_of_admin(path) else settings.LONGEST_BODY


def declared_length(request: HttpRequest) -> int:
    """Give the length that a request says its body has; -1 where that is no number.

    A body that comes in chunks says none, and Django reads nothing of it.
    """
    written = request.META.get("CONTENT_LENGTH") or "0"
    return int(written) if re.fullmatch("[0-9]{1,18}", written) else -1


def method_not_allowed(get_response: Handler) -> Handler:
    """Refuse methods that no page has, and give every bare 405 the site's own page.

    TRACE is refused here because class-based views, feeds and health checks would answer it.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        known = request.method in METHODS
        response = get_response(request) if known else HttpResponseNotAllowed(METHODS)
        if isinstance(response, HttpResponseNotAllowed) and not response.content:
            response.content = render_to_string("405.html", request=request)
        return response

    return middleware


class OnlyRead:
    """Answers 405 where a form is sent to a public page that takes none.

    Otherwise the check of forms, which comes before the page, would answer 403 and ask for a cookie
    that no public page gives. Those that take a form are exempt from that check.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Go on."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Handler, args: object, kwargs: object
    ) -> HttpResponse | None:
        """Refuse, once it is known which page is asked."""
        takes_forms = getattr(view, "csrf_exempt", False) or is_admin(request)
        if request.method != "POST" or takes_forms:
            return None
        return HttpResponseNotAllowed(["GET", "HEAD"])


def admin_networks(get_response: Handler) -> Handler:
    """Answer as if the admin were not there to all outside ADMIN_NETWORKS, if any are given."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        networks = settings.ADMIN_NETWORKS
        if networks and is_admin(request) and not is_in(address_of(request), networks):
            return HttpResponse(render_to_string("404.html", request=request), status=404)
        return get_response(request)

    return middleware


def unreadable_path(get_response: Handler) -> Handler:
    """Answer an address that holds control characters with the 404 page, before it meets a file
    system or a database that refuses them."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if any(character < " " or character == "\x7f" for character in request.path_info):
            return HttpResponse(render_to_string("404.html", request=request), status=404)
        return get_response(request)

    return middleware
