"""The screens of proposals: their changes, their state and their release."""

import hashlib
import json
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, cast

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern
from django.utils import timezone

from nutrients.content.merging import RefusedError
from nutrients.models import OPEN, SIGNABLE, ChangeKind, Proposal, Role, State
from nutrients.proposals.pages import changing_pages
from nutrients.proposals.rows import (
    PREVIEW_KEYS_FROM,
    Conflict,
    conflicts,
    live_rows,
    proposal_digest,
    settle_conflict,
)
from nutrients.proposals.signing import (
    VALID_DAYS,
    add_sign_off,
    has_written,
    is_signable,
    make_link,
    missing_signatures,
    valid_sign_offs,
)
from nutrients.proposals.views import preview_page
from nutrisite.accounts.requests import is_key

from .content_forms import FIELD_OPTIONS, validate_to_come
from .differences import diff_values, format_value, make_change
from .guard import BrokenCase, guard_of
from .publishing import BY_NOW, obstacles, problems, publish_proposal, schedule_proposal
from .reviewing import REREAD, profession_of
from .screens import FixedRowsAdmin, admin_address, draw, get_row, locked_if_sent, row_paths
from .widgets import NamedDateTime

Button = Callable[[HttpRequest, Proposal], HttpResponse | None]
# The transitions with a button on the page of a proposal. Publishing has a separate page.
BUTTONS = {State.READY: "Ready to be read", State.WRITING: "Write on", State.DROPPED: "Drop it"}

REWRITTEN = (
    "Not saved yet, because somebody saved this after you opened it. It says now: “{}”, “{}”, owned"
    " by {}. Take over what is to stay, and save again."
)


