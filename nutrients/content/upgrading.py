"""The upgrade: updates rows that were not edited to what is shipped now."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError

from nutrients.models import Publishable, ShippedChange

from .applying import RefusedError, apply_values
from .fixtures import MERGED_WHOLE, FixtureError, FixtureRow, KeyIndex, Model, field_of
from .ledger import Identity, Ledger, as_json
from .merging import NEVER_SHIPPED, live_value, merge_links, merge_values, shipped_value
from .versions import owners

EDITED = "It was edited here as well."
MADE_HERE = "The row was made here before it came with the site."
REVIEWED = (
    "A reviewer agreed to this row as it is. Take the new content only if the reviewer "
    "agrees to it too, or empty both review fields."
)
GONE = "It leads to a row that was deleted here."
REFUSED = "The new value does not go with the rest: {}"
WITHDRAWN = "It no longer comes with the site. Keep it, or delete it."


class Update(NamedTuple):
    """A row that was brought up to date, with the names of the fields that changed."""

    row: FixtureRow
    fields: list[str]

    def __str__(self) -> str:
        return f"{self.row}: {', '.join(self.fields)} ({self.row.place})"


class Change(NamedTuple):
    """What the merge says of one field: the value to write, or why an editor is to choose."""

    field: Any
    value: Any = None
    why: str = ""


class Upgrade:
    """One upgrade: `run` merges the rows that are there, `withdraw` finds those shipped no more."""

    def __init__(self, ledger: Ledger, index: KeyIndex, at: datetime) -> None:
        self.updated: list[Update] = []
        self.to_settle: list[ShippedChange] = []
        self._ledger = ledger
        self._index = index
        self._at = at

    def run(self, rows: Sequence[FixtureRow]) -> None:
        """Merge every row that differs from what was shipped before, and note what is to settle."""
        news = [row for row in rows if self._ledger.is_news(row)]
        by_model: dict[Model, list[FixtureRow]] = defaultdict(list)
        for row in news:
            by_model[row.model].append(row)
        for model, changed in by_model.items():
            self._merge_all(model, changed)
        self._ledger.leave_open(news, self.to_settle)
        self._ledger.enter(news, at=self._at)

    def withdraw(self, shipped: set[Identity]) -> None:
        """Ask about the rows that were loaded once, are still here, and are shipped no more."""
        entries = self._ledger.rows.items()
        gone = [key for key, row in entries if key not in shipped and not row.withdrawn_at]
        here = [identity for identity in gone if self._index.holds(*identity)]
        questions = [self._question(*identity, "", None, {}, WITHDRAWN) for identity in here]
        self._ledger.withdraw(gone, at=self._at)
        self._ledger.leave_open([], questions)
        self.to_settle += questions

    def _merge_all(self, model: Model, rows: list[FixtureRow]) -> None:
        keys = self._index.keys_of(model)
        rows_here = model._base_manager.in_bulk([keys[row.key] for row in rows])
        waiting = [(row, rows_here[keys[row.key]]) for row in rows]
        # A name is free only once another row has given it up, so those refused go round again.
        while left := [pair for pair in waiting if not self._merge(*pair)]:
            if len(left) == len(waiting):
                break
            waiting = left
        for row, live in left:
            self._merge(row, live, is_last=True)

    def _merge(self, row: FixtureRow, live: Any, *, is_last: bool = False) -> bool:
        """Merge one row. False if its table refuses the values and may yet accept them."""
        changes = self._changes(row, live)
        news = [change for change in changes if not change.why]
        held = [change for change in changes if change.why]
        if news and self._is_reviewed_here(live):
            held += [Change(change.field, why=REVIEWED) for change in news]
        elif news:
            try:
                apply_values(live, {change.field: change.value for change in news}, at=self._at)
            except RefusedError as error:
                live.refresh_from_db()
                if not is_last:
                    return False
                why = REFUSED.format(error)
                held += [Change(change.field, why=why) for change in news]
            else:
                self.updated.append(Update(row, [change.field.name for change in news]))
        self.to_settle += [self._question_of(row, change.field.name, change.why) for change in held]
        return True

    def _changes(self, row: FixtureRow, live: Any) -> list[Change]:
        entry = self._ledger.rows.get(row.identity)
        before = entry.fields if entry else {}
        now = {field.name for field in row.model._meta.get_fields()}
        names = dict.fromkeys([*row.fields, *(name for name in before if name in now)])
        changes = [self._change(row, live, field_of(row, name)) for name in names]
        return [change for change in changes if change]

    def _change(self, row: FixtureRow, live: Any, field: Any) -> Change | None:
        """Merge one field; None if it stays as it is."""
        ours = live_value(live, field)
        base, theirs = self._shipped(row, field, self._ledger.base(row, field.name))
        is_whole = row.label in MERGED_WHOLE
        if theirs is NEVER_SHIPPED:
            return None
        if field.many_to_many and not is_whole and base is not NEVER_SHIPPED:
            reachable = {key for key in theirs if self._target(row, field, key) is not None}
            merged, is_conflict = merge_links(base, ours, frozenset(reachable)), False
        else:
            merged, is_conflict = merge_values(base, ours, theirs)
        if is_conflict:
            asked = self._ledger.asked(row, field.name)
            # The release takes back what it had asked about, so there is nothing left to ask.
            if asked and self._shipped(row, field, asked.before)[0] == theirs:
                return None
            return Change(field, why=MADE_HERE if base is NEVER_SHIPPED else EDITED)
        return None if merged == ours else self._written(row, field, merged)

    def _shipped(
        self, row: FixtureRow, field: Any, before: dict[str, Any] | None
    ) -> tuple[Any, Any]:
        try:
            theirs = shipped_value(field, row.fields)
            if not field.is_relation and theirs is not NEVER_SHIPPED:
                field.clean(theirs, None)
        except ValidationError as error:
            faults = f"{field.name}: {' '.join(error.messages)}"
            raise FixtureError(f"{row.place}: {row} is not valid, {faults}") from error
        try:
            return shipped_value(field, before), theirs
        except ValidationError:
            # The field was of another kind then, so it is not known whether it was edited.
            return NEVER_SHIPPED, theirs

    def _written(self, row: FixtureRow, field: Any, merged: Any) -> Change:
        """The merged value as the database holds it: links as primary keys."""
        if not field.is_relation:
            # As a first load would write it, not as it was compared.
            is_given = field.name in row.fields
            return Change(field, field.to_python(row.fields[field.name]) if is_given else merged)
        if not field.many_to_many:
            target = None if merged is None else self._target(row, field, merged)
            is_gone = merged is not None and target is None
            return Change(field, why=GONE) if is_gone else Change(field, target)
        targets = [self._target(row, field, key) for key in sorted(merged)]
        return Change(field, why=GONE) if None in targets else Change(field, targets)

    def _target(self, row: FixtureRow, field: Any, key: Any) -> Any:
        return self._index.target(row, field, list(key))

    def _is_reviewed_here(self, live: Any) -> bool:
        """Whether somebody here put their name to the row, or to the page that shows it."""
        pages = owners(live)
        if isinstance(live, Publishable):
            pages.append((type(live), live.pk))
        for model, pk in pages:
            page = model._base_manager.get(pk=pk)
            shipped = self._ledger.rows.get((page._meta.label_lower, page.natural_key()))
            day = page.reviewed_on
            if day and (shipped is None or shipped.fields.get("reviewed_on") != day.isoformat()):
                return True
        return False

    def _question_of(self, row: FixtureRow, name: str, why: str) -> ShippedChange:
        asked = self._ledger.asked(row, name)
        before = asked.before if asked else self._ledger.base(row, name)
        picked = None if before is None else _only(name, before)
        return self._question(*row.identity, name, picked, _only(name, as_json(row.fields)), why)

    def _question(
        self, label: str, key: Any, name: str, before: Any, theirs: Any, why: str
    ) -> ShippedChange:
        return ShippedChange(
            model=label,
            natural_key=json.dumps(key),
            field=name,
            before=before,
            theirs=theirs,
            reason=why,
            is_edited=why in (EDITED, MADE_HERE),
            noticed_at=self._at,
        )


def _only(name: str, fields: dict[str, Any]) -> dict[str, Any]:
    return {name: fields[name]} if name in fields else {}
