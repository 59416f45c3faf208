"""Where browsers tell what the content policy blocked. What is kept of it names nobody.

A report holds the page's whole address, where the reader came from and what their browser was
about to load, so one could tell what somebody looked up or which extensions they use. The log gets
the directive, the kind of thing that was blocked and the page's route, each out of a fixed list,
and each sort at most once an hour. A cache that forgets sorts lets them come again, so no minute
gets more than a few lines: neither a report nor a flood of them can fill a disk. Where the cache is
away nobody can tell which were noted, so none is.
"""

from __future__ import annotations

import hashlib
import json
import logging
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from nutrisite.shared_cache import shared_cache
from nutrisite.tallies import tallies

log = logging.getLogger(__name__)

# Bytes of one request, the reports read out of it, and seconds between two equal lines.
LARGEST, MOST, PAUSE = 16_384, 10, 3600
# Lines in one minute by all workers of this server together.
LINES = 10

# Those of CSP 3 that a browser may report here.
DIRECTIVES = {
    *("default-src", "script-src", "script-src-elem", "script-src-attr"),
    *("style-src", "style-src-elem", "style-src-attr", "img-src", "font-src", "connect-src"),
    *("media-src", "object-src", "frame-src", "child-src", "worker-src", "manifest-src"),
    *("form-action", "base-uri", "frame-ancestors"),
}
WORDS = ("inline", "eval", "wasm-eval", "data", "blob", "filesystem")


@never_cache
@csrf_exempt
@require_POST
def receive(request: HttpRequest) -> HttpResponse:
    """Note what was blocked and answer 204; 413 for a report too long and 400 for no report."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST:
        return HttpResponse("too long\n", status=413, content_type="text/plain")
    try:
        blocked = sorted(set(blocked_things(json.loads(request.body))))
    except (ValueError, RecursionError):
        return HttpResponse("not a report\n", status=400, content_type="text/plain")
    for directive, what, route in blocked:
        sort = hashlib.sha256(f"{directive} {what} {route}".encode()).hexdigest()
        is_new = shared_cache().ask(cache.add, f"policy-report-{sort}", True, PAUSE)
        if is_new and tallies().add("policy-reports", int(time.time() // 60)) <= LINES:
            log.warning("The content policy blocked %s by %s on %s.", what, directive, route)
    return HttpResponse(status=204)


def blocked_things(sent: Any) -> Iterator[tuple[str, str, str]]:
    """Give directive, kind and route of each report, in the older form or the newer one.

    Raises ValueError where it is neither.
    """
    reports = sent if isinstance(sent, list) else [sent]
    for report in reports[:MOST]:
        body = report.get("csp-report", report.get("body")) if isinstance(report, dict) else None
        if not isinstance(body, dict):
            raise ValueError("not a report of the content policy")
        directive = _text(body, "effectiveDirective", "effective-directive", "violated-directive")
        yield (
            directive if directive in DIRECTIVES else "another directive",
            kind_of(_text(body, "blockedURL", "blocked-uri")),
            route_of(_text(body, "documentURL", "document-uri")),
        )


def kind_of(blocked: str) -> str:
    """Give what sort of thing was blocked, without its address."""
    scheme, separator, _ = blocked.partition(":")
    if scheme in WORDS:
        return scheme
    if separator and scheme.endswith("-extension"):
        return "an extension"
    return "a file" if separator else "something"


def route_of(address: str) -> str:
    """Give the route of a page's address, or "unknown"."""
    try:
        return f"/{resolve(urlsplit(address).path).route}"
    except (Resolver404, ValueError):
        return "unknown"


def _text(body: dict[str, Any], *names: str) -> str:
    """Give the first word of the first of these values that is there."""
    found = next((body[name] for name in names if isinstance(body.get(name), str)), "")
    return found.split(" ")[0]
