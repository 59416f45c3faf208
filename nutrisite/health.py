"""Two answers for machines: the process lives, and it can serve. Neither tells anything more."""

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
from django.views.decorators.http import require_safe

log = logging.getLogger(__name__)

# With less room on the disk, in bytes, an editor's next save may fail.
LEAST_ROOM = 50_000_000
PLAIN = "text/plain; charset=utf-8"


@never_cache
@require_safe
def alive(request: HttpRequest) -> HttpResponse:
    """Answer 200 as long as the process answers at all."""
    return HttpResponse("ok\n", content_type=PLAIN)


@never_cache
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """Answer 200 if pages can be read and edits saved, and 503 otherwise; the log says why."""
    if not (database_is_ready() and disk_is_ready() and clock_is_ready()):
        return HttpResponse("not ready\n", status=503, content_type=PLAIN)
    return HttpResponse("ok\n", content_type=PLAIN)


def database_is_ready() -> bool:
    """Whether the database answers and every migration is applied, in one query."""
    try:
        applied = MigrationRecorder(connection).applied_migrations()
    except DatabaseError as error:
        log.error("Not ready: the database does not answer (%s).", type(error).__name__)
        return False
    # Django marks what a squashed migration replaces as applied, too.
    waiting = shipped_migrations() - applied.keys()
    if waiting:
        log.error("Not ready: %d migrations are not applied.", len(waiting))
    return not waiting


@cache
def shipped_migrations() -> set[tuple[str, str]]:
    """Give the migrations in the code, which cannot change while it runs."""
    return set(MigrationLoader(None).disk_migrations)


def disk_is_ready() -> bool:
    """Whether SQLite's folder can be written and has room. A database server has its own disk."""
    if connection.vendor != "sqlite":
        return True
    folder = Path(str(connection.settings_dict["NAME"])).parent
    if not os.access(folder, os.W_OK) or shutil.disk_usage(folder).free < LEAST_ROOM:
        log.error("Not ready: the disk of the database is full or cannot be written.")
        return False
    return True


def clock_is_ready() -> bool:
    """Whether the clock has reached the moment from which the content is public, in one query."""
    begins = import_string(settings.PUBLIC_FROM)()
    if begins and (now := timezone.now()) < begins:
        log.error("Not ready: the clock says %s, and the content is public from %s.", now, begins)
        return False
    return True
