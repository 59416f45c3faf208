"""The three-way merge of one field: what was shipped, what is here, what is shipped now.

Pure functions over values that compare by `==`, and the values of fixtures and rows made so.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from .fixtures import as_key

# The base if what was shipped is not known; it equals nothing else.
NEVER_SHIPPED: Any = object()


class Merged(NamedTuple):
    """What the field holds after the merge, and whether a person must choose.

    If one must, the value is the editor's: nothing of theirs is lost by waiting.
    """

    value: Any
    is_conflict: bool


def merge_values(base: Any, ours: Any, theirs: Any) -> Merged:
    """Merge a value that has no parts: take theirs only if it was not edited here."""
    if theirs in (base, ours):
        return Merged(ours, False)
    return Merged(theirs, False) if ours == base else Merged(ours, True)


def merge_links(
    base: frozenset[Any], ours: frozenset[Any], theirs: frozenset[Any]
) -> frozenset[Any]:
    """Merge a set of links, each for itself, so that two sides never conflict.

    What the new release adds comes in, what it drops goes, and what editors here added or took
    away stays so.
    """
    return (ours - (base - theirs)) | (theirs - base)


def shipped_value(field: Any, fields: dict[str, Any] | None) -> Any:
    """What a fixture row says of one field, or leaves to the field's default.

    Links are natural keys: one for a foreign key, a frozenset for many. Gives NEVER_SHIPPED where
    there was no row, and if the default is a moment. Raises ValidationError for a value that
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


def live_value(row: Any, field: Any) -> Any:
    """What a row has in one field, as `shipped_value` gives what a fixture says of it."""
    if field.many_to_many:
        return frozenset(linked.natural_key() for linked in getattr(row, field.name).all())
    value = getattr(row, field.name)
    if field.is_relation:
        return None if value is None else value.natural_key()
    return comparable(value)


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
