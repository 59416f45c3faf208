"""What readers are told about edits, on the page concerned and in feeds."""

from __future__ import annotations

from datetime import datetime

from nutrients.models import ChangeNote

SHOWN_ON_A_PAGE = 5
CHANGES_LISTED = 100


def notes_on_page(path: str, *, at: datetime) -> list[ChangeNote]:
    """The latest notes on the page at this path and on the places within it, newest first."""
    return list(ChangeNote.objects.made(at=at).on_page(path)[:SHOWN_ON_A_PAGE])


def latest_notes(*, at: datetime, under: str = "/") -> list[ChangeNote]:
    """The latest notes on every page whose path begins with `under`, newest first, for a feed."""
    notes = ChangeNote.objects.made(at=at).filter(address__startswith=under)
    return list(notes[:CHANGES_LISTED])
