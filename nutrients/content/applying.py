"""Writing shipped values into a row that is there: by an upgrade, or because an editor takes them.

What an upgrade left open an editor settles: keeps what is here, or takes what is shipped.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

import reversion
from django.core.exceptions import ValidationError

from nutrients.models import Publishable, ShippedChange

from .fixtures import KeyIndex, RefusedError
from .merging import NEVER_SHIPPED, live_value, shipped_value
from .versions import keep, keep_first

REASON = "Newer content that came with the site"
NOTHING = "Nothing"
NOT_SHIPPED = "It did not come with the site"


def apply_values(row: Any, values: Mapping[Any, Any], *, at: datetime, user: Any = None) -> None:
    """Write values by field, links as primary keys, in the revision under way or one of its own.

    The date of change moves, that of the row whose page shows this one too. Raises RefusedError
    with nothing written.
    """
    links = {field: value for field, value in values.items() if field.many_to_many}
    changed = {field.attname: value for field, value in values.items() if field not in links}
    for name, value in changed.items():
        setattr(row, name, value)
    try:
        row.validate_unique()
        row.validate_constraints()
    except ValidationError as error:
        raise RefusedError(" ".join(error.messages)) from error
    keep_first([row])
    if isinstance(row, Publishable):
        changed["changed_at"] = at
    type(row)._base_manager.filter(pk=row.pk).update(**changed)
    for field, targets in links.items():
        getattr(row, field.name).set(targets)
    row.refresh_from_db()
    with reversion.create_revision():
        reversion.set_user(user)
        reversion.set_comment(REASON)
        keep([row], at=at)


def write_links(link: Any, ends: Iterable[tuple[Any, Any]]) -> None:
    """Write many-to-many links past the signals, each as its two primary keys."""
    through = link.remote_field.through
    own, other = f"{link.m2m_field_name()}_id", f"{link.m2m_reverse_field_name()}_id"
    through._base_manager.bulk_create(through(**{own: a, other: b}) for a, b in ends)


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
