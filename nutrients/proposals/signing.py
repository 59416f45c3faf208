"""Signatures to a proposal: which count, and how many are missing."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings

from nutrients.models import Proposal, Role, SignOff, State

from .rows import digest


def has_written(proposal: Proposal, account: Any) -> bool:
    """Whether an account made the proposal or wrote part of it, and so cannot sign it."""
    return proposal.maker == account or proposal.rows.filter(by=account).exists()


def valid_sign_offs(proposal: Proposal) -> list[SignOff]:
    """Return the signatures to the current words, one for each person."""
    sign_offs = proposal.sign_offs.filter(words=digest(proposal))
    return list({(sign_off.account, sign_off.name): sign_off for sign_off in sign_offs}.values())


def missing_signatures(proposal: Proposal) -> list[str]:
    """Return a list with a sentence about the missing signatures, if any is missing."""
    number = settings.SIGN_OFFS - len(valid_sign_offs(proposal))
    people = "1 person" if number == 1 else f"{number} people"
    return [f"It is to be signed by {people} who wrote none of it."] if number > 0 else []


def add_sign_off(
    proposal: Proposal, role: Role, *, name: str, profession: str, account: str, at: datetime
) -> None:
    """Sign the current words; with enough signatures the proposal is agreed."""
    SignOff.objects.create(
        proposal=proposal,
        role=role,
        words=digest(proposal),
        name=name,
        profession=profession,
        account=account,
        signed_at=at,
    )
    if proposal.state == State.READY and not missing_signatures(proposal):
        proposal.become(State.AGREED)
        proposal.save()