class LinkForm(forms.Form):
    """Asks who will use a link. Only a person with a name and a profession can agree by it."""

    name = forms.CharField(label="First and last name", max_length=150, required=False)
    profession = forms.CharField(max_length=100, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if bool(cleaned.get("name")) != bool(cleaned.get("profession")):
            self.add_error(None, "Give a colleague’s name and profession, or neither.")
        return cleaned


class ProposalForm(forms.ModelForm):
    """A form that is refused once if somebody saved the proposal since it was opened.

    It sends a digest of the values that it was opened with.
    """

    digest = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.saved = [self.instance.title, self.instance.why, str(self.instance.owner)]
        text = json.dumps(self.saved)
        self.fields["digest"].initial = hashlib.sha256(text.encode()).hexdigest()

    def clean_digest(self) -> str:
        """Refuse an outdated digest, and send the new one back."""
        digest = str(self.fields["digest"].initial)
        if self.cleaned_data["digest"] != digest:
            self.data = cast(QueryDict, self.data).copy()
            self.data["digest"] = digest
            self.add_error(None, REWRITTEN.format(*self.saved))
        return digest


class MomentForm(forms.Form):
    moment = forms.SplitDateTimeField(
        label="Publish at", widget=NamedDateTime, validators=[validate_to_come]
    )


@admin.register(Proposal)
class ProposalAdmin(FixedRowsAdmin):
    """Proposals. They are created in the form of a row, and dropped instead of deleted."""

    change_form_template = "admin/nutrients/proposal.html"
    list_display = ("title", "state", "owner", "changed_at", "publish_at")
    list_filter = ("state", "owner")
    search_fields = ("title", "why", "rows__title")
    form = ProposalForm
    formfield_overrides: ClassVar[Any] = FIELD_OPTIONS
    fields = ("title", "why", "owner", "digest")

    def get_urls(self) -> list[URLPattern]:
        views = {
            "move": self.button(self.move),
            "take-out": self.button(self.take_out),
            "settle": self.button(self.settle),
            "link": self.button(self.link),
            "revoke": self.button(self.revoke),
            "sign": self.button(self.sign, permission="view"),
            "pages": self.pages_view,
            "publish": self.publish_view,
        }
        return row_paths(self, views) + super().get_urls()

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **options: Any
    ) -> HttpResponse:
        proposal, account = options["obj"], request.user
        is_open = proposal.state in OPEN
        may_sign = proposal.state in SIGNABLE and not has_written(proposal, account)
        sign_offs = valid_sign_offs(proposal)
        signed = {
            sign_off.role for sign_off in sign_offs if sign_off.account == account.get_username()
        }
        context |= {
            "rows": describe_rows(proposal),
            "is_open": is_open,
            "profession": profession_of(account),
            "roles": [role for role in roles_of(account) if may_sign and role not in signed],
            "digest": proposal_digest(proposal),
            "sign_offs": sign_offs,
            "missing": missing_signatures(proposal) if is_open else "",
            "links": proposal.links.prefetch_related("remarks"),
            "link_form": LinkForm(),
            "now": timezone.now(),
            "moves": [
                (state.value, label)
                for state, label in BUTTONS.items()
                if proposal.may_become(state) and self.has_change_permission(request, proposal)
            ],
        }
        return super().render_change_form(request, context, *args, **options)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save the fields of the form alone: a button may have changed the state meanwhile."""
        obj.save(update_fields=["title", "why", "owner", "changed_at"])

    def pages_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """List the public pages that change, or show the one that the query names."""
        proposal = get_row(self, request, pk)
        if request.GET.get("path"):
            return preview_page(request, proposal)
        pages = changing_pages(proposal, at=timezone.now(), recheck=True)
        return draw(
            request,
            self,
            "proposal_pages.html",
            title=f"Pages that change: {proposal}",
            original=proposal,
            pages=pages,
        )

    def button(self, change: Button, permission: str = "change") -> Any:
        """Return the view of a button, which locks the proposal and checks permissions.

        A link to it, which follows a sign-in, leads to the page of the proposal.
        """
        is_allowed = getattr(self, f"has_{permission}_permission")

        @locked_if_sent
        def view(request: HttpRequest, pk: int) -> HttpResponse:
            if request.method != "POST":
                return redirect("admin:nutrients_proposal_change", pk)
            proposal = get_object_or_404(Proposal.objects.select_for_update(), pk=pk)
            if not is_allowed(request, proposal):
                raise PermissionDenied
            return change(request, proposal) or redirect(proposal)

        return view

    def sign(self, request: HttpRequest, proposal: Proposal) -> None:
        """Sign the words of the page, in a role of the account."""
        account: Any = request.user
        role = request.POST.get("role")
        if role not in roles_of(account) or has_written(proposal, account):
            raise PermissionDenied
        if not is_signable(proposal, request.POST.get("digest")):
            self.message_user(request, REREAD, messages.WARNING)
            return
        role = Role(role)
        add_sign_off(
            proposal,
            role,
            name=account.get_full_name() or account.get_username(),
            profession=profession_of(account) if role == Role.CLINICIAN else str(role.label),
            account=account.get_username(),
            at=timezone.now(),
        )
        self.message_user(request, f"You signed “{proposal}”.", messages.SUCCESS)

    def link(self, request: HttpRequest, proposal: Proposal) -> None:
        """Make a link, and a code for a named colleague. The message shows both this once."""
        account: Any = request.user
        form = LinkForm(request.POST)
        if not form.is_valid():
            for errors in form.errors.values():
                self.message_user(request, " ".join(map(str, errors)), messages.ERROR)
            return
        name = form.cleaned_data["name"]
        may_vouch = account.has_perm("nutrients.name_colleague")
        if name and (not may_vouch or has_written(proposal, account)):
            raise PermissionDenied
        address, code = make_link(proposal, by=account, at=timezone.now(), **form.cleaned_data)
        message = f"The link works for {VALID_DAYS} days: {address}"
        if code:
            message += f" Tell {name} this code by another way, such as by telephone: {code}"
        self.message_user(request, message, messages.SUCCESS)

    def revoke(self, request: HttpRequest, proposal: Proposal) -> None:
        links = proposal.links.filter(pk=_posted_key(request, "link"), revoked_at=None)
        if links.update(revoked_at=timezone.now()):
            self.message_user(request, "The link is closed.", messages.SUCCESS)

    def move(self, request: HttpRequest, proposal: Proposal) -> None:
        """Change the state of a proposal, which has no problems when it becomes ready."""
        state = request.POST.get("state", "")
        if state not in BUTTONS or not proposal.may_become(State(state)):
            errors = [BY_NOW.format(proposal.get_state_display())]
        else:
            errors = problems(proposal) if state == State.READY else []
        if not errors:
            proposal.state, proposal.publish_at = state, None
            proposal.save()
            self.message_user(request, f"{proposal}: {State(state).label}.", messages.SUCCESS)
        for error in errors:
            self.message_user(request, error, messages.ERROR)

    def take_out(self, request: HttpRequest, proposal: Proposal) -> None:
        row = get_object_or_404(proposal.rows, pk=_posted_key(request, "row"))
        if proposal.state in OPEN:
            row.delete()
            proposal.write_again()
            self.message_user(request, f"Taken out: {row}.", messages.SUCCESS)

    def settle(self, request: HttpRequest, proposal: Proposal) -> HttpResponse:
        """Settle a field that was changed on the site since the proposal was written."""
        chosen, keep = request.POST.get("conflict", ""), "keep" in request.POST
        for conflict in conflicts(proposal.rows.all()) if proposal.state in OPEN else ():
            if chosen == conflict.id:
                settle_conflict(conflict, keep=keep)
                if not keep:
                    proposal.write_again()
        return redirect("admin:nutrients_proposal_publish", proposal.pk)

    def publish_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show the problems of a proposal; if it has none, publish it now or schedule it."""
        proposal = get_object_or_404(Proposal, pk=pk)
        if not request.user.has_perm("nutrients.publish_proposal"):
            raise PermissionDenied
        is_sent = request.method == "POST"
        digest = request.POST.get("digest") if is_sent else proposal_digest(proposal)
        unsettled, errors = conflicts(proposal.rows.all()), obstacles(proposal)
        form = MomentForm(request.POST if "later" in request.POST else None)
        is_clear = proposal.state in OPEN and not (unsettled or errors)

        def show(broken: Sequence[BrokenCase] = ()) -> HttpResponse:
            return draw(
                request,
                self,
                "proposal_publish.html",
                title=f"Publish {proposal}",
                original=proposal,
                conflicts=[describe_conflict(conflict) for conflict in unsettled],
                problems=errors,
                is_clear=is_clear,
                form=form,
                digest=digest,
                broken_cases=broken,
            )

        if not is_sent or not is_clear or (form.is_bound and not form.is_valid()):
            return show()
        guard = guard_of(request)

        def change() -> HttpResponse:
            if form.is_bound:
                schedule_proposal(guard, proposal, form.cleaned_data["moment"])
            else:
                publish_proposal(guard, proposal)
            # A colleague may have written in it since it was opened, or while the test book ran.
            if proposal_digest(proposal) != digest:
                raise RefusedError(REREAD)
            self.message_user(request, f"{proposal}: {proposal.state_label}.", messages.SUCCESS)
            return redirect(proposal)

        try:
            return guard.save(change, show)
        except RefusedError as error:
            self.message_user(request, str(error), messages.ERROR)
            return redirect(request.path)


