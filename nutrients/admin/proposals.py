"""The screens of proposals: what each would change, and how far it has come."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.http import require_POST

from nutrients.content.applying import RefusedError
from nutrients.models import OPEN, SIGNABLE, Proposal, Role, State
from nutrients.proposals import live_rows
from nutrients.proposals.links import DAYS, make_link
from nutrients.proposals.pages import changing_pages
from nutrients.proposals.rows import SHOWN_FROM, Conflict, conflicts, digest, settle
from nutrients.proposals.signing import fitting, has_written, keep_sign_off, lacking
from nutrients.proposals.views import shown_page
from nutrisite.accounts.admin_site import KeptRowsAdmin, change_address, is_key

from .content_forms import FURTHEST
from .guard import BrokenCase, GuardedAdmin, guarded, shown_cases
from .history import as_change, changes_between, text_of
from .publishing import problems, publish, schedule
from .reviewing import profession_of
from .widgets import NamedDateTime


def shown_rows(proposal: Proposal) -> list[dict[str, Any]]:
    """The rows of a proposal, each with its changes and the form in which it is written.

    A few queries a table.
    """
    rows = list(proposal.rows.all())
    live = live_rows(rows)
    keys = {one: live[one][0].pk if one in live else SHOWN_FROM + one.pk for one in rows}
    forms = {
        f"{one.model} {one.natural_key}": f"{change_address(one.model, pk)}?proposal={proposal.pk}"
        for one, pk in keys.items()
    }
    return [
        {
            "proposed": one,
            "kind": one.get_kind_display(),
            "table": one.table._meta.verbose_name,
            "address": forms.get(one.under) or forms[f"{one.model} {one.natural_key}"],
            "changes": list(changes_between(one.table, one.before, one.values)),
        }
        for one in rows
    ]


@admin.register(Proposal)
class ProposalAdmin(GuardedAdmin, KeptRowsAdmin):
    """Proposals, which are begun in the form of a row, and dropped and not deleted."""

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

    def get_urls(self) -> list[URLPattern]:
        views = {
            "move": self.changing(self.move),
            "take-out": self.changing(self.take_out),
            "settle": self.changing(self.settle),
            "link": self.changing(self.link),
            "revoke": self.changing(self.revoke),
            "sign": require_POST(self.sign_view),
            "pages": self.pages_view,
            "publish": self.publish_view,
        }
        wrap, name = self.admin_site.admin_view, "nutrients_proposal"
        own = [
            path(f"<int:pk>/{each}/", wrap(view), name=f"{name}_{each}")
            for each, view in views.items()
        ]
        return own + super().get_urls()

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **options: Any
    ) -> HttpResponse:
        proposal, account = options["obj"], request.user
        is_open = proposal.state in OPEN
        may_sign = proposal.state in SIGNABLE and not has_written(proposal, account)
        context |= {
            "rows": shown_rows(proposal),
            "is_open": is_open,
            "roles": roles_of(account) if may_sign else [],
            "words": digest(proposal),
            "signed": fitting(proposal),
            "lacking": lacking(proposal) if is_open else [],
            "links": proposal.links.prefetch_related("remarks"),
            "link_form": LinkForm(),
            "now": timezone.now(),
            "moves": [
                (state.value, words) for state, words in MOVES_HERE if proposal.may_become(state)
            ],
        }
        return super().render_change_form(request, context, *args, **options)

    def pages_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The public pages that change, or one of them as the address asks."""
        proposal = get_object_or_404(Proposal, pk=pk)
        if not self.has_view_permission(request, proposal):
            raise PermissionDenied
        if request.GET.get("path"):
            return shown_page(request, proposal)
        context = self.admin_site.each_context(request) | {
            "title": f"Pages that change: {proposal}",
            "opts": self.opts,
            "original": proposal,
            "pages": changing_pages(proposal, at=timezone.now(), recheck=True),
        }
        return TemplateResponse(request, "admin/nutrients/proposal_pages.html", context)

    def sign_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Agree to the words that were shown; those who wrote any of them cannot."""
        account: Any = request.user
        with transaction.atomic():
            proposal = get_object_or_404(Proposal.objects.select_for_update(), pk=pk)
            role = next((one for one in roles_of(account) if one == request.POST.get("role")), None)
            if role is None or has_written(proposal, account):
                raise PermissionDenied
            if request.POST.get("words") != digest(proposal) or proposal.state not in SIGNABLE:
                words = "The words have changed: read them again."
                self.message_user(request, words, messages.WARNING)
                return redirect(proposal)
            keep_sign_off(
                proposal,
                role,
                name=account.get_full_name() or account.get_username(),
                profession=profession_of(account) if role == Role.CLINICIAN else str(role.label),
                account=account.get_username(),
                at=timezone.now(),
            )
        self.message_user(request, f"You signed “{proposal}”.", messages.SUCCESS)
        return redirect(proposal)

    def changing(self, change: Callable[[HttpRequest, Proposal], HttpResponse | None]) -> Any:
        """The view of a button that changes a proposal, which is locked, if the account may."""

        @require_POST
        @transaction.atomic
        def view(request: HttpRequest, pk: int) -> HttpResponse:
            proposal = get_object_or_404(Proposal.objects.select_for_update(), pk=pk)
            if not self.has_change_permission(request, proposal):
                raise PermissionDenied
            return change(request, proposal) or redirect(proposal)

        return view

    def link(self, request: HttpRequest, proposal: Proposal) -> None:
        """Make a link, and for a named colleague a code; both are shown this once."""
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
        words = f"The link works for {DAYS} days: {address}"
        if code:
            words += f" Tell {name} this code by another way, such as by telephone: {code}"
        self.message_user(request, words, messages.SUCCESS)

    def revoke(self, request: HttpRequest, proposal: Proposal) -> None:
        links = proposal.links.filter(pk=_sent(request, "link"), revoked_at=None)
        if links.update(revoked_at=timezone.now()):
            self.message_user(request, "The link is closed.", messages.SUCCESS)

    def move(self, request: HttpRequest, proposal: Proposal) -> None:
        """Take a proposal on, or back. It is whole before it leaves the desk."""
        wish = request.POST.get("state", "")
        found = problems(proposal) if wish == State.READY else []
        if wish not in dict(MOVES_HERE) or not proposal.may_become(State(wish)):
            found = [f"It is “{proposal.get_state_display()}” by now: read it again."]
        if not found:
            proposal.state, proposal.publish_at = wish, None
            proposal.save()
            self.message_user(request, f"{proposal}: {State(wish).label}.", messages.SUCCESS)
        for sentence in found:
            self.message_user(request, sentence, messages.ERROR)

    def take_out(self, request: HttpRequest, proposal: Proposal) -> None:
        row = get_object_or_404(proposal.rows, pk=_sent(request, "row"))
        if proposal.state in OPEN:
            row.delete()
            proposal.write_again()
            self.message_user(request, f"Taken out: {row}.", messages.SUCCESS)

    def settle(self, request: HttpRequest, proposal: Proposal) -> HttpResponse:
        """Settle one field that was changed since a proposal was written over it."""
        asked, keep = request.POST.get("conflict", ""), "keep" in request.POST
        for one in conflicts(proposal.rows.all()) if proposal.state in OPEN else ():
            if asked == name_of(one):
                settle(one, keep=keep)
                if not keep:
                    proposal.write_again()
        return redirect("admin:nutrients_proposal_publish", proposal.pk)

    def publish_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What stands in the way of a proposal, and where nothing does, its release."""
        proposal = get_object_or_404(Proposal, pk=pk)
        if not request.user.has_perm("nutrients.publish_proposal"):
            raise PermissionDenied
        differing = conflicts(proposal.rows.all())
        found = [*lacking(proposal), *problems(proposal)]
        form = MomentForm(request.POST if "later" in request.POST else None)
        is_free = proposal.state in OPEN and not (differing or found)
        context = {
            "conflicts": [shown_conflict(one) for one in differing],
            "problems": found,
            "is_free": is_free,
            "form": form,
        }
        if request.method != "POST" or not is_free or (form.is_bound and not form.is_valid()):
            return self._publish_page(request, proposal, context)

        def change() -> HttpResponse:
            if form.is_bound:
                schedule(self, request, proposal, form.cleaned_data["moment"])
            else:
                publish(self, request, proposal)
            self.message_user(request, f"{proposal}: {proposal.said}.", messages.SUCCESS)
            return redirect(proposal)

        def refuse(broken: list[BrokenCase]) -> HttpResponse:
            return self._publish_page(request, proposal, context | shown_cases(broken, request))

        try:
            return guarded(request, change, refuse)
        except RefusedError as error:
            self.message_user(request, str(error), messages.ERROR)
            return redirect(request.path)

    def _publish_page(
        self, request: HttpRequest, proposal: Proposal, context: dict[str, Any]
    ) -> HttpResponse:
        context = self.admin_site.each_context(request) | context
        context |= {"title": f"Publish {proposal}", "opts": self.opts, "original": proposal}
        context["media"] = self.media + context["form"].media
        return TemplateResponse(request, "admin/nutrients/proposal_publish.html", context)


