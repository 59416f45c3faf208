"""The first page of the desk: what is pending, wrong, scheduled, and was saved lately.

The next check removes from the list of problems what was fixed.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, OuterRef, Q, Subquery
from django.http import HttpRequest
from django.utils import timezone
from reversion.models import Revision, Version

from nutrients.content.tables import content_models, foreign_keys, reviewed_models
from nutrients.models import OPEN, CaseOutcome, Problem, Proposal, ShippedChange, State, Status

from .content import ContentAdmin
from .screens import FixedRowsAdmin, TableFilter, admin_address, row_link

LATEST_SAVES, MAX_LISTED, ROWS_A_TABLE = 12, 20, 8


@admin.register(Problem)
class ProblemAdmin(FixedRowsAdmin):
    list_display = ("reason", "where", "kind", "checked_at")
    list_display_links = None
    list_filter = ("kind", TableFilter)
    search_fields = ("row", "reason")

    @admin.display(description="Row", ordering="row")
    def where(self, obj: Problem) -> str:
        return row_link(apps.get_model(obj.model), obj.row_id, obj.row) if obj.row_id else obj.row

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def home_context(request: HttpRequest) -> dict[str, Any]:
    """Return the lists of the page; each entry has the address of the screen that deals with it."""
    now, today = timezone.now(), timezone.localdate()
    overdue, soon = Q(review_due_on__lt=today), Q(review_due_on__lt=today + timedelta(days=31))
    public = Q(status=Status.PUBLISHED)
    drafts, due, scheduled = [], {"overdue": 0, "month": 0}, []
    for model in reviewed_models():
        if not admin.site.get_model_admin(model).has_view_permission(request):
            continue
        rows: Any = model._default_manager
        counts = rows.aggregate(
            drafts=Count("pk", filter=~public),
            overdue=Count("pk", filter=public & overdue),
            month=Count("pk", filter=public & soon),
        )
        due = {name: number + counts[name] for name, number in due.items()}
        if counts["drafts"]:
            address = f"{admin_address(model, 'changelist')}?status__exact=draft"
            drafts.append((counts["drafts"], model._meta.verbose_name_plural, address))
        to_come = rows.filter(public, publish_at__gt=now).select_related(*foreign_keys(model))
        scheduled += to_come.order_by("publish_at")[:MAX_LISTED]
    scheduled.sort(key=lambda row: row.publish_at)
    words = request.GET.get("q", "").strip()
    return {
        "drafts": drafts,
        "due": due,
        "scheduled": [(row, admin_address(type(row), "change", row.pk)) for row in scheduled],
        "proposals": _open_proposals(request),
        "failing": CaseOutcome.objects.exclude(failures="").count(),
        "problems": Problem.objects.count(),
        "to_settle": ShippedChange.objects.count(),
        "saves": _latest_saves(request),
        "words": words,
        "results": search_tables(request, words) if words else [],
    }


def _open_proposals(request: HttpRequest) -> list[tuple[str, list[Proposal]]]:
    """Return the open proposals under headings, those that the account is writing first."""
    if not request.user.has_perm("nutrients.view_proposal"):
        return []
    own = Q(owner=request.user, state=State.WRITING)
    rows = Proposal.objects.filter(state__in=OPEN).select_related("owner")
    rows = rows.order_by("state", "publish_at", "pk")
    groups = {"Yours, being written": rows.filter(own), "Open proposals": rows.exclude(own)}
    return [(title, list(rows[:MAX_LISTED])) for title, rows in groups.items() if rows.exists()]


def _latest_saves(request: HttpRequest) -> list[tuple[Revision, str, str]]:
    """Return the last saves of editors, each with the name of its row and the address of a screen.

    The revision of an article has its sections too, so rows below others are omitted. The screen is
    the history, or the list to bring a deleted row back from if the account may.
    """
    below = [
        model._meta.get_field(name).related_model
        for model in content_models()
        for name in model.CHILDREN
    ]
    kinds = ContentType.objects.get_for_models(*below).values()
    versions = Version.objects.filter(revision=OuterRef("pk"))
    versions = versions.alias(is_below=Q(content_type__in=kinds)).order_by("is_below", "pk")
    saves = Revision.objects.exclude(user=None).select_related("user")
    saves = saves.annotate(row=Subquery(versions.values("pk")[:1]))[:LATEST_SAVES]
    rows = Version.objects.prefetch_related("content_type", "object")
    by_pk = rows.in_bulk([save.row for save in saves])
    return [
        (save, version.object_repr, _history_address(request, version))
        for save in saves
        if (version := by_pk.get(save.row))
    ]


def _history_address(request: HttpRequest, version: Version) -> str:
    model = version.content_type.model_class()
    screen = admin.site.get_model_admin(model) if admin.site.is_registered(model) else None
    if screen and version.object:
        return admin_address(model, "history", version.object_id)
    may_recover = screen and screen.has_add_permission(request)
    return admin_address(model, "recoverlist") if may_recover else ""


def search_tables(request: HttpRequest, words: str) -> list[tuple[str, list[tuple[Any, str]], str]]:
    """Return the first rows of each table that hold all the words, and the address of its list."""
    results = []
    for screen, rows in content_tables(request):
        rows, may_repeat = screen.get_search_results(request, rows, words)
        first = list((rows.distinct() if may_repeat else rows)[:ROWS_A_TABLE])
        if first:
            links = [(row, admin_address(screen.model, "change", row.pk)) for row in first]
            every = admin_address(screen.model, "changelist")
            results.append((str(screen.opts.verbose_name_plural), links, every))
    return results


def content_tables(request: HttpRequest) -> Iterator[tuple[ContentAdmin, Any]]:
    """Return each table of content that the account may see, as its admin and its rows."""
    for model in filter(admin.site.is_registered, content_models()):
        screen = admin.site.get_model_admin(model)
        if isinstance(screen, ContentAdmin) and screen.has_view_permission(request):
            yield screen, model._default_manager.select_related(*foreign_keys(model))
