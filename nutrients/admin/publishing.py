"""Publish a proposal: its problems, its release as one revision, and its schedule."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.core.exceptions import NON_FIELD_ERRORS
from django.db.models import ProtectedError
from django.utils import timezone
from reversion import create_revision, set_comment, set_user

from nutrients.content.merging import RefusedError
from nutrients.content.removed import has_page, redirect_pages
from nutrients.content.signatures import sign
from nutrients.content.versions import parents, record, record_first
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
from nutrients.proposals.rows import Overlay, as_proposed, conflicts, lay_over, live_rows
from nutrients.proposals.signing import missing_signatures, valid_sign_offs
from nutrients.search.index import catch_up
from nutrients.testbook.cases import published_cases
from nutrients.testbook.reads import TABLES, reads
from nutrisite.accounts.resubmission import BusyError

from .articles import UNSOURCED, cites_a_source
from .content_forms import bind_form
from .deleting import Deletion, describe_blockers
from .guard import BrokenCase, Guard
from .reviewing import next_review, write_due_dates

CHANGED = "Readers see other words by now than those that it was written over: settle that first."
SAY_WHY = "It takes a page off the site: say why, under “About this proposal”."
LOST = "A row that it needs is gone, or another row has its name by now: look through it again."
NEEDED = "Other rows need it: change or delete those first."
BREAKS = "Cases of the test book break: {}."
BUSY = "Others were saving all the time."
BY_NOW = "It is “{}” by now: read it again."


def obstacles(proposal: Proposal) -> list[str]:
    """Return the missing signatures and the problems of a proposal."""
    return [*filter(None, [missing_signatures(proposal), *problems(proposal)])]


def problems(proposal: Proposal) -> list[str]:
    """Return what must be fixed before a proposal can be published."""
    sentences = [] if proposal.rows.exists() else ["It changes nothing yet."]
    needing: list[tuple[Any, str]] = []

    def delete(row: Any) -> None:
        needing.extend(Deletion([row]).blockers())
        row.delete()

    with as_proposed(proposal, delete=delete) as overlays:
        written = {overlay.proposed for overlay in overlays}
        sentences += [
            f"{proposed}: {NEEDED if proposed.kind == ChangeKind.DELETE else LOST}"
            for proposed in proposal.rows.all()
            if proposed not in written
        ]
        rows = [overlay for overlay in overlays if overlay.row.pk]
        sentences += [error for overlay in rows for error in _form_errors(overlay)]
        articles = _published_articles(overlay.row for overlay in overlays)
        unsourced = [article for article in articles if not cites_a_source(article)]
        sentences += [f"{article}: {UNSOURCED}" for article in unsourced]
    if needing:
        sentences.append(describe_blockers(needing))
    if not proposal.why and _pages_removed(proposal):
        sentences.append(SAY_WHY)
    return sentences


def _form_errors(overlay: Overlay) -> Iterator[str]:
    """Yield the errors of a row's form for what is proposed: all of them if it publishes the row.

    What the row had when that was proposed may have changed on the site.
    """
    proposed = overlay.proposed
    form = bind_form(admin.site.get_model_admin(type(overlay.row)), overlay.row, {})
    is_published = proposed.values.get("status") == Status.PUBLISHED
    for name, errors in form.errors.items():
        if is_published or name in proposed.values or name == NON_FIELD_ERRORS:
            label = "" if name == NON_FIELD_ERRORS else f"{form.fields[name].label}: "
            yield f"{proposed}: {label}{' '.join(map(str, errors))}"


def _published_articles(rows: Iterable[Any]) -> list[Article]:
    """Return the published articles among rows that are changed, and those of changed sections."""
    rows = list(rows)
    changed = {*(row for row in rows if row.pk), *parents(rows)}
    articles = (row for row in changed if isinstance(row, Article))
    return [article for article in articles if article.status == Status.PUBLISHED]


def _pages_removed(proposal: Proposal) -> list[Any]:
    """Return the rows whose public pages the proposal takes off the site."""
    return [
        row
        for proposed, row in live_rows(proposal.rows.all()).items()
        if (proposed.kind == ChangeKind.DELETE or proposed.values.get("status") == Status.DRAFT)
        and has_page(row, at=timezone.now())
    ]


def publish_proposal(guard: Guard, proposal: Proposal) -> None:
    """Release a proposal as one revision. Call it within `guard.save`.

    Raise RefusedError, which rolls the transaction back, if it has a problem by now.
    """
    _lock(proposal)
    now, cases = timezone.now(), _cases_before_deletion(proposal)
    # A colleague may have deleted what it needs while this waited for the lock.
    if reasons := obstacles(proposal):
        raise RefusedError("\n".join(reasons))
    if conflicts(proposal.rows.all()):
        raise RefusedError(CHANGED)
    with create_revision():
        set_user(guard.account)
        overlays = _write(proposal, user=guard.account, at=now)
        set_comment(f"Proposal “{proposal}”{f': {proposal.why}' if proposal.why else ''}")
    catch_up()
    if _is_read_by_book(overlays):
        guard.check(f"Publish “{proposal}”", cases)
    proposal.become(State.LIVE)
    proposal.publish_at, proposal.publisher, proposal.publish_error = now, guard.account, ""
    proposal.save()


def _lock(proposal: Proposal) -> None:
    """Raise RefusedError if somebody published or took back the proposal since it was read."""
    before = proposal.state, proposal.publish_at
    proposal.refresh_from_db(from_queryset=Proposal.objects.select_for_update())
    if (proposal.state, proposal.publish_at) != before:
        raise RefusedError(BY_NOW.format(proposal.get_state_display()))


def _write(proposal: Proposal, *, user: Any, at: datetime) -> list[Overlay]:
    def delete(row: Any) -> None:
        try:
            Deletion([row]).execute(user=user)
        except ProtectedError as error:
            raise RefusedError(str(error.args[0])) from error

    rows = list(proposal.rows.all())
    for proposed in rows:
        if proposed.table is ChangeNote and proposed.kind == ChangeKind.ADD:
            # Readers see the day of publication.
            proposed.values["created_at"] = at.isoformat()
    reason = (proposal.why or proposal.title)[:200]
    redirect_pages(_pages_removed(proposal), by=user.get_username(), reason=reason)
    record_first(live_rows(rows).values())
    overlays = lay_over(rows, is_preview=False, delete=delete)
    if len(overlays) < len(rows):
        raise RefusedError(LOST)
    written = [overlay for overlay in overlays if overlay.proposed.kind != ChangeKind.DELETE]
    _sign_rows(proposal, written)
    record([overlay.row for overlay in written], at=at)
    return overlays


def _sign_rows(proposal: Proposal, written: list[Overlay]) -> None:
    """Sign the rows for each clinician who signed the proposal, and date their next reviews.

    A proposed date of the next review is not replaced.
    """
    rows = [overlay.row for overlay in written]
    changed = [row for row in {*rows, *parents(rows)} if isinstance(row, Publishable)]
    dated = {row for proposed, row in written if proposed.values.get("review_due_on")}
    for signed in valid_sign_offs(proposal):
        if signed.role == Role.CLINICIAN:
            signer = {"name": signed.name, "profession": signed.profession}
            sign(changed, **signer, account=signed.account, at=signed.signed_at)
            day = timezone.localdate(signed.signed_at)
            undated = [row for row in changed if row not in dated]
            write_due_dates({row: next_review(type(row), on=day) for row in undated})


def schedule_proposal(guard: Guard, proposal: Proposal, moment: datetime) -> None:
    """Set the time of publication, and run the book as of then. Call it within `guard.save`."""
    _lock(proposal)
    cases = _cases_before_deletion(proposal)
    with as_proposed(proposal) as overlays:
        if _is_read_by_book(overlays):
            guard.require_run(cases, at=moment)
    proposal.become(State.SCHEDULED)
    proposal.publish_at, proposal.publisher = moment, guard.account
    proposal.override, proposal.publish_error = guard.reason, ""
    proposal.save()


def _cases_before_deletion(proposal: Proposal) -> list[SafetyCase] | None:
    """Return the cases if the proposal deletes rows, which would be taken out of the cases too."""
    is_deletion = proposal.rows.filter(kind=ChangeKind.DELETE).exists()
    return published_cases() if is_deletion else None


def _is_read_by_book(overlays: Iterable[Overlay]) -> bool:
    return any(
        isinstance(row, TABLES)
        if proposed.kind == ChangeKind.DELETE
        else reads(row, proposed.values)
        for proposed, row in overlays
    )


def publish_due(*, at: datetime) -> Iterator[Proposal]:
    """Publish the proposals that are due, and return each.

    A proposal that cannot be published is ready again, with the reason for its owner. Editors may
    take one back while others are published.
    """
    due = Proposal.objects.filter(state=State.SCHEDULED, publish_at__lte=at)
    for proposal in due:
        if publish_error := _publish_scheduled(proposal):
            proposal.publish_error = publish_error
            values = {"state": State.READY, "publish_error": publish_error, "changed_at": at}
            if not due.filter(pk=proposal.pk).update(**values):
                continue
        yield proposal


def _publish_scheduled(proposal: Proposal) -> str:
    """Publish a proposal for the account that scheduled it, or return why it cannot be."""
    guard = Guard(proposal.publisher, proposal.override)

    def change() -> str:
        publish_proposal(guard, proposal)
        return ""

    def describe_broken(broken: list[BrokenCase]) -> str:
        return BREAKS.format("; ".join(case.title for case in broken))

    try:
        return guard.save(change, describe_broken)
    except RefusedError as error:
        return str(error)
    except BusyError:
        return BUSY