def _sent(request: HttpRequest, name: str) -> int:
    """The key that a button sends; one of no row for anything else."""
    text = request.POST.get(name, "")
    return int(text) if is_key(text) else 0


def roles_of(account: Any) -> list[Role]:
    """As what an account may sign. A clinician signs with a profession that readers see."""
    return [
        role
        for role in Role
        if account.has_perm(f"nutrients.sign_as_{role.value}")
        and (role != Role.CLINICIAN or profession_of(account))
    ]


class LinkForm(forms.Form):
    """The colleague a link is for. One who is to agree by it is named with a profession."""

    name = forms.CharField(label="First and last name", max_length=150, required=False)
    profession = forms.CharField(max_length=100, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if bool(cleaned.get("name")) != bool(cleaned.get("profession")):
            self.add_error(None, "Give a colleague’s name and profession, or neither.")
        return cleaned


class MomentForm(forms.Form):
    moment = forms.SplitDateTimeField(label="Publish at", widget=NamedDateTime)

    def clean_moment(self) -> datetime:
        moment: datetime = self.cleaned_data["moment"]
        if not timezone.now() < moment <= timezone.now() + FURTHEST:
            raise ValidationError("Choose a moment to come, within 20 years.")
        return moment


def name_of(conflict: Conflict) -> str:
    return f"{conflict.proposed.pk}-{conflict.name}"


def shown_conflict(one: Conflict) -> dict[str, Any]:
    """A conflict with what became of the words on the site, and what is proposed."""
    shown: dict[str, Any] = {"conflict": one, "value": name_of(one)}
    if one.name:
        field = one.proposed.table._meta.get_field(one.name)
        before = text_of(field, one.proposed.before.get(one.name))
        shown["theirs"] = as_change(field, before, text_of(field, one.live[one.name]))
        if one.proposed.values:
            shown["yours"] = as_change(field, before, text_of(field, one.value))
    return shown


# The moves that are a button; publishing has a page of its own.
MOVES_HERE: Iterable[tuple[State, str]] = (
    (State.READY, "Ready to be read"),
    (State.WRITING, "Write on"),
    (State.DROPPED, "Drop it"),
)
