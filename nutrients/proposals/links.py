"""Links by which somebody without an account sees a proposal, and agrees if named for it."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import F
from django.urls import reverse
from django.utils.crypto import constant_time_compare

from nutrients.models import PreviewLink, Proposal, Remark, Role

from .signing import keep_sign_off

DAYS, MOST_TRIES, MOST_REMARKS = 14, 5, 50


def make_link(
    proposal: Proposal, *, name: str, profession: str, by: Any, at: datetime
) -> tuple[str, str]:
    """Make a link; with a name one by which that person may agree, once, with the code.

    Gives its address and the code, which are kept nowhere.
    """
    token, code = secrets.token_urlsafe(32), f"{secrets.randbelow(10**8):08}" if name else ""
    PreviewLink.objects.create(
        proposal=proposal,
        token=_digest(token),
        name=name,
        profession=profession,
        code=_digest(token + code) if code else "",
        made_by=by.get_username(),
        made_at=at,
        until=at + timedelta(days=DAYS),
    )
    return settings.SITE_URL + reverse("nutrients:preview", args=[token]), code


def open_link(token: str, *, at: datetime) -> PreviewLink | None:
    """The link of a token; None if there is none, or it is over or was closed."""
    link = PreviewLink.objects.filter(token=_digest(token)).select_related("proposal").first()
    return link if link and link.is_open(at=at) else None


def remark(link: PreviewLink, *, name: str, text: str, at: datetime) -> bool:
    """Keep a remark, unless the link has brought very many."""
    if link.remarks.count() >= MOST_REMARKS:
        return False
    Remark.objects.create(link=link, name=name, text=text, made_at=at)
    return True


def may_agree(link: PreviewLink) -> bool:
    """Whether the link is for somebody who has not agreed yet and has tries left."""
    return bool(link.code) and link.wrong_tries < MOST_TRIES


def agree(link: PreviewLink, token: str, code: str, *, at: datetime) -> bool:
    """Sign for the named colleague, if the code is theirs; it works once, and few tries."""
    if not may_agree(link):
        return False
    if not constant_time_compare(link.code, _digest(token + code)):
        PreviewLink.objects.filter(pk=link.pk).update(wrong_tries=F("wrong_tries") + 1)
        return False
    PreviewLink.objects.filter(pk=link.pk).update(code="")
    keep_sign_off(
        link.proposal,
        Role.CLINICIAN,
        name=link.name,
        profession=link.profession,
        account=f"by a link of {link.made_by}",
        at=at,
    )
    return True


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
