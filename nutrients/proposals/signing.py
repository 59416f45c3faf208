"""Signatures to a proposal, and links by which people without an account see and sign it."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.admin.models import ADDITION, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import F
from django.urls import reverse
from django.utils.crypto import constant_time_compare

from nutrients.models import SIGNABLE, PreviewLink, Proposal, Role, SignOff, State

from .rows import proposal_digest

VALID_DAYS, MAX_TRIES = 14, 5


def has_written(proposal: Proposal, account: Any) -> bool:
    """Whether an account made the proposal or wrote part of it, and so cannot sign it.

    A row names its last writer alone; the log has everybody who wrote in the proposal of another.
    """
    kind = ContentType.objects.get_for_model(proposal)
    log = LogEntry.objects.filter(content_type=kind, object_id=proposal.pk, action_flag=ADDITION)
    written = (log.filter(user=account), proposal.rows.filter(by=account))
    return proposal.author == account or any(rows.exists() for rows in written)


def valid_sign_offs(proposal: Proposal) -> list[SignOff]:
    """Return the signatures to the current words, one for each person."""
    sign_offs = proposal.sign_offs.filter(digest=proposal_digest(proposal))
    return list({(sign_off.account, sign_off.name): sign_off for sign_off in sign_offs}.values())


def missing_signatures(proposal: Proposal) -> str:
    """Return a sentence that says how many signatures are missing, or "" if none is."""
    number = settings.SIGN_OFFS - len(valid_sign_offs(proposal))
    people = "1 person" if number == 1 else f"{number} people"
    return f"It is to be signed by {people} who wrote none of it." if number > 0 else ""


def is_signable(proposal: Proposal, digest: str | None) -> bool:
    """Whether a proposal may be signed now, and still has the words of this digest."""
    return proposal.state in SIGNABLE and digest == proposal_digest(proposal)


def add_sign_off(
    proposal: Proposal, role: Role, *, name: str, profession: str, account: str, at: datetime
) -> None:
    """Sign the current words; with enough signatures the proposal is agreed."""
    SignOff.objects.create(
        proposal=proposal,
        role=role,
        digest=proposal_digest(proposal),
        name=name,
        profession=profession,
        account=account,
        signed_at=at,
    )
    if proposal.state == State.READY and not missing_signatures(proposal):
        proposal.become(State.AGREED)
        proposal.save()


def make_link(
    proposal: Proposal, *, name: str, profession: str, by: Any, at: datetime
) -> tuple[str, str]:
    """Make a link, and for a named person a code to agree with, once.

    Return its address and the code. The database has only digests of them.
    """
    token, code = secrets.token_urlsafe(32), f"{secrets.randbelow(10**8):08}" if name else ""
    PreviewLink.objects.create(
        proposal=proposal,
        token=_sha256(token),
        name=name,
        profession=profession,
        code=_sha256(token + code) if code else "",
        created_by=by.get_username(),
        created_at=at,
        expires_at=at + timedelta(days=VALID_DAYS),
    )
    return settings.SITE_URL + reverse("nutrients:preview", args=[token]), code


def find_link(token: str) -> PreviewLink | None:
    """Return the link of a token, which may have ended."""
    return PreviewLink.objects.filter(token=_sha256(token)).select_related("proposal").first()


def may_agree(link: PreviewLink) -> bool:
    """Whether the link is for a named person who has not agreed yet and has tries left."""
    return bool(link.code) and link.failed_attempts < MAX_TRIES


def agree(link: PreviewLink, token: str, code: str, *, at: datetime) -> bool:
    """Sign for the named person if the code is right. It works once, and tries are limited."""
    if not may_agree(link):
        return False
    if not constant_time_compare(link.code, _sha256(token + code)):
        PreviewLink.objects.filter(pk=link.pk).update(failed_attempts=F("failed_attempts") + 1)
        return False
    PreviewLink.objects.filter(pk=link.pk).update(code="")
    add_sign_off(
        link.proposal,
        Role.CLINICIAN,
        name=link.name,
        profession=link.profession,
        account=f"by a link of {link.created_by}",
        at=at,
    )
    return True


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