def _posted_key(request: HttpRequest, name: str) -> int:
    """Return the primary key that a button sends, or 0, which no row has."""
    text = request.POST.get(name, "")
    return int(text) if is_key(text) else 0


def roles_of(account: Any) -> list[Role]:
    """Return the roles in which an account may sign; a clinician needs a profession to show."""
    return [
        role
        for role in Role
        if account.has_perm(f"nutrients.sign_as_{role.value}")
        and (role != Role.CLINICIAN or profession_of(account))
    ]


def describe_rows(proposal: Proposal) -> list[dict[str, Any]]:
    """Return the rows of a proposal, each with its changes and the address of the form to write on.

    A few queries a table. A row below another is written in the form of that one. A proposal that
    takes no more changes has no forms, nor has a row that was deleted on the site.
    """
    rows = list(proposal.rows.all())
    live = live_rows(rows)
    forms = {}
    for row in rows if proposal.state in OPEN else ():
        if row not in live and row.kind != ChangeKind.ADD:
            continue
        pk = live[row].pk if row in live else PREVIEW_KEYS_FROM + row.pk
        address = f"{admin_address(row.table, 'change', pk)}?proposal={proposal.pk}"
        forms[f"{row.model} {row.natural_key}"] = address
    return [
        {
            "proposed": row,
            "table": row.table._meta.verbose_name,
            "address": forms.get(row.under) or forms.get(f"{row.model} {row.natural_key}"),
            "changes": list(diff_values(row.table, row.before, row.values)),
        }
        for row in rows
    ]


def describe_conflict(conflict: Conflict) -> dict[str, Any]:
    """Return a conflict with what was changed on the site and what is proposed."""
    proposed, name = conflict.proposed, conflict.name
    result: dict[str, Any] = {"conflict": conflict}
    if name:
        field = proposed.table._meta.get_field(name)
        before = format_value(field, proposed.before.get(name))
        result["theirs"] = make_change(field, before, format_value(field, conflict.live[name]))
        if proposed.values:
            result["yours"] = make_change(field, before, format_value(field, proposed.values[name]))
    return result
