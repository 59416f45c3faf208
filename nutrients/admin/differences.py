"""The differences between versions of a row, field by field, in words for editors."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from reversion.errors import RevertError
from reversion.models import Version

from nutrients.proposals.marking import diff_sequences

from .content_forms import normalize_text

# Words with the space after them. Texts with fewer than FEW_WORDS are shown whole.
WORD = re.compile(r"\S+\s*")
FEW_WORDS, WORDS_AROUND = 12, 15


class Change(NamedTuple):
    """A field with its old and its new text.

    `parts` is one text with both, if they are long: each stretch comes with "del", "ins" or an
    empty string.
    """

    name: str
    label: str
    old: str
    new: str
    parts: list[tuple[str, str]]


def diff_versions(before: Version | None, after: Version) -> list[Change]:
    """Return the changes of a version against the one before it, if there is one."""
    old = _field_dict(before) if before else {}
    new = {name: value for name, value in _field_dict(after).items() if name in old}
    return list(diff_values(after.content_type.model_class(), old, new))


def _field_dict(version: Version) -> dict[str, Any]:
    try:
        return version.field_dict
    except RevertError:
        # The table has changed since.
        return {}


def value_in(version: Version, name: str) -> Any:
    """Return the value of a field, or the key of the row that it links to."""
    values = _field_dict(version)
    return values.get(name, values.get(f"{name}_id"))


def diff_values(
    model: Any, before: Mapping[str, Any], after: Mapping[str, Any]
) -> Iterator[Change]:
    """Yield a change for each field that editors see and whose text differs, in their order."""
    names = [name for name, value in after.items() if value != before.get(name)]
    for name in sorted(names, key=model._meta.get_field):
        field = model._meta.get_field(name)
        old, new = format_value(field, before.get(name)), format_value(field, after[name])
        if field.editable and old != new:
            yield make_change(field, old, new)


def make_change(field: Any, old: str, new: str) -> Change:
    parts = _mark_words(old, new)
    return Change(field.name, capfirst(field.verbose_name), old or "–", new or "–", parts)


def _mark_words(old: str, new: str) -> list[tuple[str, str]]:
    """Return two long texts as one, with the words marked that were deleted and inserted."""
    before, after = WORD.findall(old), WORD.findall(new)
    if min(len(before), len(after)) < FEW_WORDS:
        return []
    parts = []
    for same, deleted, inserted in diff_sequences(before, after):
        stretches = (("", _shorten(same)), ("del", "".join(deleted)), ("ins", "".join(inserted)))
        parts += [(tag, text) for tag, text in stretches if text]
    return parts


def _shorten(words: Any) -> str:
    if len(words) <= 2 * WORDS_AROUND:
        return "".join(words)
    return f"{''.join(words[:WORDS_AROUND])} … {''.join(words[-WORDS_AROUND:])}"


def format_value(field: Any, value: Any) -> str:
    """Return a value of a field as text. Links are given by primary or by natural key."""
    if field.is_relation:
        keys = [key for key in (value if field.many_to_many else [value]) or () if key]
        if keys and isinstance(keys[0], list | tuple):
            return ", ".join(sorted(" / ".join(key) for key in keys))
        rows = field.remote_field.model._base_manager.filter(pk__in=keys)
        return ", ".join(sorted(map(str, rows)))
    # A new row has no old values, and a field of true or false refuses None.
    value = None if value is None else field.to_python(value)
    if isinstance(value, datetime):
        value = date_format(timezone.localtime(value), "j F Y, H:i e")
    elif isinstance(value, bool):
        value = "Yes" if value else "No"
    elif isinstance(value, Decimal):
        value = f"{value.normalize():f}"
    else:
        value = dict(field.flatchoices).get(value, value)
    return "" if value is None else normalize_text(str(value))
