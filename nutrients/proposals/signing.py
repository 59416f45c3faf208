"""Agreeing to a proposal: whose signature counts, and how many are still needed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings

from nutrients.models import Proposal, Role, SignOff, State

from .rows import digest


def has_written(proposal: Proposal, account: Any) -> bool:
    """Whether an account made a proposal or wrote a part of it, and so cannot sign it."""
    return proposal.maker == account or proposal.rows.filter(by=account).exists()


def fitting(proposal: Proposal) -> list[SignOff]:
    """The signatures under the present words, one a person."""
    signed = proposal.sign_offs.filter(words=digest(proposal))
    return list({(one.account, one.name): one for one in signed}.values())


def lacking(proposal: Proposal) -> list[str]:
    """What signatures a proposal still needs: a sentence, or none."""
    number = settings.SIGN_OFFS - len(fitting(proposal))
    people = "1 person" if number == 1 else f"{number} people"
    return [f"It is to be signed by {people} who wrote none of it."] if number > 0 else []


def keep_sign_off(
    proposal: Proposal, role: Role, *, name: str, profession: str, account: str, at: datetime
) -> None:
    """Keep that somebody agreed to the present words; where enough have, all is agreed."""
    SignOff.objects.create(
        proposal=proposal,
        role=role,
        words=digest(proposal),
        name=name,
        profession=profession,
        account=account,
        signed_at=at,
    )
    if proposal.state == State.READY and not lacking(proposal):
        proposal.become(State.AGREED)
        proposal.save()
