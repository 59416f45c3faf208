"""Taking made-up content away again, with everything that hangs on it and without a trace."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.db.models import CASCADE, PROTECT, Model, QuerySet

from nutrients.models import Article, FoodGroup, FoodSource, Nutrient, Source, Symptom

MODELS = (Article, FoodSource, Nutrient, Symptom, FoodGroup, Source)


class RefusedError(Exception):
    """Real content hangs on made-up rows; its text is one sentence."""


@transaction.atomic
def remove() -> dict[str, int]:
    """Take every made-up row away, and give how many there were of each kind.

    All of it or nothing. Raises RefusedError where an editor let real rows rest on made-up ones.
    """
    return {str(model._meta.verbose_name_plural): _remove(_made_up(model)) for model in MODELS}


def _made_up(model: type[Any]) -> QuerySet[Any]:
    return model.objects.filter(slug__startswith="sample-")


def _remove(rows: QuerySet[Any]) -> int:
    # Past signals and collectors: those would write history, a row at a time.
    for relation in _hanging(rows.model):
        hanging = relation.related_model._base_manager.filter(
            **{f"{relation.field.name}__in": rows.order_by().values("pk")}
        )
        if relation.on_delete is PROTECT and hanging.exists():
            kind = relation.related_model._meta.verbose_name_plural
            raise RefusedError(f"Some {kind} rest on made-up rows: change those first.")
        if relation.on_delete is CASCADE:
            _remove(hanging)
    return rows._raw_delete(rows.db)


def _hanging(model: type[Model]) -> Iterator[Any]:
    """The relations by which other rows point at those of a model, link tables included."""
    for field in model._meta.get_fields(include_hidden=True):
        if field.auto_created and (field.one_to_many or field.one_to_one):
            yield field
