"""Health checks for machines: whether the process is alive, and whether it is ready."""

import logging
import os
import shutil
from functools import cache
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.module_loading import import_string
from django.views.decorators.cache import never_cache

log = logging.getLogger(__name__)

# With less free space, in bytes, an editor's next save may fail.
MIN_FREE = 50_000_000
PLAIN = "text/plain; charset=utf-8"


@never_cache
def alive(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok\n", content_type=PLAIN)


@never_cache
def ready(request: HttpRequest) -> HttpResponse:
    """Return 200 if pages can be read and edits saved, and otherwise 503; the log says why."""
    if reason := fault():
        log.error("Not ready: %s.", reason)
        return HttpResponse("not ready\n", status=503, content_type=PLAIN)
    return HttpResponse("ok\n", content_type=PLAIN)


def fault() -> str:
    """Check the database, the disk of SQLite's file, and the clock; return what is wrong."""
    try:
        applied = MigrationRecorder(connection).applied_migrations()
        if missing := len(shipped_migrations() - applied.keys()):
            return f"{missing} migrations are not applied"
        public_from, now = import_string(settings.PUBLIC_FROM)(), timezone.now()
    except DatabaseError as error:
        return f"the database does not answer ({type(error).__name__})"
    if connection.vendor == "sqlite":
        folder = Path(str(connection.settings_dict["NAME"])).parent
        if not os.access(folder, os.W_OK) or shutil.disk_usage(folder).free < MIN_FREE:
            return "the disk of the database is full or cannot be written"
    if public_from and now < public_from:
        return f"the clock says {now}, and the content is public from {public_from}"
    return ""


@cache
def shipped_migrations() -> set[tuple[str, str]]:
    return set(MigrationLoader(None).disk_migrations)
