"""Save the form of a row as a proposal: checked like every form, with the live rows untouched.

The form is saved with its inlines, the differences are read, and the save is rolled back. To edit
a proposal further, the form is opened over it in the same way. What somebody else proposes
meanwhile stays, because the form sends what was proposed when it was opened.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib import messages
from django.contrib.admin.options import BaseModelAdmin
from django.contrib.auth import get_permission_codename
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from reversion import create_revision
from reversion.admin import VersionAdmin

from nutrients.models import OPEN, Proposal, ProposedRow
from nutrients.proposals.drafts import Draft, Rewritten, merge_drafts
from nutrients.proposals.rows import add_row, as_proposed, begin_proposal, key_of, values_of
from nutrisite.accounts.requests import is_key

from .differences import diff_values
from .guard import is_refused, refuse
from .screens import is_row_form, page_name, return_texts

# The button, and the field of the proposal that it adds to, which is empty for a new one.
PROPOSE, CHOSEN = "_propose", "proposal"
# The value of the button that proposes to delete the row.
DELETION = "delete"
# The hidden field with what the proposal had for the rows of a form when it was opened.
OPENED = "opened_proposal"
KEPT = "Kept in “{}”. Readers see nothing of it yet."
REWRITTEN = (
    "Not kept yet, because somebody proposed other words for what you changed: see above. The form "
    "holds what you typed. If that is to take the place of theirs, save it again."
)
CLOSED = (
    "Not kept, because “{}” is “{}” by now. Copy what you want to keep of what you typed, and "
    "write it into another proposal."
)


class ProposedError(Exception):
    """Raised within the transaction of a form that is proposed, to roll back what it saved."""

    def __init__(self, drafts: list[Draft]) -> None:
        super().__init__("What was saved is proposed.")
        self.drafts = drafts


def is_proposing(request: HttpRequest) -> bool:
    """Whether the form of a row is sent to be proposed. Restoring a version cannot be."""
    return request.method == "POST" and PROPOSE in request.POST and is_row_form(request)


def may_propose(request: HttpRequest) -> bool:
    """Whether the account may fill in this form, if only to propose it."""
    is_harmless = request.method == "GET" or is_proposing(request)
    return is_harmless and is_row_form(request) and request.user.has_perm("nutrients.add_proposal")


class ProposingRights(BaseModelAdmin):
    """Gives accounts that may propose but not publish editable forms."""

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        """Let a list link to the form too."""
        is_list = page_name(request).endswith("_changelist")
        may_add = is_list and request.user.has_perm("nutrients.add_proposal")
        return super().has_add_permission(request, *args) or may_add or may_propose(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) or may_propose(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) or may_propose(request)


class ProposingMixin(ProposingRights, VersionAdmin):
    """Adds a button to the form of a row that saves it as a proposal."""

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: Any = None,
    ) -> HttpResponse:
        """Show the form, over its proposal if it has one, or save it as a proposal."""
        proposal = _chosen_proposal(request)
        args = (request, object_id, form_url, extra_context)
        if proposal is None and not is_proposing(request):
            return super().changeform_view(*args)
        if not request.user.has_perm("nutrients.add_proposal"):
            raise PermissionDenied
        if proposal and proposal.state not in OPEN:
            if request.method == "GET":
                return redirect(proposal)
            sentence = CLOSED.format(proposal, proposal.get_state_display())
            return return_texts(request, sentence, proposal.get_absolute_url())
        try:
            with as_proposed(proposal) as overlays:
                return self._show_or_propose(*args)
        except ProposedError as error:
            drafts = error.drafts
        chosen = proposal or begin_proposal(str(drafts[0][0]), by=request.user)
        opened = _opened(request)
        if rewritten := merge_drafts(chosen, drafts, overlays, opened, by=request.user):
            refuse(request, REWRITTEN)
            context = (extra_context or {}) | _describe_rewritten(rewritten, opened)
            return self.changeform_view(request, object_id, form_url, context)
        return _redirect(request, chosen, is_new=proposal is None)

    def _show_or_propose(self, request: Any, object_id: str | None, *args: Any) -> HttpResponse:
        """Return the form as it is with the proposal, or raise ProposedError if it is valid."""
        is_deletion = request.POST.get(PROPOSE) == DELETION and not is_refused(request)
        if is_deletion and (row := self.get_object(request, object_id)):
            raise ProposedError([(row, None)])
        with create_revision():
            response = super().changeform_view(request, object_id, *args)
        if hasattr(response, "render"):
            response.render()
        return response

    def save_related(self, request: Any, form: Any, formsets: Any, change: bool) -> None:
        """Read all that a proposed form saved, then raise ProposedError to roll it back."""
        super().save_related(request, form, formsets, change)
        if is_proposing(request):
            note = getattr(form, "note", None)
            rows, deleted = [form.instance, *([note] if note else [])], []
            for formset in formsets:
                rows += [*(row for row, _ in formset.changed_objects), *formset.new_objects]
                deleted += formset.deleted_objects
            drafts: list[Draft] = [(row, values_of(row)) for row in rows]
            raise ProposedError(drafts + [(row, None) for row in deleted])

    def render_change_form(self, request: HttpRequest, context: Any, **options: Any) -> Any:
        """Add the button, and the open proposals that change this row."""
        if is_row_form(request) and request.user.has_perm("nutrients.add_proposal"):
            chosen, obj = _chosen_proposal(request), options.get("obj")
            context |= {
                "may_propose": True,
                "chosen": chosen,
                "open_proposals": [] if chosen else Proposal.objects.filter(state__in=OPEN),
                "proposed_in": open_proposals_for(obj, exclude=chosen) if obj else [],
            }
            if chosen and obj:
                sent = request.POST.get(OPENED, "")
                if request.method == "GET":
                    rows = rows_for(obj).filter(proposal=chosen)
                    values = {str(row.pk): row.values for row in rows}
                    sent = signing.dumps(values, compress=True)
                context.setdefault("proposed_then", (OPENED, sent))
            right = get_permission_codename("change" if obj else "add", self.opts)
            if chosen or not request.user.has_perm(f"{self.opts.app_label}.{right}"):
                hidden = ("save", "save_and_continue", "save_and_add_another", "close", "delete")
                context |= {f"show_{name}": False for name in hidden}
        return super().render_change_form(request, context, **options)


def rows_for(row: Any) -> QuerySet[ProposedRow]:
    """Return the proposed rows that change a row or one of the rows in its form."""
    label, key = row._meta.label_lower, key_of(row)
    return ProposedRow.objects.filter(Q(model=label, natural_key=key) | Q(under=f"{label} {key}"))


def open_proposals_for(row: Any, *, exclude: Proposal | None) -> list[Proposal]:
    """Return the open proposals that change a row or one of the rows in its form."""
    proposals = Proposal.objects.filter(state__in=OPEN, rows__in=rows_for(row))
    proposals = proposals.select_related("author").distinct()
    return [proposal for proposal in proposals if proposal != exclude]


def _opened(request: HttpRequest) -> dict[str, Any]:
    """Return the values that were proposed when the form was opened, by the key of their row."""
    try:
        values: dict[str, Any] = signing.loads(request.POST.get(OPENED, ""))
    except signing.BadSignature:
        return {}
    return values


def _describe_rewritten(rewritten: list[Rewritten], opened: dict[str, Any]) -> dict[str, Any]:
    """Return the context of a form that lists what others changed and replaces it once sent."""
    described = []
    for proposed, theirs in rewritten:
        base = opened.get(str(proposed.pk), {})
        changes = diff_values(proposed.table, proposed.before | base, theirs)
        described.append((proposed, list(changes)))
        opened[str(proposed.pk)] = base | theirs
    sent = signing.dumps(opened, compress=True)
    return {"rewritten": described, "proposed_then": (OPENED, sent)}


def _chosen_proposal(request: HttpRequest) -> Proposal | None:
    """Return the proposal that a form is opened over or added to, locked if the form is sent.

    The select beside the button is sent with *Save* too, which ignores it.
    """
    proposals, keys = Proposal.objects.all(), request.GET.getlist(CHOSEN)
    if is_proposing(request):
        proposals, keys = proposals.select_for_update(), keys + request.POST.getlist(CHOSEN)
    key = next(filter(is_key, keys), None)
    if key is None or not is_row_form(request):
        return None
    return get_object_or_404(proposals, pk=key)


def propose_changes(
    request: Any, title: str, changes: Iterable[tuple[Any, Mapping[str, Any] | None]]
) -> HttpResponse:
    """Put changes of rows, or new rows of models, into a new proposal and redirect there.

    The values of a row to delete are None. Call it within a transaction.
    """
    proposal = begin_proposal(title, by=request.user)
    for row, values in changes:
        add_row(proposal, row, values, by=request.user)
    return _redirect(request, proposal, is_new=True)


def _redirect(request: HttpRequest, proposal: Proposal, *, is_new: bool) -> HttpResponse:
    """Redirect to the proposal, or delete a new one that changes nothing and redirect back."""
    if is_new and not proposal.rows.exists():
        proposal.delete()
        messages.warning(request, "Readers see all of this already.")
        return redirect(request.get_full_path())
    messages.success(request, KEPT.format(proposal))
    return redirect(proposal)
