"""Writing shipped values into a row that is there: checked first, and kept as a revision."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import reversion
from django.core.exceptions import ValidationError

from nutrients.models import Publishable

from .versions import keep, keep_first

REASON = "Newer content that came with the site"


class RefusedError(Exception):
    """The values do not go with the row or with other rows; its text says why in a sentence."""


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
