"""Settling what an upgrade left open: an editor keeps what is here, or takes what is shipped."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from nutrients.models import ShippedChange

from .applying import RefusedError, apply_values
from .fixtures import KeyIndex
from .merging import NEVER_SHIPPED, live_value, shipped_value

NOTHING = "Nothing"
NOT_SHIPPED = "It did not come with the site"


class Sides(NamedTuple):
    """The three sides of one open change as text, and the row; None if it was deleted here."""

    row: Any
    before: str
    ours: str
    theirs: str


def sides(change: ShippedChange) -> Sides:
    row = change.live_row()
    if not change.field:
        return Sides(row, "", str(row or NOTHING), NOTHING)
    field = change.table._meta.get_field(change.field)
    ours = live_value(row, field) if row else None
    return Sides(
        row,
        as_text(shipped_value(field, change.before)),
        as_text(ours),
        as_text(shipped_value(field, change.theirs)),
    )


def keep_ours(change: ShippedChange) -> None:
    """Leave the row as it is. The same shipped value never asks again."""
    _close(change)


def take_theirs(change: ShippedChange, index: KeyIndex, *, at: datetime, user: Any) -> None:
    """Bring the field to what is shipped now, as one new version of the row by this editor.

    `index` is shared by all that are taken at once, so that each table is read once at most.
    Raises RefusedError if the row, or a row that the value leads to, is not there, if the
    value does not go with the rest of the row, and if the change is about the whole row.
    """
    row = change.live_row()
    if row is None or not change.field:
        raise RefusedError("Nothing can be taken: delete the row on its own page instead.")
    field = change.table._meta.get_field(change.field)
    value = index.stored(field, shipped_value(field, change.theirs))
    apply_values(row, {field: value}, at=at, user=user)
    _close(change)


def _close(change: ShippedChange) -> None:
    # Not delete(): the admin's log still needs to name it by its number.
    ShippedChange.objects.filter(pk=change.pk).delete()


def as_text(value: Any) -> str:
    if value is NEVER_SHIPPED:
        return NOT_SHIPPED
    if isinstance(value, frozenset):
        return "\n".join(sorted(map(as_text, value))) or NOTHING
    if isinstance(value, tuple):
        return " / ".join(value)
    if isinstance(value, bool):
        return "Yes" if value else "No"
    return NOTHING if value in (None, "") else str(value)
