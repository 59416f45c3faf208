"""The guard: a change that breaks a case of the test book is shown before it is saved.

The row is saved with its inlines, the book is run, and where a case breaks everything is undone.
Nothing less would do: what the answer would be is known only from the content as it would be.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.admin.utils import unquote
from django.db import transaction
from django.db.models.deletion import ProtectedError, RestrictedError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from nutrients.models import SafetyCase
from nutrients.queries.testbook import counting_cases
from nutrients.testbook import CheckedCase, failing, keep_outcomes, run_book

# The box that an editor ticks to go on all the same.
OVERRIDE = "although_cases_break"
REFUSED = "Not saved, because it breaks the test book: see above."


class BreaksCasesError(Exception):
    """Raised within the transaction of a change, to undo it: after it these cases fail."""

    def __init__(self, failed: list[CheckedCase]) -> None:
        super().__init__(f"{len(failed)} cases of the test book fail.")
        self.failed = failed


@dataclass(frozen=True, slots=True)
class BrokenCase:
    """A case that a change breaks, with what is wrong; a case being added has no address yet."""

    title: str
    failures: list[str]
    address: str


class GuardedAdmin:
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

    def revision_view(self: Any, request: HttpRequest, *args: Any, **options: Any) -> HttpResponse:
        """As `add_view`, for an earlier version."""
        return _guarded_form(request, super().revision_view, *args, **options)  # type: ignore[misc]

    def recover_view(self: Any, request: HttpRequest, *args: Any, **options: Any) -> HttpResponse:
        """As `add_view`, for a deleted row."""
        return _guarded_form(request, super().recover_view, *args, **options)  # type: ignore[misc]

    def get_form(self: Any, request: HttpRequest, *args: Any, **options: Any) -> Any:
        """The form, which is refused once it is known to break cases."""
        form = super().get_form(request, *args, **options)  # type: ignore[misc]
        return _refused(form) if getattr(request, "is_refused", False) else form

    def response_add(self: Any, request: HttpRequest, obj: Any, *args: Any) -> HttpResponse:
        """Django comes here once all is saved, within the transaction: the place to check."""
        self.check_book(request)
        return super().response_add(request, obj, *args)  # type: ignore[misc]

    def response_change(self: Any, request: HttpRequest, obj: Any) -> HttpResponse:
        """As `response_add`, for a row that was there before."""
        self.check_book(request)
        return super().response_change(request, obj)  # type: ignore[misc]

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
            return _guarded(
                request,
                lambda: view(request, object_id, context),
                lambda broken: HttpResponseRedirect(request.get_full_path()),
            )
        row = self.get_object(request, unquote(object_id))
        if row is not None and self.has_delete_permission(request, row):
            context = context | _shown(broken_by(row.delete))
        return view(request, object_id, context)

    def delete_model(self: Any, request: HttpRequest, obj: Any) -> None:
        """Delete the row, unless that breaks cases."""
        cases = counting_cases()
        super().delete_model(request, obj)  # type: ignore[misc]
        self.check_book(request, cases)

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

        return _guarded(request, lambda: view(request, extra_context), undone)

    def delete_queryset(self: Any, request: HttpRequest, queryset: Any) -> None:
        """Delete several rows, unless that breaks cases."""
        cases = counting_cases()
        super().delete_queryset(request, queryset)  # type: ignore[misc]
        self.check_book(request, cases)

    def set_status(self: Any, request: HttpRequest, rows: Any, status: Any) -> None:
        """Give several rows a state, unless that breaks cases."""
        super().set_status(request, rows, status)  # type: ignore[misc]
        self.check_book(request)

    def check_book(
        self: Any, request: HttpRequest, cases: Sequence[SafetyCase] | None = None
    ) -> None:
        """Run the book on what was just changed: keep what it found, or undo the change.

        After a deletion `cases` are those of before: a case loses each row it names with that row,
        and would pass for want of what it asks.
        """
        now = timezone.now()
        checked = run_book(at=now, cases=cases)
        failed = failing(checked)
        if failed and not (OVERRIDE in request.POST or getattr(request, "may_fail", False)):
            raise BreaksCasesError(failed)
        if cases is not None:
            checked = run_book(at=now)
            failed = failing(checked)
        keep_outcomes(checked, at=now)
        if failed:
            words = f"{len(failed)} of {len(checked)} cases of the test book fail now."
            self.message_user(
                request, f"{words} Readers see that on the page on safety.", "warning"
            )


def broken_by(deletion: Callable[[], Any]) -> list[BrokenCase]:
    """The cases that pass now and would fail after the deletion, which is undone."""
    cases = counting_cases()
    try:
        with transaction.atomic():
            deletion()
            failed = failing(run_book(at=timezone.now(), cases=cases))
            transaction.set_rollback(True)
    except (ProtectedError, RestrictedError):
        return []
    return _passing_now(failed)


def _passing_now(failed: Collection[CheckedCase]) -> list[BrokenCase]:
    """Those of the cases that do not fail as the content stands; a new case is among them."""
    slugs = [one.case.slug for one in failed]
    before = {one.case.slug: one for one in run_book(at=timezone.now(), slugs=slugs)}
    return [
        BrokenCase(one.case.title, one.failures, _address(before.get(one.case.slug)))
        for one in failed
        if one.case.slug not in before or not before[one.case.slug].failures
    ]


def _address(checked: CheckedCase | None) -> str:
    if checked is None:
        return ""
    return reverse("admin:nutrients_safetycase_change", args=[checked.case.pk])


def _guarded(
    request: Any,
    change: Callable[[], HttpResponse],
    refuse: Callable[[list[BrokenCase]], HttpResponse],
) -> HttpResponse:
    """The answer to a change, or where it breaks cases the answer of `refuse`."""
    try:
        with transaction.atomic():
            return change()
    except BreaksCasesError as stop:
        broken = _passing_now(stop.failed)
    if broken:
        return refuse(broken)
    # What fails after the change failed before it: that must not keep an editor from working.
    request.may_fail = True
    return change()


def _guarded_form(
    request: Any,
    view: Callable[..., HttpResponse],
    *args: Any,
    extra_context: dict[str, Any] | None = None,
    **options: Any,
) -> HttpResponse:
    def answer(more: dict[str, Any]) -> HttpResponse:
        return view(request, *args, extra_context=(extra_context or {}) | more, **options)

    def again(broken: list[BrokenCase]) -> HttpResponse:
        request.is_refused = True
        return answer(_shown(broken))

    return _guarded(request, lambda: answer({}), again) if request.method == "POST" else answer({})


def _refused(form: Any) -> Any:
    """The form with an error of its own, so that it comes back with everything typed."""

    class Refused(form):
        def clean(self) -> Any:
            cleaned = super().clean()
            self.add_error(None, REFUSED)
            return cleaned

    return Refused


def _shown(broken: list[BrokenCase]) -> dict[str, Any]:
    return {"broken_cases": broken, "override": OVERRIDE}
