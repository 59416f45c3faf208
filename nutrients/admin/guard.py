"""Run the test book before a change of content is saved.

The answers to the cases follow from the whole content, so the change is saved, all that the book
reads is fetched, and the save is rolled back. The book then runs in memory, without a lock on the
database: as of now, and as of each later moment at which a row that it reads begins to show. If no
case breaks, the change is saved again, for good. An editor who insists gives a reason, which
readers see on the page on safety.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import Any, NamedTuple, TypeVar

from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from reversion.models import Version

from nutrients.common.schedule import moments_to_come
from nutrients.content.versions import lock_content
from nutrients.models import BookOverride, SafetyCase
from nutrients.testbook.cases import published_cases
from nutrients.testbook.reads import TABLES, reads
from nutrients.testbook.running import (
    CheckedCase,
    FetchedBook,
    failing,
    fetch_book,
    run_book,
    save_outcomes,
)
from nutrisite.accounts.resubmission import BusyError

from .screens import admin_address, is_row_form

Result = TypeVar("Result")
# The checkbox to save although cases break, and the field for the reason.
OVERRIDE, REASON = "although_cases_break", "why_although_cases_break"
LONGEST_REASON = 300
REFUSED = "Not saved, because it breaks the test book: see above."
# How often a change is checked again because somebody else saved meanwhile.
TRIES = 3


class UncheckedError(Exception):
    """Raised within the transaction of a change to roll it back and run these books first."""

    def __init__(self, books: list[FetchedBook]) -> None:
        super().__init__("The test book is to be run before this is saved.")
        self.books = books


class BrokenCase(NamedTuple):
    """A case that a change breaks, with its failures; a case that is being added has no address.

    `since` is the later moment from which it fails, or None if it fails at once.
    """

    title: str
    failures: list[str]
    address: str
    since: datetime | None


@dataclass
class Guard:
    """One change by one account, through all attempts to save it.

    `reason` is the editor's reason to save it although cases break. `checked` maps the moment of
    each run to its cases, the present first, and is valid while there are so many `versions`.
    """

    account: Any
    reason: str = ""
    versions: int | None = None
    checked: dict[datetime, list[CheckedCase]] = field(default_factory=dict)

    def save(
        self, change: Callable[[], Result], show_broken: Callable[[list[BrokenCase]], Result]
    ) -> Result:
        """Return the result of a change, or that of `show_broken` if it breaks cases.

        A change that the book depends on must call `check` once all its rows are saved.
        """
        for _ in range(TRIES):
            try:
                with transaction.atomic():
                    # Other saves wait until the transaction ends.
                    lock_content()
                    self._drop_outdated_runs()
                    return change()
            except UncheckedError as unchecked:
                books = unchecked.books
            self.checked = {book.at: book.run() for book in books}
            if not self.reason and (broken := newly_failing(self._failed())):
                return show_broken(broken)
        raise BusyError

    def check(self, change: str, cases: Sequence[SafetyCase] | None = None) -> None:
        """Record the result of the book for the change, which `change` names.

        After a deletion, `cases` are those fetched before it: afterwards a case no longer names the
        deleted rows, and could pass because it requires less.
        """
        now = timezone.now()
        self.require_run(cases, at=now)
        failed = list(chain.from_iterable(self._failed().values()))
        if failed and self.reason:
            BookOverride.objects.create(
                change=change[:200],
                reason=self.reason,
                cases="\n".join(dict.fromkeys(case.title for case, _ in failed)),
                created_by=self.account.get_username(),
                created_at=now,
            )
        save_outcomes(next(iter(self.checked.values())), at=now)

    def require_run(self, cases: Sequence[SafetyCase] | None, *, at: datetime) -> None:
        """Roll the change back, the first time, to run the book as of a moment and later ones."""
        if not self.checked:
            moments = [at, *moments_to_come(TABLES, at=at)]
            raise UncheckedError([fetch_book(at=moment, cases=cases) for moment in moments])

    def _failed(self) -> dict[datetime, list[CheckedCase]]:
        return {moment: failing(checked) for moment, checked in self.checked.items()}

    def _drop_outdated_runs(self) -> None:
        """Drop runs if others saved: each change of a row that the book reads adds a version."""
        kinds = ContentType.objects.get_for_models(*TABLES).values()
        versions = Version.objects.filter(content_type__in=kinds).count()
        if versions != self.versions:
            self.checked = {}
        self.versions = versions


def guard_of(request: Any) -> Guard:
    """Return the guard of the change that a request makes, with the editor's reason if any."""
    if not hasattr(request, "guard"):
        reason = request.POST.get(REASON, "") if OVERRIDE in request.POST else ""
        request.guard = Guard(request.user, reason.strip()[:LONGEST_REASON])
    guard: Guard = request.guard
    return guard


def refuse(request: Any, sentence: str) -> None:
    """Make the form of this request invalid, with this sentence above it, and show it as sent.

    A refused deletion returns to the page that asks for confirmation.
    """
    request.refusal = sentence


