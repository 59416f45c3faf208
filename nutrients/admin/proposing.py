"""Saving a form as a proposal: checked as ever, kept aside, and the live rows untouched.

The form is saved with its inlines, what differs is read, and the save is undone. A form that goes
on with a proposal is opened over it in the same way.
"""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from reversion import create_revision
from reversion.admin import VersionAdmin

from nutrients.models import OPEN, Proposal, ProposedRow
from nutrients.proposals import Laid, begin, lay_over, store, values_of
from nutrisite.accounts.admin_site import is_key

# The button, with what it proposes, and the proposal that it adds to; empty for a new one.
PROPOSE, CHOSEN = "_propose", "proposal"
DELETION = "delete"


class Drafted(NamedTuple):
    """A row as the form would have it; without values it would go."""

    model: Any
    pk: Any
    key: list[str]
    title: str
    after: dict[str, Any] | None


def is_proposing(request: HttpRequest) -> bool:
    """Whether a form is sent to be proposed. An earlier version is brought back at once."""
    return request.method == "POST" and PROPOSE in request.POST and _is_of_one_row(request)


def _is_of_one_row(request: HttpRequest) -> bool:
    match = request.resolver_match
    return bool(match and (match.url_name or "").endswith(("_add", "_change")))


def may_propose(request: HttpRequest) -> bool:
    """Whether the account may write in this form, if only to propose what it writes."""
    is_harmless = request.method == "GET" or is_proposing(request)
    return (
        is_harmless and _is_of_one_row(request) and request.user.has_perm("nutrients.add_proposal")
    )


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
        with transaction.atomic():
            with transaction.atomic():
                laid = lay_over(proposal.rows.all()) if proposal else []
                if request.POST.get(PROPOSE) == DELETION:
                    row = self.get_object(request, object_id)
                    answer, drafted = redirect(request.path), [_gone(row)] if row else []
                else:
                    with create_revision():
                        answer = super().changeform_view(*args)
                    drafted = _drafted(request)
                if hasattr(answer, "render"):
                    answer.render()
                transaction.set_rollback(True)
            # Still in the outer transaction, so that what differs is what this form changed.
            if drafted:
                return self.keep_proposed(request, proposal, drafted, laid)
        return answer

    def keep_proposed(
        self: Any,
        request: HttpRequest,
        proposal: Proposal | None,
        drafted: list[Drafted],
        laid: list[Laid],
    ) -> HttpResponse:
        """Keep what differs in the proposal, or in a new one, and go there."""
        known = {(type(one.row), one.row.pk): one.proposed for one in laid}
        kept = proposal or begin(drafted[0].title, by=request.user)
        under = f"{drafted[0].model._meta.label_lower} {json.dumps(drafted[0].key)}"
        for number, one in enumerate(drafted):
            again = known.get((one.model, one.pk))
            _keep(kept, one, again, by=request.user, under=under if number else "")
        if proposal is None and not kept.rows.exists():
            kept.delete()
            self.message_user(request, "Readers see all of this already.", messages.WARNING)
            return redirect(request.get_full_path())
        words = f"Kept in “{kept}”. Readers see nothing of it yet."
        self.message_user(request, words, messages.SUCCESS)
        return redirect(kept)

    def proposes(self, request: HttpRequest) -> bool:
        """Whether the form is sent by the button that this adds."""
        return is_proposing(request)

    def save_related(self: Any, request: Any, form: Any, formsets: Any, change: bool) -> None:
        """Note what a form saved that is to be proposed."""
        super().save_related(request, form, formsets, change)
        if is_proposing(request):
            request.proposed = (form, formsets)

    def log_addition(self: Any, request: HttpRequest, obj: Any, message: Any) -> Any:
        if is_proposing(request):
            return None
        return super().log_addition(request, obj, message)

    def log_change(self: Any, request: HttpRequest, obj: Any, message: Any) -> Any:
        if is_proposing(request):
            return None
        return super().log_change(request, obj, message)

    def response_add(self: Any, request: HttpRequest, obj: Any, *args: Any) -> HttpResponse:
        if is_proposing(request):
            return HttpResponse()
        return super().response_add(request, obj, *args)

    def response_change(self: Any, request: HttpRequest, obj: Any) -> HttpResponse:
        if is_proposing(request):
            return HttpResponse()
        return super().response_change(request, obj)

    def render_change_form(self: Any, request: HttpRequest, context: Any, **options: Any) -> Any:
        """Django's form, with the button, and the open proposals for this row."""
        if _is_of_one_row(request) and request.user.has_perm("nutrients.add_proposal"):
            chosen = _chosen(request)
            context["may_propose"] = True
            context["chosen"] = chosen
            context["open_proposals"] = [] if chosen else Proposal.objects.filter(state__in=OPEN)
            context["proposed_in"] = proposals_for(options.get("obj"), but=chosen)
            rights: Any = super(ProposingRights, self)
            obj = options.get("obj")
            publishes = (
                rights.has_change_permission(request, obj)
                if obj
                else rights.has_add_permission(request)
            )
            if chosen or not publishes:
                hidden = ("save", "save_and_continue", "save_and_add_another", "close", "delete")
                context |= {f"show_{name}": False for name in hidden}
        return super().render_change_form(request, context, **options)


def proposals_for(row: Any, *, but: Proposal | None) -> list[Proposal]:
    """The open proposals that change a row or one that its form shows."""
    if row is None:
        return []
    label = row._meta.label_lower
    key = json.dumps([str(part) for part in row.natural_key()])
    rows = ProposedRow.objects.filter(Q(model=label, natural_key=key) | Q(under=f"{label} {key}"))
    found = Proposal.objects.filter(state__in=OPEN, rows__in=rows).select_related("maker")
    return [one for one in found.distinct() if one != but]


def _chosen(request: HttpRequest) -> Proposal | None:
    """The open proposal that a form is over or is to be kept in."""
    given = request.GET.getlist(CHOSEN) + request.POST.getlist(CHOSEN)
    key = next((one for one in given if is_key(one)), None)
    if key is None or not _is_of_one_row(request):
        return None
    return get_object_or_404(Proposal, pk=key, state__in=OPEN)


def _drafted(request: Any) -> list[Drafted]:
    """The rows that a form saved, as they are now; the form's own row is the first."""
    form, formsets = getattr(request, "proposed", (None, ()))
    if form is None:
        return []
    note = getattr(form, "note", None)
    rows, gone = [form.instance, *([note] if note else [])], []
    for one in formsets:
        rows += [*(row for row, _ in one.changed_objects), *one.new_objects]
        gone += one.deleted_objects
    kept = [Drafted(type(row), row.pk, _key(row), str(row), values_of(row)) for row in rows]
    return kept + [_gone(row) for row in gone]


def _gone(row: Any) -> Drafted:
    return Drafted(type(row), row.pk, _key(row), str(row), None)


def _key(row: Any) -> list[str]:
    return [str(part) for part in row.natural_key()]


def _keep(
    proposal: Proposal, one: Drafted, known: ProposedRow | None, *, by: Any, under: str
) -> None:
    """Keep one row against how readers have it; `known` is what the proposal says of it so far."""
    live = one.model._base_manager.filter(pk=one.pk).first()
    key = _key(live) if live else one.key
    if known:
        # A new row may have been given another name since.
        known.natural_key = json.dumps(key)
        known.save()
    label = one.model._meta.label_lower
    live = live or ProposedRow(model=label, natural_key=json.dumps(key)).live_row()
    values = values_of(live) if live else {}
    store(proposal, one.model, key, values, one.after, by=by, title=one.title, under=under)
