"""Saving a form as a proposal: checked as ever, kept aside, and the live rows untouched.

The form is saved with its inlines, what differs is read, and the save is undone. A form that goes
on with a proposal is opened over it in the same way.
"""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from django.contrib import messages
from django.contrib.auth import get_permission_codename
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from reversion import create_revision
from reversion.admin import VersionAdmin

from nutrients.models import OPEN, Proposal, ProposedRow
from nutrients.proposals import Laid, add_row, begin, key_in, key_of, lay_over, values_of
from nutrisite.accounts.admin_site import is_key
from nutrisite.accounts.kept_forms import is_form

# The button, with what it proposes, and the proposal that it adds to; empty for a new one.
PROPOSE, CHOSEN = "_propose", "proposal"
DELETION = "delete"
KEPT = "Kept in “{}”. Readers see nothing of it yet."


class Drafted(NamedTuple):
    """A row as the form would have it; without values it would go."""

    model: Any
    pk: Any
    key: str
    title: str
    after: dict[str, Any] | None


class ProposedError(Exception):
    """Raised within the transaction of a form that is to be proposed, to undo what it saved."""

    def __init__(self, rows: list[Drafted]) -> None:
        super().__init__("What was saved is proposed.")
        self.rows = rows


def is_proposing(request: HttpRequest) -> bool:
    """Whether a form is sent to be proposed. An earlier version is brought back at once."""
    return request.method == "POST" and PROPOSE in request.POST and is_form(request)


def may_propose(request: HttpRequest) -> bool:
    """Whether the account may write in this form, if only to propose what it writes."""
    is_harmless = request.method == "GET" or is_proposing(request)
    return is_harmless and is_form(request) and request.user.has_perm("nutrients.add_proposal")


class ProposingRights:
    """Opens forms for writing to accounts that may propose and not publish."""

    def has_add_permission(self: Any, request: HttpRequest, *args: Any) -> bool:
        return super().has_add_permission(request, *args) or may_propose(request)  # type: ignore[misc]

    def has_change_permission(self: Any, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) or may_propose(request)  # type: ignore[misc]

    def has_delete_permission(self: Any, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) or may_propose(request)  # type: ignore[misc]


class ProposingMixin(ProposingRights, VersionAdmin):
    """Gives the form of a row a button that saves it as a proposal."""

    def changeform_view(
        self: Any,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: Any = None,
    ) -> HttpResponse:
        """The form; over a proposal where one is chosen, and kept in it where that is asked."""
        proposal = _chosen(request)
        args = (request, object_id, form_url, extra_context)
        if proposal is None and not is_proposing(request):
            return super().changeform_view(*args)
        if not request.user.has_perm("nutrients.add_proposal"):
            raise PermissionDenied
        laid: list[Laid] = []
        with transaction.atomic():
            try:
                with transaction.atomic():
                    laid = lay_over(proposal.rows.all()) if proposal else []
                    is_deletion = request.POST.get(PROPOSE) == DELETION
                    if is_deletion and (row := self.get_object(request, object_id)):
                        raise ProposedError([_drafted(row, None)])
                    with create_revision():
                        answer = super().changeform_view(*args)
                    if hasattr(answer, "render"):
                        answer.render()
                    transaction.set_rollback(True)
            except ProposedError as saved:
                # Still in the outer transaction, so that what differs is what this form changed.
                return self.keep_proposed(request, proposal, saved.rows, laid)
        return answer

    def save_related(self: Any, request: Any, form: Any, formsets: Any, change: bool) -> None:
        """Undo what a form saved that is to be proposed, with the rows as they were then."""
        super().save_related(request, form, formsets, change)
        if is_proposing(request):
            note = getattr(form, "note", None)
            rows, gone = [form.instance, *([note] if note else [])], []
            for one in formsets:
                rows += [*(row for row, _ in one.changed_objects), *one.new_objects]
                gone += one.deleted_objects
            kept = [_drafted(row, values_of(row)) for row in rows]
            raise ProposedError(kept + [_drafted(row, None) for row in gone])

    def keep_proposed(
        self: Any,
        request: HttpRequest,
        proposal: Proposal | None,
        drafted: list[Drafted],
        laid: list[Laid],
    ) -> HttpResponse:
        """Keep what differs in the proposal, or in a new one, and go there.

        The form's own row is the first.
        """
        known = {(type(one.row), one.row.pk): one.proposed for one in laid}
        kept = proposal or begin(drafted[0].title, by=request.user)
        under = f"{drafted[0].model._meta.label_lower} {drafted[0].key}"
        for number, one in enumerate(drafted):
            again = known.get((one.model, one.pk))
            _keep(kept, one, again, by=request.user, under=under if number else "")
        if proposal is None and not kept.rows.exists():
            kept.delete()
            self.message_user(request, "Readers see all of this already.", messages.WARNING)
            return redirect(request.get_full_path())
        self.message_user(request, KEPT.format(kept), messages.SUCCESS)
        return redirect(kept)

    def render_change_form(self: Any, request: HttpRequest, context: Any, **options: Any) -> Any:
        """Django's form, with the button, and the open proposals for this row."""
        if is_form(request) and request.user.has_perm("nutrients.add_proposal"):
            chosen, obj = _chosen(request), options.get("obj")
            context |= {
                "may_propose": True,
                "chosen": chosen,
                "open_proposals": [] if chosen else Proposal.objects.filter(state__in=OPEN),
                "proposed_in": proposals_for(obj, but=chosen),
            }
            right = get_permission_codename("change" if obj else "add", self.opts)
            if chosen or not request.user.has_perm(f"{self.opts.app_label}.{right}"):
                hidden = ("save", "save_and_continue", "save_and_add_another", "close", "delete")
                context |= {f"show_{name}": False for name in hidden}
        return super().render_change_form(request, context, **options)


def proposals_for(row: Any, *, but: Proposal | None) -> list[Proposal]:
    """The open proposals that change a row or one that its form shows."""
    if row is None:
        return []
    label, key = row._meta.label_lower, key_of(row)
    rows = ProposedRow.objects.filter(Q(model=label, natural_key=key) | Q(under=f"{label} {key}"))
    found = Proposal.objects.filter(state__in=OPEN, rows__in=rows).select_related("maker")
    return [one for one in found.distinct() if one != but]


def _chosen(request: HttpRequest) -> Proposal | None:
    """The open proposal that a form is over or is to be kept in."""
    given = request.GET.getlist(CHOSEN) + request.POST.getlist(CHOSEN)
    key = next((one for one in given if is_key(one)), None)
    if key is None or not is_form(request):
        return None
    return get_object_or_404(Proposal, pk=key, state__in=OPEN)


def _drafted(row: Any, after: dict[str, Any] | None) -> Drafted:
    return Drafted(type(row), row.pk, key_of(row), str(row), after)


def _keep(
    proposal: Proposal, one: Drafted, known: ProposedRow | None, *, by: Any, under: str
) -> None:
    """Keep one row against how readers have it; `known` is what the proposal says of it so far."""
    live = one.model._base_manager.filter(pk=one.pk).first()
    live = live or one.model.with_key(json.loads(one.key))
    if not live and one.after is None:
        if known:
            known.delete()
            proposal.write_again()
        return
    if known:
        # A new row may have been given another name since.
        known.natural_key = key_of(live) if live else key_in(one.model, one.after or {})
        known.save()
    add_row(proposal, live or one.model, one.after, by=by, title=one.title, under=under)
