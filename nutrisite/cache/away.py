"""While the database is away: a plain page at once, in place of a wait for what cannot come."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string

# Where the layer in front says so, in the request's environment.
AWAY = "nutrisite.database_away"
# These tell of the state itself, and ask the database only if they must.
HEALTH = ("/healthz", "/readyz")
# Seconds after which it is worth asking again.
RETRY_AFTER = 5


def without_database(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Answer 503 with the site's own page where the layer in front found no database.

    It stands below the files, which need none. Pages that were kept never come this far.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if AWAY in request.META and request.path_info not in HEALTH:
            page = render_to_string("503.html", request=request)
            return HttpResponse(
                page,
                status=503,
                headers={"Retry-After": RETRY_AFTER, "Cache-Control": "no-store"},
            )
        return get_response(request)

    return middleware
