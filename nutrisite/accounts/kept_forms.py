"""Editors' requests are bounded, so that some threads are always left to readers.

A form that cannot be taken while somebody else is saving comes back with a button to send it. So
does one whose session had ended, by way of the sign-in. What is typed is kept in the browser too,
by unsaved.js, which offers it back after a new sign-in.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.csrf import csrf_failure as plain_csrf_failure

BUSY = "Somebody else is saving. Your text is kept; try again."
BUSY_PAGE = "Somebody else is saving. This page opens by itself in a moment."
OUTDATED = "You signed in again since you opened this page. Nothing is saved yet."
SIGNED_OUT = "You were signed out when you sent this. Nothing is saved yet. Choose files again."
# The field of the sign-in that carries a form, and the characters that it carries at most.
KEPT, KEPT_AT_MOST = "kept", 1_000_000
# Seconds that an editor's request waits for a lock that another one holds.
PATIENCE = 5
SLOTS = threading.BoundedSemaphore(settings.EDITORS_AT_ONCE)
# Of these one works at a time, and the next one waits. A process runs one thread at a time, so two
# at work would each take twice as long, and a reader would wait for both.
AT_WORK = threading.Lock()
LOCKED_SQLITE = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
# lock_not_available and deadlock_detected
LOCKED_POSTGRESQL = {"55P03", "40P01"}


class BusyError(Exception):
    """Others are saving all the time: nothing was changed, and the same form may go through."""


def busy(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """Answer while others are saving: a form comes back, a page asks again by itself.

    `context` is the admin's own.
    """
    address = request.get_full_path()
    if request.method == "POST":
        return sent_back(request, context, BUSY, request.POST, address)
    context |= {"title": "One moment", "sentence": BUSY_PAGE, "action": address}
    answer = _unstored(render(request, "admin/kept_form.html", context))
    answer.headers["Refresh"] = "2"
    return answer


def sent_back(
    request: HttpRequest, context: dict[str, Any], sentence: str, sent: QueryDict, address: str
) -> HttpResponse:
    """The page that shows what was sent to an address, with a button that sends it again."""
    fields = [
        (name, str(value))
        for name, values in sent.lists()
        for value in values
        if name != "csrfmiddlewaretoken"
    ]
    context |= {
        "title": "Not saved yet",
        "sentence": sentence,
        "fields": fields,
        "texts": [value for _, value in fields if " " in value.strip()],
        "action": address,
    }
    return _unstored(render(request, "admin/kept_form.html", context))


def _unstored(answer: HttpResponse) -> HttpResponse:
    answer.headers["Cache-Control"] = "no-store"
    return answer


def sign_in_with(request: HttpRequest, site: AdminSite) -> HttpResponse | None:
    """The sign-in that carries the form that was sent; None for what is no form of content."""
    name = (request.resolver_match and request.resolver_match.url_name) or ""
    is_of_account = name.startswith(("auth_", "password_"))
    sent = request.POST.urlencode() if is_form(request) and not is_of_account else ""
    if not sent or len(sent) > KEPT_AT_MOST:
        return None
    form: Any = site.login_form
    context = site.each_context(request) | {
        "title": "Sign in",
        "form": form(request),
        "app_path": reverse("admin:login"),
        "next": request.get_full_path(),
        "username": request.user.get_username(),
        "kept": sent,
    }
    return _unstored(render(request, "admin/login.html", context))


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
    """Open a form again whose token is of an earlier sign-in: its text is offered there.

    The session is not sent along with another site's form, so that stays forbidden.
    """
    account: Any = getattr(request, "user", None)
    if not (account and account.is_staff):
        return plain_csrf_failure(request, reason)
    messages.warning(request, OUTDATED)
    return redirect(request.get_full_path() if is_form(request) else "admin:index")


def is_form(request: HttpRequest) -> bool:
    """Whether the address is that of the form of one row."""
    match = request.resolver_match
    return bool(match and (match.url_name or "").endswith(("_add", "_change")))


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
