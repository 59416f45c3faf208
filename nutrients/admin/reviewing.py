"""Reviews: who signs, when the next is due, and the review desk for the rows of all tables."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminDateWidget
from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from reversion import add_to_revision, create_revision, set_comment, set_date_created, set_user
from reversion.models import Version

from nutrients.content.signatures import digest, sign, signatures_of, signed_texts, update_reviewers
from nutrients.content.tables import foreign_keys, reviewed_models
from nutrients.content.versions import parents, record_first
from nutrients.models import Proposal, State, Status
from nutrients.proposals.signing import has_written
from nutrisite.accounts.requests import is_key

from .content_forms import validate_to_come
from .proposing import rows_for
from .screens import admin_address, draw, get_row, locked_if_sent

# Days until the next review: fewer where an outdated row can do more harm.
USUAL_DAYS = 365
DAYS = {"redflag": 182, "foodsource": 3 * 365, "referenceintake": 3 * 365}
MAX_ROWS = 100
AGREED, SPREAD = "agreed", "spread"
REREAD = "The words have changed: read them again."
CHANGED = "Rows that have changed since you opened the desk are left out: read them again."


def next_review(model: Any, *, on: date) -> date:
    return on + timedelta(days=DAYS.get(model._meta.model_name, USUAL_DAYS))


def spread(rows: Sequence[Any], *, on: date) -> dict[Any, date]:
    """Return due dates for rows of one table, evenly spaced, the last after the usual interval."""
    days = (next_review(rows[0], on=on) - on).days
    return {
        row: on + timedelta(days=days * number // len(rows))
        for number, row in enumerate(rows, start=1)
    }


def profession_of(account: Any) -> str:
    """Return the profession that an account signs with, or nothing if it may not sign."""
    clinician = getattr(account, "clinician", None)
    return clinician.profession if clinician and account.get_full_name() else ""


def has_edited(row: Any, account: Any) -> bool:
    """Whether an account changed a row since the last signature, and so cannot sign it.

    The version of a proposal names who published it, and the proposal who wrote it.
    """
    versions = Version.objects.get_for_object(row).filter(revision__user=account)
    proposals = Proposal.objects.filter(state=State.LIVE, rows__in=rows_for(row)).distinct()
    if last := signatures_of(row).last():
        versions = versions.filter(revision__date_created__gt=last.signed_at)
        proposals = proposals.filter(publish_at__gt=last.signed_at)
    return versions.exists() or any(has_written(proposal, account) for proposal in proposals)


def write_due_dates(rows: dict[Any, date]) -> None:
    for row, day in rows.items():
        row.review_due_on = day
        type(row)._base_manager.filter(pk=row.pk).update(review_due_on=day)


def record_due_dates(rows: dict[Any, date], comment: str, *, user: Any, at: datetime) -> None:
    """Set the next review of rows, as one revision that does not count as a change of the rows."""
    record_first(rows)
    write_due_dates(rows)
    with create_revision():
        set_user(user)
        set_comment(comment)
        # The time of the signature: a later one would count as a change of the signed words.
        set_date_created(at)
        for row in [*rows, *parents(rows)]:
            add_to_revision(row)


def record_review(rows: Sequence[Any], *, user: Any, at: datetime) -> int:
    """Record that rows need no change, sign those that the account may sign, and count these."""
    profession = profession_of(user)
    signed = [row for row in rows if profession and not has_edited(row, user)]
    name, account = user.get_full_name(), user.get_username()
    sign(signed, name=name, profession=profession, account=account, at=at)
    update_reviewers(signed)
    due = {row: next_review(type(row), on=timezone.localdate(at)) for row in rows}
    record_due_dates(due, "Reviewed, no change", user=user, at=at)
    return len(signed)


@locked_if_sent
def sign_row(request: HttpRequest, pk: int, screen: admin.ModelAdmin) -> HttpResponse:
    """Show the words of a row to a clinician, with a button that signs exactly these."""
    row = get_row(screen, request, pk)
    account: Any = request.user
    if not profession_of(account):
        raise PermissionDenied
    words, is_own = signed_texts(row), has_edited(row, account)
    if request.method == "POST" and not is_own:
        if request.POST.get("words") == digest(words):
            record_review([row], user=account, at=timezone.now())
            screen.message_user(request, f"You signed “{row}”.", messages.SUCCESS)
            return redirect(admin_address(screen.model, "change", pk))
        screen.message_user(request, REREAD, messages.WARNING)
    return draw(
        request,
        screen,
        "sign.html",
        title=f"Review {row}",
        original=row,
        words=[(label, text) for label, text in words if text],
        digest=digest(words),
        is_own=is_own,
        signature=f"{account.get_full_name()}, {profession_of(account)}",
    )


class DueForm(forms.Form):
    review_due_on = forms.DateField(
        label="Next review due",
        widget=AdminDateWidget,
        required=False,
        help_text="YYYY-MM-DD",
        validators=[validate_to_come],
    )


@locked_if_sent
def review_desk(request: HttpRequest) -> HttpResponse:
    """List the published rows of all tables by the day on which their review is due."""
    profession = profession_of(request.user)
    # A role may change every table or none. A clinician signs rows that only others may change.
    may_date = request.user.has_perm("nutrients.change_nutrient")
    tables = reviewed_models() if may_date or profession else []
    form = DueForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        is_allowed = may_date or request.POST.get("wish") == AGREED
        rows = _ticked_rows(request, tables) if is_allowed else []
        messages.info(request, _update(request, rows, form.cleaned_data["review_due_on"]))
        if is_allowed and len(rows) < len(request.POST.getlist("row")):
            messages.warning(request, CHANGED)
        return redirect(request.get_full_path())
    today = timezone.localdate()
    table, due = request.GET.get("table", ""), request.GET.get("due", "")
    before = {"overdue": today, "month": today + timedelta(days=31)}.get(due)
    chosen = [model for model in tables if table in ("", model._meta.model_name)]
    rows, count = _published_rows(chosen, due_before=before)
    lines = [
        {
            "row": row,
            "meta": row._meta,
            "value": _tick(row),
            "address": admin_address(type(row), "change", row.pk),
            "is_overdue": row.is_overdue(on=today),
        }
        for row in rows
    ]
    context = admin.site.each_context(request) | {
        "title": "Review desk",
        "form": form,
        "tables": [model._meta for model in tables],
        "chosen": table,
        "due": due,
        "rows": lines,
        # Ticks of a form that comes back with an error
        "ticked": request.POST.getlist("row"),
        "count": count,
        "profession": profession,
        "may_date": may_date,
    }
    return TemplateResponse(request, "admin/nutrients/desk.html", context)


def _published_rows(tables: Iterable[Any], *, due_before: date | None) -> tuple[list[Any], int]:
    """Return the first rows, those without a due date before others, and the number of all."""
    rows, count = [], 0
    for model in tables:
        published = model._default_manager.filter(status=Status.PUBLISHED)
        published = published.filter(review_due_on__lt=due_before) if due_before else published
        count += published.count()
        # PostgreSQL would put rows without a date last.
        ordered = published.order_by(F("review_due_on").asc(nulls_first=True), "pk")
        rows += ordered.select_related(*foreign_keys(model))[:MAX_ROWS]
    rows.sort(key=lambda row: row.review_due_on or date.min)
    return rows[:MAX_ROWS], count


def _tick(row: Any) -> str:
    """Return the value of the box of a row, which is another one once the row has changed."""
    return f"{row._meta.model_name}-{row.pk}-{row.changed_at.timestamp()}"


def _ticked_rows(request: HttpRequest, tables: Iterable[Any]) -> list[Any]:
    """Return the ticked rows that are as they were when the page was opened."""
    ticks = request.POST.getlist("row")
    keys: dict[str, list[str]] = defaultdict(list)
    for name, key, *_ in (f"{tick}-".split("-") for tick in ticks):
        keys[name] += [key] if is_key(key) else []
    return [
        row
        for model in tables
        for row in model._default_manager.filter(pk__in=keys[model._meta.model_name]).order_by(
            "review_due_on", "pk"
        )
        if _tick(row) in ticks
    ]


def _update(request: HttpRequest, rows: list[Any], day: date | None) -> str:
    """Run the action of the button on the ticked rows, and return a sentence about it."""
    wish, at = request.POST.get("wish"), timezone.now()
    if not rows:
        return "Tick at least one row."
    if wish == AGREED:
        signed = record_review(rows, user=request.user, at=at)
        also = f" You signed {signed} of them." if profession_of(request.user) else ""
        return f"Agreed, no change: {len(rows)}.{also}"
    if wish == SPREAD:
        due: dict[Any, date] = {}
        for _, group in groupby(rows, key=type):
            due |= spread(list(group), on=timezone.localdate(at))
    elif day:
        due = dict.fromkeys(rows, day)
    else:
        return "Give the day of the next review."
    record_due_dates(due, "Date of the next review", user=request.user, at=at)
    return f"Next review set: {len(rows)}."
