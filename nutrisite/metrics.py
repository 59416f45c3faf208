"""Figures for a monitor. Off unless METRICS_NETWORKS names who may read them."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from nutrisite.client import address_of_monitor, is_in
from nutrisite.counting import counters, lines_of


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Give the figures to the networks that may read them; for all others they are not there.

    They are those of one instance, so a monitor asks each itself, by http.
    """
    if not is_in(address_of_monitor(request), settings.METRICS_NETWORKS):
        raise Http404
    text = "\n".join((*lines_of(counters().read()), ""))
    return HttpResponse(text, content_type="text/plain; version=0.0.4; charset=utf-8")
