"""Publishing a proposal: what stands in the way, the release as one revision, and its moment."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.core.exceptions import NON_FIELD_ERRORS
from django.db import transaction
from django.db.models import ProtectedError
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from reversion import create_revision, set_comment, set_user

from nutrients.content.applying import RefusedError
from nutrients.content.removed import has_page, lead_on
from nutrients.content.signatures import sign
from nutrients.content.versions import keep, keep_first, parents
from nutrients.models import (
    Article,
    ChangeKind,
    ChangeNote,
    Proposal,
    Publishable,
    Role,
    SafetyCase,
    State,
    Status,
)
from nutrients.proposals import Laid, lay_over, live_rows
from nutrients.proposals.pages import as_proposed
from nutrients.proposals.rows import conflicts
from nutrients.proposals.signing import fitting, lacking
from nutrients.search.index import catch_up
from nutrients.testbook.cases import counting_cases
from nutrients.testbook.reads import TABLES, reads
from nutrisite.accounts.kept_forms import BusyError

from .articles import UNSOURCED, cites_a_source
from .content_forms import form_over
from .deleting import Deletion, refusal
from .guard import OVERRIDE, REASON, BrokenCase, guarded
from .reviewing import next_review

CHANGED = "Readers see other words by now than those that it was written over: settle that first."
SAY_WHY = "It takes a page off the site: say why, under “About this proposal”."
LOST = "A row that it needs is gone: look through it again."
NEEDED = "Other rows need it: change or delete those first."
BREAKS = "Cases of the test book break: {}."


def problems(proposal: Proposal) -> list[str]:
    """What keeps a proposal from being published, in sentences. Each row is asked by its form."""
    found = []
    if not proposal.rows.exists():
        found.append("It changes nothing yet.")
    needed: list[tuple[Any, str]] = []

    def delete(row: Any) -> None:
        needed.extend(Deletion([row]).needing())
        row.delete()

    with as_proposed(proposal, delete=delete) as laid:
        written = {one.proposed for one in laid}
        found += [
            f"{one}: {NEEDED if one.kind == ChangeKind.DELETE else LOST}"
            for one in proposal.rows.all()
            if one not in written
        ]
        for one in laid:
            found += _of_form(one) if one.row.pk else []
        found += [f"{one}: {UNSOURCED}" for one in _articles(laid) if not cites_a_source(one)]
    if needed:
        found.append(refusal(needed))
    if not proposal.why and _pages_going(proposal):
        found.append(SAY_WHY)
    return found


def _articles(laid: list[Laid]) -> list[Article]:
    """The published articles that are changed, or of which a section is."""
    rows = [one.row for one in laid]
    kept = [row for row in rows if row.pk]
    articles = [one for one in {*kept, *parents(rows)} if isinstance(one, Article)]
    return [one for one in articles if one.status == Status.PUBLISHED]


def _pages_going(proposal: Proposal) -> list[Any]:
    """The rows that lose the page that readers see now."""
    return [
        row
        for one, (row, _) in live_rows(proposal.rows.all()).items()
        if (one.kind == ChangeKind.DELETE or one.values.get("status") == Status.DRAFT)
        and has_page(row, at=timezone.now())
    ]


def _of_form(one: Laid) -> Iterator[str]:
    """What the form of a row says of what is proposed of it."""
    form = form_over(admin.site._registry[type(one.row)], one.row, {})
    for name, errors in form.errors.items():
        if name in one.proposed.values or name == NON_FIELD_ERRORS:
            label = "" if name == NON_FIELD_ERRORS else f"{form.fields[name].label}: "
            yield f"{one.proposed}: {label}{' '.join(map(str, errors))}"


def is_read_by_book(rows: list[Laid]) -> bool:
    """Whether the test book reads anything of what these rows change."""
    return any(
        isinstance(one.row, TABLES)
        if one.proposed.kind == ChangeKind.DELETE
        else reads(one.row, one.proposed.values)
        for one in rows
    )


def publish(screen: Any, request: HttpRequest, proposal: Proposal) -> None:
    """Release a proposal as one revision, and ask the book. Within `guarded`.

    Raises RefusedError, with the transaction to be undone, where something changed meanwhile.
    """
    user: Any = request.user
    now, cases = timezone.now(), _cases_before(proposal)
    if conflicts(proposal.rows.all()):
        raise RefusedError(CHANGED)
    if unsigned := lacking(proposal):
        raise RefusedError(unsigned[0])
    with create_revision():
        set_user(user)
        try:
            laid = _write(proposal, user=user, at=now)
        except ProtectedError as error:
            raise RefusedError(str(error.args[0])) from error
        set_comment(f"Proposal “{proposal}”{f': {proposal.why}' if proposal.why else ''}")
    catch_up()
    if is_read_by_book(laid):
        screen.check_book(request, f"Publish “{proposal}”", cases)
    proposal.become(State.LIVE)
    proposal.publish_at, proposal.publisher, proposal.hindrance = now, user, ""
    proposal.save()


def _write(proposal: Proposal, *, user: Any, at: datetime) -> list[Laid]:
    rows = list(proposal.rows.all())
    for one in rows:
        if one.table is ChangeNote and one.kind == ChangeKind.ADD:
            # Readers are told on the day on which it is published.
            one.values["made_at"] = at.isoformat()
    gone = _pages_going(proposal)
    lead_on(gone, by=user.get_username(), reason=(proposal.why or proposal.title)[:200])
    keep_first([row for row, _ in live_rows(rows).values()])
    laid = lay_over(rows, for_good=True, delete=lambda row: Deletion([row]).make(user=user))
    if len(laid) < len(rows):
        raise RefusedError(LOST)
    written = [one.row for one in laid if one.proposed.kind != ChangeKind.DELETE]
    shown = [row for row in {*written, *parents(written)} if isinstance(row, Publishable)]
    for signed in fitting(proposal):
        if signed.role == Role.CLINICIAN:
            signer = {"name": signed.name, "profession": signed.profession}
            sign(shown, **signer, account=signed.account, at=signed.signed_at)
            _count_from(timezone.localdate(signed.signed_at), shown, laid)
    keep(written, at=at)
    return laid


def _count_from(day: date, shown: list[Publishable], laid: list[Laid]) -> None:
    """Have the next review fall due as long after a clinician's as usual, or as was proposed."""
    chosen = {one.row for one in laid if one.proposed.values.get("review_due_on")}
    for row in shown:
        if row not in chosen:
            row.review_due_on = next_review(type(row), on=day)
            there = type(row)._base_manager.filter(pk=row.pk)
            there.update(review_due_on=row.review_due_on)


