"""What readers are told about edits: on the page concerned, and all in one list."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.core.paginator import Paginator

from nutrients.models import ChangeNote, NoteKind

from .version import ContentVersion

SHOWN_ON_A_PAGE = 5
CHANGES_LISTED = 100
CORRECTIONS_A_PAGE = 150


@dataclass(frozen=True, slots=True)
class ListedNote:
    """A note, and whether the page that it is about can be opened now.

    `since` is the version of the content that the change made.
    """

    note: ChangeNote
    is_open: bool
    since: ContentVersion


@dataclass(frozen=True, slots=True)
class ChangesPage:
    """Some corrections and the latest other changes, newest first; `older` are not listed."""

    corrections: list[ListedNote]
    changes: list[ListedNote]
    older: int


def notes_on_page(path: str, *, at: datetime) -> list[ChangeNote]:
    """The latest notes on the page at this path and on the places within it, newest first."""
    return list(ChangeNote.objects.made(at=at).on_page(path)[:SHOWN_ON_A_PAGE])


def latest_notes(*, at: datetime, under: str = "/") -> list[ChangeNote]:
    """The latest notes on every page whose path begins with `under`, newest first, for a feed."""
    notes = ChangeNote.objects.made(at=at).filter(address__startswith=under)
    return list(notes[:CHANGES_LISTED])


def corrections(*, at: datetime) -> Paginator[ChangeNote]:
    notes = ChangeNote.objects.made(at=at).filter(kind=NoteKind.CORRECTION)
    return Paginator(notes, CORRECTIONS_A_PAGE)


def changes_page(
    shown: Iterable[ChangeNote], open_now: Collection[str], *, at: datetime
) -> ChangesPage:
    """These corrections and the latest other changes. Links go to paths that are open now."""
    changes = ChangeNote.objects.made(at=at).filter(kind=NoteKind.CHANGE)

    def marked(rows: Iterable[ChangeNote]) -> list[ListedNote]:
        return [
            ListedNote(note, note.path in open_now, ContentVersion(note.made_at)) for note in rows
        ]

    return ChangesPage(
        corrections=marked(shown),
        changes=marked(changes[:CHANGES_LISTED]),
        older=max(0, changes.count() - CHANGES_LISTED),
    )
