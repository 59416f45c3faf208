"""How many pages one network may have made in a minute, where REQUESTS_A_MINUTE says so.

Pages that are kept, and files, are answered in front of this and cost next to nothing, so they
are not counted: what is counted is what Django must make.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.utils.crypto import salted_hmac

from nutrisite.client import written_network
from nutrisite.shared_cache import shared_cache
from nutrisite.tallies import tallies

Handler = Callable[[HttpRequest], HttpResponseBase]

MINUTE = 60
# Django's cache of each worker for itself, which also forgets when many networks ask.
IN_ONE_PROCESS = "django.core.cache.backends.locmem.LocMemCache"
# Who asks these is no reader, and must hear an answer most of all when there is much to do.
NEVER_LIMITED = ("/healthz", "/readyz", "/metrics")


def request_limit(get_response: Handler) -> Handler:
    """Answer 429 to a network that had its share of this minute. Off unless a number is set.

    Those whose network cannot be told are not held up: they may be all readers there are.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        allowed = settings.REQUESTS_A_MINUTE
        if not allowed or request.path_info in NEVER_LIMITED:
            return get_response(request)
        now, network = time.time(), written_network(request)
        if network is None or count(network, int(now // MINUTE)) <= allowed:
            return get_response(request)
        answer = HttpResponse(render_to_string("429.html", request=request), status=429)
        answer.headers["Retry-After"] = str(MINUTE - int(now % MINUTE))
        answer.headers["Cache-Control"] = "no-store"
        return answer

    return middleware


def count(network: str, minute: int) -> int:
    """Count one more request of a network in a minute, and give how many that makes.

    Redis counts for all instances, and without it the workers of this one count together. Either
    knows the network as a keyed hash, and for two minutes at most, so nobody can read addresses
    out of it. Where Redis is away nobody is held up.
    """
    key = f"requests-{salted_hmac('request-limit', f'{network} {minute}').hexdigest()}"
    if settings.CACHES["default"]["BACKEND"] == IN_ONE_PROCESS:
        return tallies().add(key, minute)
    return shared_cache().ask(_counted, key) or 0


def _counted(key: str) -> int:
    cache.add(key, 0, 2 * MINUTE)
    return cache.incr(key)