def schedule(screen: Any, request: HttpRequest, proposal: Proposal, moment: datetime) -> None:
    """Set the moment for a proposal, and ask the book as of then. Within `guarded`."""
    cases = _cases_before(proposal)
    with as_proposed(proposal) as laid:
        if is_read_by_book(laid):
            screen.ask_book(request, cases, at=moment)
    user: Any = request.user
    proposal.become(State.SCHEDULED)
    proposal.publish_at, proposal.publisher = moment, user
    proposal.override = request.POST.get(REASON, "") if OVERRIDE in request.POST else ""
    proposal.hindrance = ""
    proposal.save()


def _cases_before(proposal: Proposal) -> list[SafetyCase] | None:
    """The cases as they are, where a deletion would take rows out of them."""
    is_deletion = proposal.rows.filter(kind=ChangeKind.DELETE).exists()
    return counting_cases() if is_deletion else None


def publish_due(*, at: datetime) -> Iterator[Proposal]:
    """Publish the proposals whose moment has come, and give each.

    One that something hinders goes back to being ready, with the reason, and its owner decides.
    """
    for proposal in Proposal.objects.filter(state=State.SCHEDULED, publish_at__lte=at):
        if hindrance := hindrance_of(proposal):
            proposal.state, proposal.hindrance = State.READY, hindrance
            proposal.save()
        yield proposal


def hindrance_of(proposal: Proposal) -> str:
    """Publish a proposal for the account that set its moment; say why if that cannot be done."""
    found = [*lacking(proposal), *problems(proposal)]
    if found:
        return "\n".join(found)
    asked: Any = HttpRequest()
    asked.method, asked.user = "POST", proposal.publisher
    if proposal.override:
        asked.POST = QueryDict(urlencode({OVERRIDE: "on", REASON: proposal.override}))

    def refuse(broken: list[BrokenCase]) -> str:
        return BREAKS.format("; ".join(one.title for one in broken))

    def change() -> str:
        publish(admin.site._registry[Proposal], asked, proposal)
        return ""

    try:
        with transaction.atomic():
            return guarded(asked, change, refuse)
    except RefusedError as error:
        return str(error)
    except BusyError:
        return "Others were saving all the time."
