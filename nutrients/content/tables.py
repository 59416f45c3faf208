"""The tables of content, and the links between their rows."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.db import models

from nutrients.models import Keyed, Publishable


def content_models() -> list[type[Keyed]]:
    """Return the models that fixtures can name."""
    config = apps.get_app_config("nutrients")
    return [model for model in config.get_models() if issubclass(model, Keyed)]


def reviewed_models() -> list[Any]:
    return [model for model in content_models() if issubclass(model, Publishable)]


def foreign_keys(model: Any) -> list[str]:
    """Return the names of the foreign keys of a table, to fetch for the names of its rows."""
    return [field.name for field in model._meta.concrete_fields if field.many_to_one]


def with_links(model: Any) -> Any:
    """Return the rows of a table, with all rows that they link to, and their keys, prefetched."""
    fields = (*model._meta.concrete_fields, *model._meta.many_to_many)
    links = [field for field in fields if field.is_relation]
    paths = [f"{link.name}__{key}" for link in links for key in link.remote_field.model.key_paths()]
    return model._base_manager.prefetch_related(*(path.rpartition("__")[0] for path in paths))


def by_table(pairs: Iterable[tuple[Any, int | None]]) -> dict[Any, set[int]]:
    """Group primary keys by model, without empty ones."""
    tables: dict[Any, set[int]] = defaultdict(set)
    for model, pk in pairs:
        if pk:
            tables[model].add(pk)
    return tables


def owning_fields(row: models.Model) -> list[Any]:
    """List the foreign keys whose rows this one is deleted with."""
    return [
        field
        for field in row._meta.concrete_fields
        if isinstance(field, models.ForeignKey) and field.remote_field.on_delete is models.CASCADE
    ]
