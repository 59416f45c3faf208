"""By what wrong tries to sign in are counted, and what somebody sees who tried too often."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from nutrisite.client import written_network


def counted_by(request: HttpRequest, credentials: Any = None) -> list[str]:
    """Give what wrong tries are counted by: the account, and the network where it is known.

    Those of unknown networks may be everybody's, so that ten of anybody would lock out all.
    """
    return ["username", "ip_address"] if written_network(request) else ["username"]


def locked_out(
    request: HttpRequest, response: HttpResponse | None = None, credentials: Any = None
) -> HttpResponse:
    """Answer 429 with when to come back. The same for a wrong password and the right one."""
    seconds = int(settings.AXES_COOLOFF_TIME.total_seconds())
    context = {"minutes": seconds // 60}
    answer = render(request, "admin/locked_out.html", context, status=429)
    answer.headers["Retry-After"] = str(seconds)
    answer.headers["Cache-Control"] = "no-store"
    return answer
