"""Revisions (django-reversion): one a save, over a row, its children and their links."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from difflib import SequenceMatcher
from typing import Any

import reversion
from django.apps import apps
from django.db import models
from reversion.models import Version
from reversion.revisions import _stack  # what is under way; nothing public sets it aside

from nutrients.models import Keyed, Publishable

from .signatures import CHILDREN, renew

FIRST = "As it was before the first edit here"
# It belongs to two rows, so an edit of it alone is in its own history only.
SHARED = "associations"


def content_models() -> list[type[Keyed]]:
    """The models whose rows hold content: those that fixtures could name."""
    every = apps.get_app_config("nutrients").get_models()
    return [model for model in every if issubclass(model, Keyed)]


def register() -> None:
    """Have every table of content kept."""
    for model in content_models():
        reversion.register(model, follow=CHILDREN.get(str(model._meta.model_name), ()))


def write(rows: Iterable[Any], comment: str, *, user: Any = None) -> None:
    """Write a revision of these rows now, even while another is under way."""
    under_way = _stack.set([])
    try:
        with reversion.create_revision():
            reversion.set_user(user)
            reversion.set_comment(comment)
            for row in rows:
                reversion.add_to_revision(row)
    finally:
        _stack.reset(under_way)


def keep_first(rows: Iterable[Any]) -> None:
    """Keep rows and their parents as the database has them, if they have no version yet.

    Call it before a change, because shipped content is loaded without versions.
    """
    rows = list(rows)
    before: list[Any] = []
    for model, pks in by_table((type(row), row.pk) for row in [*rows, *parents(rows)]).items():
        kept = Version.objects.get_for_model(model).filter(object_id__in=map(str, pks))
        pks -= set(map(int, kept.values_list("object_id", flat=True)))
        before += model._base_manager.filter(pk__in=pks)
    if before:
        write(before, FIRST)


def keep(rows: Collection[Any], *, at: datetime) -> None:
    """Add rows that were saved or deleted, and their parents, to the revision under way.

    The pages that show them count as changed, and lose a reviewer who signed other words.
    """
    date_owners(rows, at=at)
    renew([*rows, *parents(rows)])
    reversion.set_date_created(at)
    for row in [*(row for row in rows if row.pk), *parents(rows)]:
        reversion.add_to_revision(row)


def parents(rows: Iterable[Any]) -> list[Any]:
    """Read the rows whose histories show what was done to these; one that is gone is left out."""
    shown_under = by_table(
        (field.remote_field.model, getattr(row, field.attname))
        for row in rows
        for field in owning_fields(row)
        if field.remote_field.related_name in _children_of(field.remote_field.model)
    )
    return [
        row for model, pks in shown_under.items() for row in model._base_manager.filter(pk__in=pks)
    ]


def _children_of(model: Any) -> set[str]:
    return {*CHILDREN.get(model._meta.model_name, ())} - {SHARED}


def by_table(pairs: Iterable[tuple[Any, Any]]) -> dict[Any, set[Any]]:
    """The primary keys of rows by their model; a row without one is left out."""
    tables: dict[Any, set[Any]] = defaultdict(set)
    for model, pk in pairs:
        if pk:
            tables[model].add(pk)
    return tables


def owning_fields(row: models.Model) -> list[Any]:
    """List the foreign keys to rows without which this one would go."""
    return [
        field
        for field in row._meta.concrete_fields
        if isinstance(field, models.ForeignKey) and field.remote_field.on_delete is models.CASCADE
    ]


def owners(row: models.Model) -> list[tuple[Any, Any]]:
    """List the published rows that show this one, each as its model and primary key."""
    return [
        (field.remote_field.model, getattr(row, field.attname))
        for field in owning_fields(row)
        if issubclass(field.remote_field.model, Publishable)
    ]


def date_owners(rows: Iterable[models.Model], *, at: datetime) -> None:
    """Count the owners of rows that were made, changed or deleted as changed at this moment.

    It costs one query a table of owners, however many rows there are.
    """
    for owner, pks in by_table(pair for row in rows for pair in owners(row)).items():
        owner._base_manager.filter(pk__in=pks).update(changed_at=at)


def compared(
    before: Sequence[str], after: Sequence[str]
) -> Iterator[tuple[Sequence[str], Sequence[str], Sequence[str]]]:
    """Stretches in order: what is the same, or else what went and what came in its place."""
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for kind, first, last, start, end in matcher.get_opcodes():
        if kind == "equal":
            yield after[start:end], [], []
        else:
            yield [], before[first:last], after[start:end]
