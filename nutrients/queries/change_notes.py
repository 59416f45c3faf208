"""What readers are told about edits: on the page concerned, and all in one list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from nutrients.models import ChangeNote, NoteKind

from .site_map import places
from .version import ContentVersion

SHOWN_ON_A_PAGE = 5
CHANGES_LISTED = 100


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
    """Every correction and the latest other changes, newest first; `older` are not listed."""

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


def changes_page(*, at: datetime) -> ChangesPage:
    """All notes for readers. Links are given for pages that are public at the moment `at`."""
    notes = ChangeNote.objects.made(at=at)
    changes = notes.filter(kind=NoteKind.CHANGE)
    listed = {place.path for place in places(at=at)}

    def marked(rows: list[ChangeNote]) -> list[ListedNote]:
        return [
            ListedNote(note, note.path in listed, ContentVersion(note.made_at)) for note in rows
        ]

    return ChangesPage(
        corrections=marked(list(notes.filter(kind=NoteKind.CORRECTION))),
        changes=marked(list(changes[:CHANGES_LISTED])),
        older=max(0, changes.count() - CHANGES_LISTED),
    )
