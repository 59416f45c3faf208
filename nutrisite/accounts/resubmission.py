"""Forms that are returned to an editor, with a button that sends them again.

A form is returned if others are saving, if the session has ended, after the new sign-in, and if the
disk is full. Editors' simultaneous requests are limited, so that readers always get a thread.
"""

import sys
import threading
from collections.abc import Callable
from sqlite3 import SQLITE_BUSY, SQLITE_FULL, SQLITE_IOERR, SQLITE_LOCKED, SQLITE_READONLY
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.csrf import csrf_failure as django_csrf_failure
from django.views.decorators.cache import never_cache
from django.views.defaults import server_error as django_server_error

from nutrisite.middleware import is_admin

BUSY = "Somebody else is saving. Your text is kept; try again."
BUSY_PAGE = "Somebody else is saving. This page opens by itself in a moment."
UNWRITABLE = "Nothing can be saved: the disk of the site is full or broken. Tell those who run it."
OUTDATED = "You signed in again since you opened this page. Nothing is saved yet."
SIGNED_OUT = "You were signed out when you sent this. Nothing is saved yet."
# The field that a form with files gets, and what its editor is told: files are not kept.
HAD_FILES, CHOOSE_AGAIN = "_had_files", "Choose the file again."
# How the names of pages with forms of accounts begin
OF_ACCOUNTS = ("auth_", "choose_password", "login", "logout", "password_", "second_step")
# Characters of a form that a sign-in carries
MAX_LENGTH = 1_000_000
# Seconds that a request waits for another one in its process
PATIENCE = 5
# Threads of a process that editors may occupy; the others stay free for readers.
SLOTS = threading.BoundedSemaphore(max(1, settings.WEB_THREADS // 2))
# Editors' requests run one at a time: Python runs one thread at a time, so a reader would wait for
# all of them.
RUNNING = threading.Lock()
# Error codes. Of PostgreSQL: lock_not_available, deadlock_detected
LOCKED = {SQLITE_BUSY, SQLITE_LOCKED, "55P03", "40P01"}
# Of PostgreSQL: disk_full, read_only_sql_transaction
NOT_WRITABLE = {SQLITE_FULL, SQLITE_READONLY, SQLITE_IOERR, "53100", "25006"}


class BusyError(Exception):
    """Nothing was changed because others are saving; the same form may succeed later."""


def busy(request: HttpRequest) -> HttpResponse:
    """Return the form to send again, or a page that reloads itself."""
    if request.method == "POST":
        return show_form(request, BUSY)
    response = show_form(request, BUSY_PAGE)
    response.headers["Refresh"] = "2"
    return response


def show_form(
    request: HttpRequest,
    sentence: str,
    form: QueryDict | None = None,
    address: str = "",
    can_resend: bool = True,
) -> HttpResponse:
    """Return a page with the texts of a form, to copy, and a button that sends it again.

    By default these are the form and the address of the request. If the form must not be sent
    again, a link to the address replaces the button.
    """
    form, address = form or request.POST, address or request.get_full_path()
    if request.FILES or HAD_FILES in form:
        sentence = f"{sentence} {CHOOSE_AGAIN}"
    pairs = [(name, str(value)) for name, values in form.lists() for value in values]
    fields = [(name, value) for name, value in pairs if name != "csrfmiddlewaretoken"]
    # The name of a button begins with an underscore. Somebody may look over the editor's shoulder.
    hidden = ("_", "old_password", "new_password", "password")
    texts = [text for name, text in fields if " " in text.strip() and not name.startswith(hidden)]
    context = admin.site.each_context(request)
    title = "One moment" if sentence == BUSY_PAGE else "Not saved yet"
    context |= {"title": title, "sentence": sentence, "action": address}
    context |= {"fields": fields if can_resend else [], "texts": texts}
    return render(request, "admin/resubmission.html", context)


def sign_in_page(request: HttpRequest) -> HttpResponse | None:
    """Return the sign-in page that carries the form that was sent; None if it must not be shown."""
    encoded = request.POST.urlencode() + (f"&{HAD_FILES}=on" if request.FILES else "")
    if is_account_form(request) or len(encoded) > MAX_LENGTH:
        return None
    context = {"resubmission": encoded, "next": request.get_full_path()}
    request.method = "GET"
    return admin.site.login(request, context | {"app_path": reverse("admin:login")})


def limited(request: HttpRequest, view: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """Return a view's response, or that of `busy` rather than hold readers up."""
    if SLOTS.acquire(blocking=False):
        try:
            if RUNNING.acquire(timeout=PATIENCE):
                try:
                    response = view()
                    # Django would render it later, outside the limits.
                    return response.render() if isinstance(response, TemplateResponse) else response
                finally:
                    RUNNING.release()
        except BusyError:
            pass
        except OperationalError as error:
            if error_code(error) not in LOCKED:
                raise
        finally:
            SLOTS.release()
    return busy(request)


@never_cache
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Show what was typed in a form whose token is of an earlier sign-in, with a link to it."""
    account: Any = getattr(request, "user", None)
    # A form of another site comes without a session, and no page shows a password.
    if not (account and account.is_staff) or is_account_form(request):
        return django_csrf_failure(request, reason)
    return show_form(request, OUTDATED, can_resend=False)


def is_account_form(request: HttpRequest) -> bool:
    """Whether the address is that of a form that may have passwords or codes, or that signs out."""
    match = request.resolver_match
    return bool(match and (match.url_name or "").startswith(OF_ACCOUNTS))


def error_code(error: BaseException | None) -> int | str:
    """Return SQLite's primary code, its lowest byte, or PostgreSQL's code of a database error."""
    cause = getattr(error, "__cause__", None)
    return getattr(cause, "sqlstate", None) or getattr(cause, "sqlite_errorcode", 0) & 0xFF


@never_cache
def server_error(request: HttpRequest) -> HttpResponse:
    """Return 503 with what an editor typed if the database refuses to write, otherwise 500."""
    if not is_admin(request.path_info) or error_code(sys.exc_info()[1]) not in NOT_WRITABLE:
        return django_server_error(request)
    # The sign-in page carries the form of a session that ended.
    form = QueryDict(request.POST.get("resubmission", ""))
    response = show_form(request, UNWRITABLE, form, can_resend=not is_account_form(request))
    response.status_code = 503
    return response
