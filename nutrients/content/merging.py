"""Values of shipped and of saved rows: parse them to compare them, and write them."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError

from nutrients.models import Keyed, Publishable

from .fixtures import as_key

REASON = "Newer content that came with the site"
# A sentinel for a value that was never shipped; it equals nothing else.
NEVER_SHIPPED: Any = object()


class RefusedError(Exception):
    """The row or the database refuses the values. The message is one sentence."""


def shipped_value(field: Any, fields: dict[str, Any] | None) -> Any:
    """Return the parsed value of a field in a fixture row, or its default if the row lacks it.

    Returns NEVER_SHIPPED without a row, and for a default that is computed at each call.
    """
    if fields is None:
        return NEVER_SHIPPED
    if field.is_relation or field.name in fields:
        return parse_value(field, fields.get(field.name))
    is_computed = field.has_default() and callable(field.default)
    return NEVER_SHIPPED if is_computed else _comparable(field.get_default())


def parse_value(field: Any, value: Any) -> Any:
    """Parse a value of a field as fixtures and proposals write it, to compare it with others.

    Links become natural keys: a tuple for a foreign key, a frozenset for many-to-many.
    """
    if field.many_to_many:
        return frozenset(map(as_key, value or []))
    if field.is_relation:
        return None if value is None else as_key(value)
    return _comparable(field.to_python(value))


def live_value(row: Keyed, field: Any) -> Any:
    """Return the value of a field in a saved row, in the form of `parse_value`."""
    if field.many_to_many:
        return frozenset(linked.natural_key() for linked in getattr(row, field.name).all())
    value = getattr(row, field.name)
    if field.is_relation:
        return None if value is None else value.natural_key()
    return _comparable(value)


def _comparable(value: Any) -> Any:
    """Undo what a browser's form does to text: it changes line ends and strips spaces."""
    return value.replace("\r\n", "\n").strip() if isinstance(value, str) else value


def write_values(row: Keyed, values: Mapping[Any, Any], *, at: datetime) -> None:
    """Write values by field, with links as primary keys.

    Raises RefusedError if the values break a constraint, with nothing written.
    """
    links = {field: value for field, value in values.items() if field.many_to_many}
    columns = {field.attname: value for field, value in values.items() if field not in links}
    for name, value in columns.items():
        setattr(row, name, value)
    try:
        row.validate_unique()
        row.validate_constraints()
    except ValidationError as error:
        raise RefusedError(" ".join(error.messages)) from error
    if isinstance(row, Publishable):
        columns["changed_at"] = at
    type(row)._base_manager.filter(pk=row.pk).update(**columns)
    for field, targets in links.items():
        getattr(row, field.name).set(targets)


def write_links(link: Any, pairs: Iterable[tuple[int, int]]) -> None:
    """Insert many-to-many links, as pairs of primary keys, without sending signals."""
    through = link.remote_field.through
    source, target = f"{link.m2m_field_name()}_id", f"{link.m2m_reverse_field_name()}_id"
    through._base_manager.bulk_create(through(**{source: a, target: b}) for a, b in pairs)
