"""The screens of proposals: what each would change, and how far it has come."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST

from nutrients.models import OPEN, ChangeKind, Proposal, ProposedRow, State
from nutrients.proposals import live_rows
from nutrients.proposals.rows import SHOWN_FROM

from .guard import GuardedAdmin
from .history import Change, as_change, text_of


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A proposed row as its screen lists it: how it differs, and where it is written."""

    proposed: ProposedRow
    kind: str
    address: str
    changes: list[Change]

    @property
    def table(self) -> str:
        return str(self.proposed.table._meta.verbose_name)


def shown_rows(proposal: Proposal) -> list[ShownRow]:
    """The rows of a proposal, each with its changes. A few queries a table."""
    rows = list(proposal.rows.all())
    live = live_rows(rows)
    places = {
        f"{one.model} {one.natural_key}": _address(one, live[one][0].pk if one in live else None)
        for one in rows
    }
    return [
        ShownRow(
            one,
            ChangeKind(one.kind).label,
            "" if one.kind == ChangeKind.DELETE else _form_of(one, places),
            list(changes_of(one)),
        )
        for one in rows
    ]


def _form_of(one: ProposedRow, places: dict[str, str]) -> str:
    own = places[f"{one.model} {one.natural_key}"]
    return places.get(one.under, own)


def _address(one: ProposedRow, pk: Any) -> str:
    """The form of a row, over the proposal."""
    name = f"admin:{one.model.replace('.', '_')}_change"
    address = reverse(name, args=[pk or SHOWN_FROM + one.pk])
    return f"{address}?proposal={one.proposal_id}"


def changes_of(one: ProposedRow) -> Iterator[Change]:
    """How a proposed row differs from the live one that it was written over, field by field."""
    for name, value in one.values.items():
        field = one.table._meta.get_field(name)
        before = text_of(field, one.before.get(name))
        if field.editable and before != (after := text_of(field, value)):
            yield as_change(field, before, after)


@admin.register(Proposal)
class ProposalAdmin(GuardedAdmin, admin.ModelAdmin):
    """Proposals, which are begun in the form of a row."""

    change_form_template = "admin/nutrients/proposal.html"
    list_display = ("title", "state", "row_total", "owner", "changed_at", "publish_at")
    list_filter = ("state", "owner")
    list_select_related = ("owner",)
    search_fields = ("title", "why", "rows__title")
    fields = ("title", "why", "owner")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).annotate(row_count=Count("rows"))

    @admin.display(description="Rows", ordering="row_count")
    def row_total(self, obj: Any) -> int:
        return obj.row_count

    def has_add_permission(self, request: HttpRequest) -> bool:
        """A proposal begins with a change of a row."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A proposal is dropped, and its history stays."""
        return False

    def get_urls(self) -> list[URLPattern]:
        views = {"move": self.move_view, "take-out": self.take_out_view}
        return [
            path(
                f"<int:pk>/{name}/",
                self.admin_site.admin_view(require_POST(view)),
                name=f"nutrients_proposal_{name}",
            )
            for name, view in views.items()
        ] + super().get_urls()

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **options: Any
    ) -> HttpResponse:
        """The proposal with all that it changes."""
        proposal = options.get("obj")
        if proposal:
            context["rows"] = shown_rows(proposal)
            context["moves"] = [
                (state.value, words) for state, words in MOVES_HERE if proposal.may_become(state)
            ]
        return super().render_change_form(request, context, *args, **options)

    def proposal(self, request: HttpRequest, pk: int) -> Proposal:
        """The proposal, locked, for an account that may change it."""
        proposal = get_object_or_404(Proposal.objects.select_for_update(), pk=pk)
        if not self.has_change_permission(request, proposal):
            raise PermissionDenied
        return proposal

    def move_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Take a proposal on, or back."""
        with transaction.atomic():
            proposal = self.proposal(request, pk)
            wish = request.POST.get("state", "")
            if wish in dict(MOVES_HERE) and proposal.may_become(State(wish)):
                proposal.state = wish
                proposal.publish_at = None
                proposal.save()
                self.message_user(request, f"{proposal}: {State(wish).label}.", messages.SUCCESS)
        return redirect(proposal)

    def take_out_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Take one row out of a proposal."""
        with transaction.atomic():
            proposal = self.proposal(request, pk)
            row = get_object_or_404(proposal.rows, pk=request.POST.get("row"))
            if proposal.state in OPEN:
                row.delete()
                proposal.write_again()
                self.message_user(request, f"Taken out: {row}.", messages.SUCCESS)
        return redirect(proposal)


# The moves that are a button; publishing has a page of its own.
MOVES_HERE: Iterable[tuple[State, str]] = (
    (State.READY, "Ready to be read"),
    (State.WRITING, "Write on"),
    (State.DROPPED, "Drop it"),
)
