"""The values of rows in a proposal, and how they are laid over the database.

Values are as fixtures write them, with links as natural keys, so that they mean the same after rows
were added and deleted.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, NamedTuple

from django.core import serializers
from django.core.serializers.json import DjangoJSONEncoder
from django.db import DataError, IntegrityError, models, transaction
from django.db.models import ProtectedError

from nutrients.content.fixtures import NEEDS_ALL_LINKS, as_key
from nutrients.content.merging import parse_value
from nutrients.content.tables import by_table, with_links
from nutrients.content.versions import lock_content, parent_fields
from nutrients.models import ChangeKind, Proposal, ProposedRow

Values = dict[str, Any]
# The first primary key of new rows in a preview, far beyond those that the database assigns.
PREVIEW_KEYS_FROM = 10**15
# Fields that the site sets itself.
NOT_PROPOSED = {"changed_at", "reviewed_on", "reviewed_by"}


class Overlay(NamedTuple):
    """A proposed row, and the row of the database that it was written over."""

    proposed: ProposedRow
    row: Any


class Conflict(NamedTuple):
    """A field that was changed on the site since the proposal, or a whole row if `name` is empty.

    `live` are the present values of the row, and empty if it is gone.
    """

    proposed: ProposedRow
    name: str
    live: Values

    @property
    def id(self) -> str:
        return f"{self.proposed.pk}-{self.name}"


def begin_proposal(title: str, *, by: Any) -> Proposal:
    """Create an empty proposal, owned by its author."""
    return Proposal.objects.create(title=title[:120], author=by, owner=by)


def add_row(
    proposal: Proposal,
    row: Any,
    values: Mapping[str, Any] | None,
    *,
    by: Any,
    title: str = "",
    under: str = "",
) -> ProposedRow | None:
    """Add a change of one row to a proposal, over what it proposes for the same fields.

    `row` is a saved row, or a model for a new row. `values` are by field, with links as natural
    keys or rows; None proposes to delete the row. Values that change nothing are dropped. `under`
    names the row in whose form it was changed, by default its parent. The proposal is in writing
    again, and the forms check all of it before it can be published.
    """
    is_new = isinstance(row, type)
    model: Any = row if is_new else type(row)
    live, after = {} if is_new else values_of(row), to_values(model, values or {})
    key, label = key_in(model, after) if is_new else key_of(row), model._meta.label_lower
    existing = proposal.rows.filter(model=label, natural_key=key).first()
    if values is None:
        kind, before, after = ChangeKind.DELETE, live, {}
    elif is_new:
        kind, before = ChangeKind.ADD, {}
    else:
        after = difference(model, live, live | (existing.values if existing else {}) | after)
        kind, before = ChangeKind.CHANGE, {name: live[name] for name in after}
    proposal.write_again()
    if not (before or after):
        if existing:
            existing.delete()
        return None
    if existing and existing.kind == kind:
        before |= {name: value for name, value in existing.before.items() if name in before}
    fields = {"kind": kind, "before": before, "values": after, "by": by}
    fields["title"] = (title or (" / ".join(json.loads(key)) if is_new else str(row)))[:200]
    fields["under"] = under or (existing.under if existing else "") or _parent(model, live | after)
    proposed, _ = ProposedRow.objects.update_or_create(
        proposal=proposal, model=label, natural_key=key, defaults=fields
    )
    return proposed


def _parent(model: Any, values: Values) -> str:
    """Return the row that has a row with these values as a child, as `under` names it, or ""."""
    for field in parent_fields(model):
        return f"{field.remote_field.model._meta.label_lower} {_as_json(values.get(field.name))}"
    return ""


def values_of(row: Any) -> Values:
    """Return the values of a row in the database, without those that the site sets."""
    return _serialize(with_links(type(row)).get(pk=row.pk))


def _serialize(row: Any) -> Values:
    text = serializers.serialize("json", [row], use_natural_foreign_keys=True)
    values: Values = json.loads(text)[0]["fields"]
    return {
        name: sorted(value) if isinstance(value, list) else value
        for name, value in values.items()
        if name not in NOT_PROPOSED
    }


def live_rows(rows: Iterable[ProposedRow]) -> dict[ProposedRow, Any]:
    """Return the row on the site of each proposed row that has one, with a query for each table."""
    by_model: dict[Any, dict[tuple[str, ...], ProposedRow]] = defaultdict(dict)
    for proposed in rows:
        by_model[proposed.table][proposed.key] = proposed
    live: dict[ProposedRow, Any] = {}
    for model, by_key in by_model.items():
        first, *_ = model.key_paths()
        linked = [name for name in model.KEY if model._meta.get_field(name).is_relation]
        candidates = model._base_manager.filter(**{f"{first}__in": {key[0] for key in by_key}})
        candidates = candidates.select_related(*linked)
        live |= {by_key[key]: row for row in candidates if (key := row.natural_key()) in by_key}
    return live


def proposal_digest(proposal: Proposal) -> str:
    """Return a digest of all that a proposal changes."""
    rows = proposal.rows.values_list("model", "natural_key", "kind", "values")
    return hashlib.sha256(json.dumps(list(rows), sort_keys=True).encode()).hexdigest()


def difference(model: Any, before: Values, after: Values) -> Values:
    """Return the values of `after` that are not the same in `before`."""

    def is_same(name: str) -> bool:
        field = model._meta.get_field(name)
        return bool(parse_value(field, before[name]) == parse_value(field, after[name]))

    return {name: value for name, value in after.items() if name not in before or not is_same(name)}


def conflicts(rows: Iterable[ProposedRow]) -> list[Conflict]:
    """Return where rows on the site are not as they were when they were proposed."""
    rows = list(rows)
    saved_rows = live_rows(rows)
    tables = by_table((type(row), row.pk) for row in saved_rows.values())
    fetched = (row for model, pks in tables.items() for row in with_links(model).filter(pk__in=pks))
    values = {row: _serialize(row) for row in fetched}
    result = []
    for proposed in rows:
        live = values.get(saved_rows.get(proposed), {})
        if bool(live) == (proposed.kind == ChangeKind.ADD):
            result.append(Conflict(proposed, "", live))
        elif live:
            # PostgreSQL returns the names of `before` in an order of its own.
            before = {name: value for name, value in live.items() if name in proposed.before}
            changed = difference(proposed.table, proposed.before, before)
            names = difference(proposed.table, proposed.values, changed)
            result += [Conflict(proposed, name, live) for name in names]
    return result


def settle_conflict(conflict: Conflict, *, keep: bool) -> None:
    """Keep what is proposed, or leave the field or row as it is on the site.

    A deleted row stays deleted.
    """
    proposed, name, live = conflict.proposed, conflict.name, conflict.live
    if keep and name:
        proposed.before[name] = live[name]
    elif keep and live:
        proposed.kind = ChangeKind.CHANGE
        proposed.before = {field: live[field] for field in proposed.values}
    elif name and proposed.values:
        del proposed.before[name], proposed.values[name]
    else:
        proposed.values, keep = {}, False
    if proposed.values or keep:
        proposed.save()
    else:
        proposed.delete()


@contextmanager
def as_proposed(proposal: Proposal | None, **options: Any) -> Iterator[list[Overlay]]:
    """Lay a proposal over the database within the block, and roll all back after.

    Saves wait meanwhile, because two transactions could lock the same rows in another order.
    """
    with transaction.atomic():
        lock_content()
        try:
            yield lay_over(proposal.rows.all() if proposal else (), **options)
        finally:
            transaction.set_rollback(True)


def lay_over(
    rows: Iterable[ProposedRow],
    *,
    is_preview: bool = True,
    delete: Callable[[Any], Any] = lambda row: row.delete(),
) -> list[Overlay]:
    """Write proposed rows into the database, within a transaction that the caller ends.

    In a preview a new row has the same primary key each time, and a changed one its date of change:
    previews should differ by words alone. A row that cannot be written or deleted is left out of
    the result, and so are links to rows that are gone. Deletions come last.
    """
    rows = list(rows)
    live = live_rows(rows)
    written, deletions = [], []
    for proposed in rows:
        row = live.get(proposed)
        if proposed.kind == ChangeKind.DELETE:
            deletions += [Overlay(proposed, row)] if row else []
            continue
        if row is None and proposed.kind == ChangeKind.ADD:
            row = proposed.table(pk=PREVIEW_KEYS_FROM + proposed.pk if is_preview else None)
        if row is not None and _write(row, proposed.values, is_preview=is_preview):
            written.append(Overlay(proposed, row))
    for overlay in deletions:
        with suppress(ProtectedError), transaction.atomic():
            delete(overlay.row)
            written.append(overlay)
    return written


def _write(row: Any, values: Values, *, is_preview: bool) -> bool:
    """Save a row with these values; return False if a constraint or a lost row forbids it."""
    is_new, links = row._state.adding, _assign(row, values)
    if links is None:
        return False
    try:
        with transaction.atomic():
            if is_preview and not is_new:
                row.save(update_fields=values.keys() - links.keys())
            else:
                # Without force_insert, Django would first query for a row with this key.
                row.save(force_insert=is_new)
            for name, rows in links.items():
                getattr(row, name).set(rows)
    except (IntegrityError, DataError):
        return False
    return True


def _assign(row: Any, values: Values) -> dict[str, list[Any]] | None:
    """Set the values of columns, and return the linked rows; None if one that it needs is gone."""
    links: dict[str, list[Any]] = {}
    for name, value in values.items():
        field = row._meta.get_field(name)
        if field.many_to_many:
            links[name] = [linked for key in value if (linked := _find(field, key))]
            if row._meta.label_lower in NEEDS_ALL_LINKS and len(links[name]) < len(value):
                return None
        elif field.is_relation:
            linked = None if value is None else _find(field, value)
            if linked is None and not field.null:
                return None
            setattr(row, name, linked)
        else:
            setattr(row, name, field.to_python(value))
    return links


def _find(field: Any, key: Any) -> Any:
    return field.remote_field.model.with_key(as_key(key))


def key_of(row: Any) -> str:
    """Return the natural key of a row as JSON."""
    return _as_json(row.natural_key())


def key_in(model: Any, values: Values) -> str:
    """Return as JSON the natural key that a new row with these values gets."""
    return _as_json([part for name in model.KEY for part in as_key(values[name])])


def _as_json(key: Any) -> str:
    """Return a key as JSON without escapes, which would make other letters six times as long."""
    return json.dumps(key, ensure_ascii=False)


def to_values(model: Any, values: Mapping[str, Any]) -> Values:
    """Return values by field, with links as natural keys or rows, as a fixture writes them."""
    return {name: _to_value(model._meta.get_field(name), value) for name, value in values.items()}


def _to_value(field: Any, value: Any) -> Any:
    if isinstance(value, models.Model):
        return json.loads(key_of(value))
    if field and field.many_to_many:
        return sorted(_to_value(None, linked) for linked in value)
    return json.loads(json.dumps(value, cls=DjangoJSONEncoder))
