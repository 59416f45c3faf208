"""A form that cannot be taken now comes back with all that was typed and a button to send it.

That is so while somebody else is saving, and where the session ended while the form was open.
Editors' requests are bounded too, so that some threads are always left to readers.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.admin import AdminSite
from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.views.csrf import csrf_failure as plain_csrf_failure

BUSY = "Somebody else is saving. Your text is kept; try again."
BUSY_PAGE = "Somebody else is saving. This page opens by itself in a moment."
SIGNED_IN = "You are signed in again. Nothing is saved yet: your text is kept."
OUTDATED = "You signed in again since you opened the form. Nothing is saved yet: your text is kept."
# The hidden field by which a form goes along through a sign-in.
KEPT = "kept_form"
# Seconds that an editor's request waits for a lock that another one holds.
PATIENCE = 5
SLOTS = threading.BoundedSemaphore(settings.EDITORS_AT_ONCE)
# Of these one works at a time, and the next one waits. A process runs one thread at a time, so two
# at work would each take twice as long, and a reader would wait for both.
AT_WORK = threading.Lock()
LOCKED_SQLITE = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
# lock_not_available and deadlock_detected
LOCKED_POSTGRESQL = {"55P03", "40P01"}

Fields = list[tuple[str, str]]


class BusyError(Exception):
    """Others are saving all the time: nothing was changed, and the same form may go through."""


def fields_of(request: HttpRequest) -> Fields:
    """Give all that a form sent, but for its token."""
    sent = request.POST.lists()
    return [
        (name, str(value))
        for name, values in sent
        for value in values
        if name != "csrfmiddlewaretoken"
    ]


def may_be_kept(fields: Fields) -> bool:
    """Whether a form is worth keeping, and may be: a page repeats no password."""
    has_text = any(value for _, value in fields)
    return has_text and not any("password" in name for name, _ in fields)


def pack(fields: Fields) -> str:
    return json.dumps(fields)


def unpack(text: str) -> Fields:
    """Read what `pack` wrote; nothing if it was tampered with."""
    try:
        return [(str(name), str(value)) for name, value in json.loads(text)]
    except (ValueError, TypeError):
        return []


def give_back(
    request: HttpRequest, context: dict[str, Any], sentence: str, fields: Fields, action: str
) -> HttpResponse:
    """Show a form's texts with a button that sends them again. `context` is the admin's own."""
    texts = [value for _, value in fields if " " in value.strip()]
    context |= {
        "title": "Not saved yet",
        "sentence": sentence,
        "fields": fields,
        "texts": texts,
        "action": action,
    }
    answer = render(request, "admin/kept_form.html", context)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def busy(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """Answer while others are saving: a form comes back, a page asks again by itself."""
    fields = fields_of(request)
    if request.method == "POST":
        return give_back(request, context, BUSY, fields, request.get_full_path())
    context |= {"title": "One moment", "sentence": BUSY_PAGE, "action": request.get_full_path()}
    answer = render(request, "admin/kept_form.html", context)
    answer.headers["Refresh"] = "2"
    return answer


def bounded(
    request: HttpRequest, site: AdminSite, view: Callable[[], HttpResponseBase]
) -> HttpResponseBase:
    """Give a view's answer, or that of a busy site where it would hold readers up."""
    if not SLOTS.acquire(blocking=False):
        return busy(request, site.each_context(request))
    try:
        with waiting_for_others(), bounded_waiting():
            answer = view()
            # Django would do it later, outside the bounds.
            return answer.render() if isinstance(answer, TemplateResponse) else answer
    except (BusyError, OperationalError) as error:
        if isinstance(error, OperationalError) and not is_locked(error):
            raise
        return busy(request, site.each_context(request))
    finally:
        SLOTS.release()


@contextmanager
def waiting_for_others() -> Iterator[None]:
    """Work within while no other editor does in this process, or raise BusyError."""
    if not AT_WORK.acquire(timeout=PATIENCE):
        raise BusyError
    try:
        yield
    finally:
        AT_WORK.release()


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Give a form back whose token is of an earlier sign-in, if the form is one of our own pages'.

    A browser names the page's origin with every form, and another site cannot name ours.
    """
    fields = fields_of(request)
    origins = {f"{request.scheme}://{request.get_host()}", *settings.CSRF_TRUSTED_ORIGINS}
    is_ours = request.headers.get("Origin") in origins
    account: Any = getattr(request, "user", None)
    if not (is_ours and account and account.is_staff and may_be_kept(fields)):
        return plain_csrf_failure(request, reason)
    context = admin.site.each_context(request)
    return give_back(request, context, OUTDATED, fields, request.get_full_path())


def is_locked(error: OperationalError) -> bool:
    """Whether the database refused because another connection holds a lock."""
    cause: Any = error.__cause__
    code = getattr(cause, "sqlite_errorcode", None)
    if code is not None:
        return code & 0xFF in LOCKED_SQLITE
    return getattr(cause, "sqlstate", "") in LOCKED_POSTGRESQL


@contextmanager
def bounded_waiting() -> Iterator[None]:
    """Wait for locks of others for PATIENCE seconds within, and no longer."""
    connection.ensure_connection()
    if connection.vendor == "sqlite":
        usual = connection.settings_dict["OPTIONS"].get("timeout", PATIENCE)
        raw: Any = connection.connection
        raw.execute(f"PRAGMA busy_timeout = {PATIENCE * 1000:.0f}")
        try:
            yield
        finally:
            raw.execute(f"PRAGMA busy_timeout = {usual * 1000:.0f}")
        return
    with connection.cursor() as cursor:
        cursor.execute(f"SET lock_timeout = '{PATIENCE}s'")
    try:
        yield
    finally:
        # Within a test the transaction may be broken by now, and takes its setting along.
        if connection.is_usable() and not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute("RESET lock_timeout")
