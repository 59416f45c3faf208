"""The first page of the desk: what waits, what is wrong, what comes and what was done lately.

The list of what the checks found is behind it: the next check takes off it what was put right.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.contrib.auth import get_permission_codename
from django.db.models import Count, OuterRef, Q, Subquery
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from reversion.models import Revision, Version

from nutrients.models import (
    OPEN,
    CaseOutcome,
    KeptProblem,
    Proposal,
    ShippedChange,
    State,
    Status,
)
from nutrisite.accounts.admin_site import ReadOnlyAdmin, row_link

from .content import ContentAdmin
from .deleting import foreign_keys, reviewed_tables

LATELY, SCHEDULED, FOUND_A_TABLE = 12, 20, 8


@admin.register(KeptProblem)
class ProblemAdmin(ReadOnlyAdmin):
    list_display = ("reason", "where", "kind", "found_at")
    list_display_links = None
    list_filter = ("kind", "model")
    search_fields = ("row", "reason")

    @admin.display(description="Row", ordering="row")
    def where(self, obj: KeptProblem) -> str:
        return row_link(obj.model, obj.row_id, obj.row) if obj.row_id else obj.row


def home(request: HttpRequest, site: Any) -> dict[str, Any]:
    """What the page shows; each list links to the screens that deal with it."""
    now, today = timezone.now(), timezone.localdate()
    late, soon = Q(review_due_on__lt=today), Q(review_due_on__lt=today + timedelta(days=31))
    public = Q(status=Status.PUBLISHED)
    drafts, overdue, due, scheduled = [], 0, 0, []
    for model in reviewed_tables():
        if not _may_view(request, model):
            continue
        rows: Any = model._default_manager
        counts = rows.aggregate(
            drafts=Count("pk", filter=~public),
            overdue=Count("pk", filter=public & late),
            due=Count("pk", filter=public & soon),
        )
        overdue, due = overdue + counts["overdue"], due + counts["due"]
        if counts["drafts"]:
            address = f"{_address(model, 'changelist')}?state=draft"
            drafts.append((counts["drafts"], model._meta.verbose_name_plural, address))
        to_come = rows.filter(public, publish_at__gt=now).select_related(*foreign_keys(model))
        scheduled += to_come.order_by("publish_at")[:SCHEDULED]
    scheduled.sort(key=lambda row: row.publish_at)
    return {
        "drafts": drafts,
        "overdue": overdue,
        "due": due,
        "scheduled": [(row, _address(type(row), "change", row.pk)) for row in scheduled],
        "proposals": _proposals(request),
        "failing": CaseOutcome.objects.exclude(failures="").count(),
        "problems": KeptProblem.objects.count(),
        "to_settle": ShippedChange.objects.count(),
        "lately": _lately(),
        "words": (words := request.GET.get("q", "").strip()),
        "found": found(request, site, words) if words else [],
    }


def _proposals(request: HttpRequest) -> list[tuple[Any, list[Any]]]:
    """The open proposals the account may see, its own that are being written first."""
    if not _may_view(request, Proposal):
        return []
    rows = Proposal.objects.filter(state__in=OPEN).select_related("owner")
    shown = list(rows.order_by("state", "publish_at", "pk")[:SCHEDULED])
    mine = [one for one in shown if one.owner == request.user and one.state == State.WRITING]
    others = [one for one in shown if one not in mine]
    named = [("Yours, being written", mine), ("Open proposals", others)]
    return [(title, some) for title, some in named if some]


def _lately() -> Any:
    """The last saves of editors, each with the name of its first row."""
    first = Version.objects.filter(revision=OuterRef("pk")).order_by("pk")
    saves = Revision.objects.exclude(user=None).select_related("user")
    return saves.annotate(row=Subquery(first.values("object_repr")[:1]))[:LATELY]


def found(request: HttpRequest, site: Any, words: str) -> list[tuple[Any, list[Any], str]]:
    """The rows of each table that hold all the words in any of their texts."""
    results = []
    for screen, rows in content_tables(request, site):
        rows, is_double = screen.get_search_results(request, rows, words)
        some = list((rows.distinct() if is_double else rows)[:FOUND_A_TABLE])
        if some:
            links = [(row, _address(screen.model, "change", row.pk)) for row in some]
            every = _address(screen.model, "changelist")
            results.append((screen.opts.verbose_name_plural, links, every))
    return results


def content_tables(request: HttpRequest, site: Any) -> Iterator[tuple[ContentAdmin, Any]]:
    """Each table of content that the account may see: its screen, and its rows."""
    for model, screen in site._registry.items():
        if isinstance(screen, ContentAdmin) and screen.has_view_permission(request):
            yield screen, model._default_manager.select_related(*foreign_keys(model))


def _may_view(request: HttpRequest, model: Any) -> bool:
    return request.user.has_perm(f"nutrients.{get_permission_codename('view', model._meta)}")


def _address(model: Any, page: str, *args: Any) -> str:
    return reverse(f"admin:nutrients_{model._meta.model_name}_{page}", args=args)
