"""Two answers for machines: the process lives, and it can serve. Neither tells anything more."""

import logging

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

log = logging.getLogger(__name__)


@never_cache
@require_safe
def alive(request: HttpRequest) -> HttpResponse:
    """Answer 200 as long as the process answers at all; nothing else is touched."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@never_cache
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """Answer 200 when the database answers and every migration is applied, and 503 otherwise."""
    try:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as error:
        log.error("Not ready: the database does not answer (%s).", type(error).__name__)
        waiting = None
    if waiting:
        log.error("Not ready: %d migrations are not applied.", len(waiting))
    good = waiting == []
    return HttpResponse(
        "ok\n" if good else "not ready\n",
        status=200 if good else 503,
        content_type="text/plain; charset=utf-8",
    )