def is_refused(request: Any) -> bool:
    return hasattr(request, "refusal")


class GuardedAdmin(admin.ModelAdmin):
    """Refuses a change that breaks a case of the test book, unless the editor gives a reason.

    Name it before the other bases: its views run theirs, and run them again once the book passed.
    """

    def get_form(self, request: Any, *args: Any, **options: Any) -> Any:
        """Return a form class that is never valid if the request is refused."""
        form: Any = super().get_form(request, *args, **options)
        sentence = getattr(request, "refusal", "")
        if not sentence:
            return form

        class RefusedForm(form):
            def clean(self) -> Any:
                cleaned = super().clean()
                self.add_error(None, sentence)
                return cleaned

        return RefusedForm

    # The views are guarded and not `changeform_view`, so that the revision is rolled back too.

    def add_view(self, request: HttpRequest, *args: Any, **options: Any) -> HttpResponse:
        return self.guard_form(request, super().add_view, *args, **options)

    def change_view(self, request: HttpRequest, *args: Any, **options: Any) -> HttpResponse:
        return self.guard_form(request, super().change_view, *args, **options)

    def delete_view(self, request: HttpRequest, *args: Any, **options: Any) -> HttpResponse:
        sent = request.POST
        response = self.guard_form(request, super().delete_view, *args, **options)
        # A refused deletion empties it, and the template shows what was typed beside the cases.
        request.POST = sent
        return response

    def guard_form(
        self, request: HttpRequest, view: Callable[..., HttpResponse], *args: Any, **options: Any
    ) -> HttpResponse:
        """Return the form as it was sent, with the cases that it breaks, if any."""

        def respond(**context: Any) -> HttpResponse:
            return view(request, *args, extra_context=context, **options)

        def show(broken: list[BrokenCase]) -> HttpResponse:
            refuse(request, REFUSED)
            return respond(broken_cases=broken)

        return guard_of(request).save(respond, show) if request.method == "POST" else respond()

    def save_related(self, request: Any, form: Any, formsets: Any, change: bool) -> None:
        """Check the book once the row and its inlines are saved, if it reads what changed.

        A version that is restored changes the row before its form is sent.
        """
        super().save_related(request, form, formsets, change)
        if not is_row_form(request) or reads_form(form, formsets, add=not change):
            guard_of(request).check(f"{'Change' if change else 'Add'} {form.instance}")

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Roll an action on several rows back if it breaks cases: a list offers no box."""
        view = super().changelist_view
        if request.method != "POST":
            return view(request, extra_context)

        def show(broken: list[BrokenCase]) -> HttpResponse:
            titles = "; ".join(case.title for case in broken)
            words = f"Nothing was changed, because it breaks these cases of the test book: {titles}"
            self.message_user(request, f"{words}. Open the rows one by one to see more.", "error")
            return redirect(request.get_full_path())

        return guard_of(request).save(lambda: view(request, extra_context), show)

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        change = f"Delete {', '.join(map(str, queryset))}"
        is_read = issubclass(self.model, TABLES)
        cases = published_cases() if is_read and self.model is not SafetyCase else None
        super().delete_queryset(request, queryset)
        if is_read:
            guard_of(request).check(change, cases)

    def check_list_change(self, request: HttpRequest) -> None:
        """Check the book after an action changed the state or dates of several rows."""
        if issubclass(self.model, TABLES):
            guard_of(request).check("Change several rows")


def reads_form(form: Any, formsets: Iterable[Any], *, add: bool) -> bool:
    """Whether the book reads anything that a form and its inlines changed."""
    changes = [(form.instance, form.fields if add else form.changed_data)]
    for formset in formsets:
        # A deleted row may be published even if its form says draft.
        if any(isinstance(row, TABLES) for row in formset.deleted_objects):
            return True
        changes += formset.changed_objects
        changes += [(row, formset.form.base_fields) for row in formset.new_objects]
    return any(reads(row, fields) for row, fields in changes)


def newly_failing(failed: Mapping[datetime, Collection[CheckedCase]]) -> list[BrokenCase]:
    """Return each failing case that passes with the saved content, or is new.

    A case that failed before must not keep an editor from working.
    """
    broken: dict[str, BrokenCase] = {}
    for moment in sorted(failed):
        slugs = [case.slug for case, _ in failed[moment]]
        saved_cases = run_book(at=moment, slugs=slugs) if slugs else []
        before = {checked.case.slug: checked for checked in saved_cases}
        for case, failures in failed[moment]:
            saved = before.get(case.slug)
            if saved and saved.failures:
                continue
            address = admin_address(SafetyCase, "change", saved.case.pk) if saved else ""
            since = None if moment == min(failed) else moment
            broken.setdefault(case.slug, BrokenCase(case.title, failures, address, since))
    return list(broken.values())
