"""What a proposal holds of a row, and laying it over the database.

Values are as fixtures write them, with links as natural keys, so that they mean the same in a
database in which rows came and went.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from django.core import serializers
from django.core.serializers.json import DjangoJSONEncoder
from django.db import DataError, IntegrityError, models, transaction
from django.db.models import Prefetch, ProtectedError

from nutrients.models import ChangeKind, Proposal, ProposedRow

Values = dict[str, Any]
# The keys of new rows while they are only looked at, far beyond those that the database gives.
SHOWN_FROM = 10**15
# What the site says of a row by itself.
NOT_PROPOSED = {"changed_at", "reviewed_on", "reviewed_by"}


class Laid(NamedTuple):
    """A proposed row, and the row of the database that it was laid over."""

    proposed: ProposedRow
    row: Any


class Conflict(NamedTuple):
    """A field, or a whole row where `name` is empty, that was changed since it was written over.

    `live` are the values of the row as it is now, without any if it is gone.
    """

    proposed: ProposedRow
    name: str
    live: Values
    value: Any


def begin(title: str, *, by: Any) -> Proposal:
    """Make an empty proposal, which its maker owns."""
    return Proposal.objects.create(title=title[:120], maker=by, owner=by)


def add_row(
    proposal: Proposal,
    row: Any,
    values: Mapping[str, Any] | None,
    *,
    by: Any,
    title: str = "",
    under: str = "",
) -> ProposedRow | None:
    """Put a change of one row into a proposal, in place of what it says of the same fields.

    `row` is a saved row, or a model for a new row. `values` are by field, links as natural keys or
    rows; None proposes to delete the row. What is no change is not kept. `under` names the row in
    whose form it was changed. A proposal that was further on is being written again. The forms
    check it all before the proposal leaves the desk.
    """
    is_new = isinstance(row, type)
    model: Any = row if is_new else type(row)
    live, after = {} if is_new else values_of(row), given(model, values or {})
    key, label = key_in(model, after) if is_new else key_of(row), model._meta.label_lower
    known = proposal.rows.filter(model=label, natural_key=key).first()
    if values is None:
        kind, before, after = ChangeKind.DELETE, live, {}
    elif is_new:
        kind, before = ChangeKind.ADD, {}
    else:
        after = difference(model, live, live | (known.values if known else {}) | after)
        kind, before = ChangeKind.CHANGE, {name: live[name] for name in after}
    proposal.write_again()
    if not (before or after):
        if known:
            known.delete()
        return None
    if known and known.kind == kind:
        before |= {name: value for name, value in known.before.items() if name in before}
    fields = {"kind": kind, "before": before, "values": after, "by": by}
    fields["title"] = (title or (" / ".join(json.loads(key)) if is_new else str(row)))[:200]
    fields["under"] = under or (known.under if known else "")
    kept, _ = ProposedRow.objects.update_or_create(
        proposal=proposal, model=label, natural_key=key, defaults=fields
    )
    return kept


def values_of(row: Any) -> Values:
    """Give the values of a row that is in the database, without what the site says by itself."""
    (found,) = _fetched(type(row), [row.pk])
    return _values(found)


def _values(row: Any) -> Values:
    text = serializers.serialize("json", [row], use_natural_foreign_keys=True)
    values: Values = json.loads(text)[0]["fields"]
    return {
        name: sorted(value) if isinstance(value, list) else value
        for name, value in values.items()
        if name not in NOT_PROPOSED
    }


def _fetched(model: Any, pks: Collection[Any]) -> list[Any]:
    """Read rows with all that they link to, at a cost that does not grow with their number."""
    links = [
        Prefetch(field.name, queryset=_with_keys(field.remote_field.model))
        for field in model._meta.many_to_many
    ]
    single = [field.name for field in model._meta.concrete_fields if field.is_relation]
    rows = model._base_manager.filter(pk__in=pks).select_related(*single)
    return list(rows.prefetch_related(*links))


def _with_keys(model: Any) -> Any:
    parents = [name for name in model.KEY if model._meta.get_field(name).is_relation]
    return model._base_manager.select_related(*parents)


def live_rows(rows: Iterable[ProposedRow]) -> dict[ProposedRow, tuple[Any, Values]]:
    """Give the rows that readers have, each with its values; those that are not there are left out.

    A few queries a table.
    """
    by_table: dict[Any, dict[tuple[str, ...], ProposedRow]] = defaultdict(dict)
    for one in rows:
        by_table[one.table][tuple(json.loads(one.natural_key))] = one
    found = {}
    for model, wanted in by_table.items():
        paths = model.key_paths()
        firsts = {key[0] for key in wanted}
        keyed = model._base_manager.filter(**{f"{paths[0]}__in": firsts})
        places = {
            pk: wanted[key]
            for pk, *parts in keyed.values_list("pk", *paths)
            if (key := tuple(map(_as_text, parts))) in wanted
        }
        for row in _fetched(model, places):
            found[places[row.pk]] = (row, _values(row))
    return found


def digest(proposal: Proposal) -> str:
    """Tell these words from others."""
    rows = proposal.rows.values_list("model", "natural_key", "kind", "values")
    return hashlib.sha256(json.dumps(list(rows), sort_keys=True).encode()).hexdigest()


def difference(model: Any, one: Values, other: Values) -> Values:
    """The values of the other that are not the same in the one."""
    return {
        name: value
        for name, value in other.items()
        if name not in one or not is_same(model._meta.get_field(name), one[name], value)
    }


def is_same(field: Any, one: Any, other: Any) -> bool:
    """Whether two values of a field are the same: 1.5 is 1.50, and links have no order."""
    if field.is_relation:
        return sorted(_as_list(one)) == sorted(_as_list(other))
    return bool(field.to_python(one) == field.to_python(other))


def conflicts(rows: Iterable[ProposedRow]) -> list[Conflict]:
    """Where the live rows are not what a proposal was written over."""
    rows = list(rows)
    live = live_rows(rows)
    found = []
    for one in rows:
        _, now = live.get(one, (None, {}))
        if one.kind == ChangeKind.ADD or not now:
            if bool(now) == (one.kind == ChangeKind.ADD):
                found.append(Conflict(one, "", now, None))
            continue
        changed = difference(one.table, one.before, {name: now[name] for name in one.before})
        differing = difference(one.table, one.values, changed)
        found += [Conflict(one, name, now, one.values.get(name)) for name in differing]
    return found


def settle(conflict: Conflict, *, keep: bool) -> None:
    """Keep what a proposal says over what is live by now, or leave that as it is.

    A row that is gone can only be left so.
    """
    one, name, live = conflict.proposed, conflict.name, conflict.live
    if keep and name:
        one.before[name] = live[name]
    elif keep and live:
        one.kind, one.before = ChangeKind.CHANGE, {each: live[each] for each in one.values}
    elif name and one.values:
        del one.before[name], one.values[name]
    else:
        one.values, keep = {}, False
    if one.values or keep:
        one.save()
    else:
        one.delete()


def lay_over(
    rows: Iterable[ProposedRow],
    *,
    for_good: bool = False,
    delete: Callable[[Any], Any] = lambda row: row.delete(),
) -> list[Laid]:
    """Write proposed rows into the database, within a transaction that the caller ends.

    New rows get keys by which the same row is known each time it is only looked at, or `for_good`
    such as any row gets. What cannot be written is left out, and so are links to rows that are
    gone. What is to go goes last, and is among what is given.
    """
    rows = list(rows)
    live = live_rows(rows)
    laid, going = [], []
    for one in rows:
        row, _ = live.get(one, (None, {}))
        if one.kind == ChangeKind.DELETE:
            going += [Laid(one, row)] if row else []
            continue
        if row is None and one.kind == ChangeKind.ADD:
            row = one.table(pk=None if for_good else SHOWN_FROM + one.pk)
        if row is not None and _write(row, one.values, for_good=for_good):
            laid.append(Laid(one, row))
    return laid + list(_gone(going, delete, for_good=for_good))


def _gone(going: Iterable[Laid], delete: Callable[[Any], Any], *, for_good: bool) -> Iterator[Laid]:
    """Delete rows, and give those that are gone; for good all of them are, or ProtectedError."""
    for one in going:
        try:
            with transaction.atomic():
                delete(one.row)
        except ProtectedError:
            if for_good:
                raise
        else:
            yield one


def _write(row: Any, values: Values, *, for_good: bool) -> bool:
    """Give a row these values and save it; nothing where the table or a lost row forbids it.

    The date of change moves only for good: pages that are compared are to differ by words.
    """
    links: dict[str, list[Any]] = {}
    is_new = row._state.adding
    for name, value in values.items():
        field = row._meta.get_field(name)
        if field.many_to_many:
            links[name] = [pk for key in value if (pk := _pk(field, key)) is not None]
        elif field.is_relation:
            pk = None if value is None else _pk(field, value)
            if pk is None and not field.null:
                return False
            setattr(row, field.attname, pk)
        else:
            setattr(row, name, field.to_python(value))
    try:
        with transaction.atomic():
            if is_new or for_good:
                # A key that is given is that of a row that is not there yet.
                row.save(force_insert=is_new)
            else:
                row.save(update_fields=values.keys() - links.keys())
            for name, pks in links.items():
                getattr(row, name).set(pks)
    except (IntegrityError, DataError):
        return False
    return True


def _pk(field: Any, key: Any) -> Any:
    model = field.remote_field.model
    parts = dict(zip(model.key_paths(), _as_list(key), strict=True))
    return model._base_manager.filter(**parts).values_list("pk", flat=True).first()


def key_of(row: Any) -> str:
    """The natural key of a row as JSON."""
    return json.dumps([str(part) for part in row.natural_key()])


def key_in(model: Any, values: Values) -> str:
    """The natural key that a new row with these values gets, as JSON."""
    return json.dumps([str(part) for name in model.KEY for part in _as_list(values[name])])


def given(model: Any, values: Mapping[str, Any]) -> Values:
    """Values by field, links as natural keys or rows, as a fixture writes them."""
    return {name: _plain(model._meta.get_field(name), value) for name, value in values.items()}


def _plain(field: Any, value: Any) -> Any:
    """A value as a fixture writes it."""
    if isinstance(value, models.Model):
        return json.loads(key_of(value))
    if field and field.many_to_many:
        return sorted(_plain(None, one) for one in value)
    return json.loads(json.dumps(value, cls=DjangoJSONEncoder))


def _as_list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]


def _as_text(part: Any) -> str:
    return part.isoformat() if hasattr(part, "isoformat") else str(part)
