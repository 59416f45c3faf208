"""The upgrade: updates rows that were not edited to what is shipped now."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError

from nutrients.models import Publishable, ShippedChange

from .applying import apply_values
from .fixtures import (
    MERGED_WHOLE,
    FixtureRow,
    Identity,
    KeyIndex,
    Model,
    RefusedError,
    instance_of,
)
from .ledger import Ledger, as_json
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
        questions = [self._question(*identity, WITHDRAWN) for identity in here]
        self._ledger.withdraw(gone, at=self._at)
        self._ledger.leave_open([], questions)
        self.to_settle += questions

    def _merge_all(self, model: Model, rows: list[FixtureRow]) -> None:
        keys = self._index.keys_of(model)
        rows_here = model._base_manager.in_bulk([keys[row.key] for row in rows])
        waiting = [(row, rows_here[keys[row.key]]) for row in rows]
        is_last = False
        # A name is free only once another row has given it up, so those refused go round again.
        while waiting:
            left = [pair for pair in waiting if not self._merge(*pair, is_last=is_last)]
            is_last = len(left) == len(waiting)
            waiting = left

    def _merge(self, row: FixtureRow, live: Any, *, is_last: bool) -> bool:
        """Merge one row. False if its table refuses the values and may yet accept them."""
        # Raises FixtureError for a value that a first load would refuse.
        instance_of(row, self._index)
        changes = self._changes(row, live)
        news = {change.field: change.value for change in changes if not change.why}
        why = ""
        if news and self._is_reviewed_here(live):
            why = REVIEWED
        elif news:
            try:
                apply_values(live, news, at=self._at)
            except RefusedError as error:
                live.refresh_from_db()
                if not is_last:
                    return False
                why = REFUSED.format(error)
            else:
                self.updated.append(Update(row, [field.name for field in news]))
        for change in changes:
            if reason := change.why or why:
                self.to_settle.append(self._question_of(row, change.field.name, reason))
        return True

    def _changes(self, row: FixtureRow, live: Any) -> list[Change]:
        entry = self._ledger.rows.get(row.identity)
        names = dict.fromkeys([*row.fields, *(entry.fields if entry else ())])
        fields = {field.name: field for field in row.model._meta.get_fields()}
        changes = [self._change(row, live, fields[name]) for name in names if name in fields]
        return [change for change in changes if change]

    def _change(self, row: FixtureRow, live: Any, field: Any) -> Change | None:
        """Merge one field; None if it stays as it is."""
        ours = live_value(live, field)
        base = _base(field, self._ledger.base(row, field.name))
        theirs = shipped_value(field, row.fields)
        if theirs is NEVER_SHIPPED:
            return None
        if field.many_to_many and row.label not in MERGED_WHOLE and base is not NEVER_SHIPPED:
            reachable = theirs & self._index.keys_of(field.remote_field.model).keys()
            merged, is_conflict = merge_links(base, ours, frozenset(reachable)), False
        else:
            merged, is_conflict = merge_values(base, ours, theirs)
        if is_conflict:
            asked = self._ledger.asked(row, field.name)
            # The release takes back what it had asked about, so there is nothing left to ask.
            if asked and _base(field, asked.before) == theirs:
                return None
            return Change(field, why=MADE_HERE if base is NEVER_SHIPPED else EDITED)
        if merged == ours:
            return None
        try:
            return Change(field, self._index.stored(field, merged))
        except RefusedError:
            return Change(field, why=GONE)

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
        return self._question(
            *row.identity,
            why,
            field=name,
            before=None if before is None else _only(name, before),
            theirs=_only(name, as_json(row.fields)),
        )

    def _question(self, label: str, key: Any, why: str, **values: Any) -> ShippedChange:
        return ShippedChange(
            model=label,
            natural_key=json.dumps(key),
            reason=why,
            is_edited=why in (EDITED, MADE_HERE),
            noticed_at=self._at,
            **values,
        )


def _base(field: Any, before: dict[str, Any] | None) -> Any:
    try:
        return shipped_value(field, before)
    except ValidationError:
        # The field was of another kind then, so it is not known whether it was edited.
        return NEVER_SHIPPED


def _only(name: str, fields: dict[str, Any]) -> dict[str, Any]:
    return {name: fields[name]} if name in fields else {}
