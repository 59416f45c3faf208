"""Values as fixtures write them, made comparable with those that stand in the database."""

from __future__ import annotations

from typing import Any

from .fixtures import as_key
from .merging import NEVER_SHIPPED


def shipped_value(field: Any, fields: dict[str, Any] | None) -> Any:
    """What a fixture row says of one field, or leaves to the field's default.

    Links are natural keys: one for a foreign key, a frozenset for many. Gives NEVER_SHIPPED where
    there was no row, and where the default is a moment. Raises ValidationError for a value that
    the field cannot read.
    """
    if fields is None:
        return NEVER_SHIPPED
    if field.name not in fields:
        return _default(field)
    raw = fields[field.name]
    if field.many_to_many:
        return frozenset(map(as_key, raw or []))
    if field.is_relation:
        return None if raw is None else as_key(raw)
    return comparable(field.to_python(raw))


def comparable(value: Any) -> Any:
    """A value from either side without what a browser's form adds to it or takes away.

    Text comes back from a form with other line ends and without space around it.
    """
    return value.replace("\r\n", "\n").strip() if isinstance(value, str) else value


def _default(field: Any) -> Any:
    if field.many_to_many:
        return frozenset()
    if field.is_relation:
        return None
    # A field without a default holds a class that says so, which could be called as well.
    is_a_moment = field.has_default() and callable(field.default)
    return NEVER_SHIPPED if is_a_moment else comparable(field.get_default())
