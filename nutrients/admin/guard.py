"""The guard: a change that breaks a case of the test book is shown before it is saved.

The row is saved with its inlines, all that the book reads is fetched, and the save is undone: what
the answer would be is known only from the content as it would be. Then the book runs in memory, so
that no lock is held meanwhile, as of now and as of each moment to come at which a row begins to
show. If no case breaks, the row is saved for good. An editor who goes on all the same says why, and
readers see it on the page on safety.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import Any, NamedTuple, TypeVar

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.db.models import Count, Max
from django.db.models.deletion import ProtectedError, RestrictedError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from reversion.models import Version

from nutrients.common.schedule import moments_to_come
from nutrients.models import BookOverride, SafetyCase
from nutrients.testbook import (
    CheckedCase,
    FetchedBook,
    failing,
    fetch_book,
    keep_outcomes,
    run_book,
)
from nutrients.testbook.cases import counting_cases
from nutrients.testbook.reads import TABLES, reads
from nutrisite.accounts.kept_forms import BusyError

from .content_forms import RefusableMixin

Answer = TypeVar("Answer")
# The box that an editor ticks to go on all the same.
OVERRIDE = "although_cases_break"
REASON = "why_although_cases_break"
MOST_OF_REASON = 300
REFUSED = "Not saved, because it breaks the test book: see above."
# How often a change is checked again because somebody else saved meanwhile.
TRIES = 3
# Names the lock of PostgreSQL for all changes that are guarded; SQLite has one for every change.
LOCK = 7_041_776


class ToCheckError(Exception):
    """Raised within the transaction of a change, to undo it and run these books first."""

    def __init__(self, books: list[FetchedBook]) -> None:
        super().__init__("The test book is to be run before this is saved.")
        self.books = books


@dataclass(slots=True)
class Guard:
    """What is known of the change that a request makes, through all attempts to save it.

    `found` holds what the books found by their moments, for content of which `seen` was the last
    change.
    """

    seen: Any = None
    found: dict[datetime, list[CheckedCase]] = field(default_factory=dict)
    later: list[CheckedCase] = field(default_factory=list)

    @property
    def failed(self) -> dict[datetime, list[CheckedCase]]:
        return {moment: failing(checked) for moment, checked in self.found.items()}

    def begin(self) -> None:
        """Forget what was found if somebody else saved since. Within the transaction."""
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        seen = _last_change()
        if seen != self.seen:
            self.found, self.later = {}, []
        self.seen = seen

    def run(self, books: Sequence[FetchedBook]) -> None:
        """Run the books, of which the first is as of now. Outside the transaction."""
        self.found = {book.at: book.run() for book in books}
        self.later = books[0].run_later(self.found[books[0].at])


class BrokenCase(NamedTuple):
    """A case that a change breaks, with what is wrong; a case being added has no address yet.

    `since` is the moment to come from which it fails, or None if it fails at once.
    """

    title: str
    failures: list[str]
    address: str
    since: datetime | None


class GuardedAdmin(RefusableMixin):
    """Stops a change after which a case fails that passes now, unless the editor insists.

    Stands before the other bases of every admin whose rows the checklist answers from.
    """

    # Around the views and not their form alone, so that a revision under way is undone as well.

    def add_view(self: Any, request: HttpRequest, *args: Any, **options: Any) -> HttpResponse:
        """The form; where saving it breaks cases, the form as it was sent, with those cases."""
        return _guarded_form(request, super().add_view, *args, **options)  # type: ignore[misc]

    def change_view(self: Any, request: HttpRequest, *args: Any, **options: Any) -> HttpResponse:
        """As `add_view`, for a row that was there before."""
        return _guarded_form(request, super().change_view, *args, **options)  # type: ignore[misc]

    def revision_view(self: Any, request: Any, *args: Any, **options: Any) -> HttpResponse:
        """As `add_view`, for an earlier version, which is a change though its form has none."""
        request.brings_back = True
        return _guarded_form(request, super().revision_view, *args, **options)  # type: ignore[misc]

    def recover_view(self: Any, request: Any, *args: Any, **options: Any) -> HttpResponse:
        """As `revision_view`, for a deleted row."""
        request.brings_back = True
        return _guarded_form(request, super().recover_view, *args, **options)  # type: ignore[misc]

    def save_related(self: Any, request: Any, form: Any, formsets: Any, change: bool) -> None:
        """Check the book once the row is saved with all that belongs to it, if it reads any."""
        super().save_related(request, form, formsets, change)  # type: ignore[misc]
        brings_back = getattr(request, "brings_back", False)
        if brings_back or is_read(form, formsets, add=not change):
            self.check_book(request, f"{'Change' if change else 'Add'} {form.instance}")

    def delete_view(
        self: Any,
        request: HttpRequest,
        object_id: str,
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Ask before deleting, and say which cases that breaks; then it takes the box as well."""
        view = super().delete_view  # type: ignore[misc]
        context = extra_context or {}
        if request.method == "POST":
            return guarded(
                request,
                lambda: view(request, object_id, context),
                lambda broken: HttpResponseRedirect(request.get_full_path()),
            )
        row = self.get_object(request, unquote(object_id))
        if row is not None and self.has_delete_permission(request, row):
            context = context | shown_cases(broken_by(row.delete), request)
        return view(request, object_id, context)

    def changelist_view(
        self: Any, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The table. An action on several rows that breaks cases is undone, with no box for it."""
        view = super().changelist_view  # type: ignore[misc]
        if request.method != "POST":
            return view(request, extra_context)

        def undone(broken: list[BrokenCase]) -> HttpResponse:
            titles = "; ".join(one.title for one in broken)
            words = f"Nothing was changed, because it breaks these cases of the test book: {titles}"
            self.message_user(request, f"{words}. Open the rows one by one to see more.", "error")
            return HttpResponseRedirect(request.get_full_path())

        return guarded(request, lambda: view(request, extra_context), undone)

    def delete_queryset(self: Any, request: HttpRequest, queryset: Any) -> None:
        cases, words = counting_cases(), f"Delete {', '.join(map(str, queryset))}"
        super().delete_queryset(request, queryset)  # type: ignore[misc]
        self.check_book(request, words, cases)

    def after_list_change(self: Any, request: HttpRequest) -> None:
        """Check rows that have another state or date from the list."""
        self.check_book(request, "Change several rows")

    def check_book(
        self: Any,
        request: HttpRequest,
        change: str,
        cases: Sequence[SafetyCase] | None = None,
    ) -> None:
        """Keep what the book finds after this change, or undo the change to run the book first.

        `change` says what it is. After a deletion `cases` are those of before: a case loses each
        row it names with that row, and would pass for want of what it asks.
        """
        now = timezone.now()
        guard = self.ask_book(request, cases, at=now)
        failed = chain.from_iterable(guard.failed.values())
        titles = dict.fromkeys(one.case.title for one in failed)
        if titles and (reason := reason_given(request)):
            BookOverride.objects.create(
                change=change[:200],
                reason=reason,
                cases="\n".join(titles),
                made_by=request.user.get_username(),
                made_at=now,
            )
        keep_outcomes(guard.later, at=now)
        fail_now = failing(guard.later)
        if fail_now:
            words = f"{len(fail_now)} of {len(guard.later)} cases of the test book fail now."
            asked: Any = request
            asked.book_says = f"{words} Readers see that on the page on safety."

    def message_user(self: Any, request: Any, message: Any, *args: Any, **options: Any) -> None:
        """Django's message; what the book says of the change goes into the same one."""
        if said := request.__dict__.pop("book_says", ""):
            message, args = format_html("{} {}", message, said), (messages.WARNING, "success")
        super().message_user(request, message, *args, **options)  # type: ignore[misc]

    def ask_book(
        self: Any, request: Any, cases: Sequence[SafetyCase] | None, *, at: datetime
    ) -> Guard:
        """What the book finds after this change, as of then and later; the first time, undo it."""
        guard: Guard = request.guard
        if not guard.found:
            moments = [at, *moments_to_come(at=at)]
            raise ToCheckError([fetch_book(at=moment, cases=cases) for moment in moments])
        return guard


def is_read(form: Any, formsets: Any, *, add: bool) -> bool:
    """Whether the book reads anything of what a form and its inlines changed."""
    changed = [(form.instance, form.fields if add else form.changed_data)]
    for one in formsets:
        changed += one.changed_objects
        changed += [(row, one.form.base_fields) for row in one.new_objects]
    # One that goes may have been published, whatever its form says.
    gone = [row for one in formsets for row in one.deleted_objects]
    return any(isinstance(row, TABLES) for row in gone) or any(reads(*one) for one in changed)


def reason_given(request: HttpRequest) -> str:
    """Why an editor goes on although cases break; empty if they do not."""
    is_forced = OVERRIDE in request.POST
    return request.POST.get(REASON, "").strip()[:MOST_OF_REASON] if is_forced else ""


def _last_change() -> Any:
    """What differs once anybody changed a row that the book reads: each change is a version."""
    kinds = ContentType.objects.get_for_models(*TABLES).values()
    rows = Version.objects.filter(content_type__in=kinds).order_by()
    return rows.aggregate(last=Max("pk"), number=Count("pk"))


def broken_by(deletion: Callable[[], Any]) -> list[BrokenCase]:
    """The cases that pass now and would fail after the deletion, which is undone."""
    cases = counting_cases()
    try:
        with transaction.atomic():
            deletion()
            book = fetch_book(at=timezone.now(), cases=cases)
            transaction.set_rollback(True)
    except (ProtectedError, RestrictedError):
        return []
    return _passing_now({book.at: failing(book.run())})


def _passing_now(failed: Mapping[datetime, Collection[CheckedCase]]) -> list[BrokenCase]:
    """Those of the cases that pass as the content stands, each once; a new case is among them."""
    broken: dict[str, BrokenCase] = {}
    first = min(failed)
    for moment in sorted(failed):
        slugs = [one.case.slug for one in failed[moment]]
        before = {one.case.slug: one for one in run_book(at=moment, slugs=slugs)} if slugs else {}
        for one in failed[moment]:
            was = before.get(one.case.slug)
            if was is None or not was.failures:
                since = None if moment == first else moment
                page = "admin:nutrients_safetycase_change"
                address = reverse(page, args=[was.case.pk]) if was else ""
                case = BrokenCase(one.case.title, one.failures, address, since)
                broken.setdefault(one.case.slug, case)
    return list(broken.values())


def guarded(
    request: Any, change: Callable[[], Answer], refuse: Callable[[list[BrokenCase]], Answer]
) -> Answer:
    """The answer to a change, or where it breaks cases the answer of `refuse`."""
    guard = request.guard = getattr(request, "guard", None) or Guard()
    for _ in range(TRIES):
        try:
            with transaction.atomic():
                guard.begin()
                return change()
        except ToCheckError as stop:
            guard.run(stop.books)
        # What fails after the change and before it must not keep an editor from working.
        broken = [] if reason_given(request) else _passing_now(guard.failed)
        if broken:
            return refuse(broken)
    raise BusyError


def _guarded_form(
    request: Any,
    view: Callable[..., HttpResponse],
    *args: Any,
    extra_context: dict[str, Any] | None = None,
    **options: Any,
) -> HttpResponse:
    def answer(**more: Any) -> HttpResponse:
        return view(request, *args, extra_context=(extra_context or {}) | more, **options)

    def again(broken: list[BrokenCase]) -> HttpResponse:
        RefusableMixin.refuse(request, REFUSED)
        return answer(**shown_cases(broken, request))

    return guarded(request, answer, again) if request.method == "POST" else answer()


def shown_cases(broken: list[BrokenCase], request: HttpRequest) -> dict[str, Any]:
    return {
        "broken_cases": broken,
        "override": OVERRIDE,
        "reason": REASON,
        "lacks_reason": OVERRIDE in request.POST,
    }
