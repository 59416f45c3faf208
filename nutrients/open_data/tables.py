"""The tables of the open data: their rows, and how each value is read.

tables.yaml has titles, columns and their meanings. A column is read from the field of its name,
which determines its kind too, unless TABLES says otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from operator import attrgetter
from pathlib import Path
from typing import Any

import yaml
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import Prefetch, QuerySet

from nutrients import models as m
from nutrients import prose
from nutrients.common.version import ContentVersion

Value = str | bool | int | Decimal | date | datetime | list[str] | None
Rows = QuerySet[Any, Any]

WORDS: dict[str, Any] = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text("utf-8"))
OWN_WORDS = "Nutrisite’s own words: no licence has been granted yet."
NO_LICENCE = "The sources state no licence."
# The last columns of every table.
LICENCE, VERSION = "licence", "version"
# Columns at the end of each table whose model has these fields.
SOURCES = {"sources": "The sources of the row, as ids in the table of sources."}
CHECKED = {
    "verification": "How far the main claim was checked.",
    "published_at": "Since when the row is public.",
    "changed_at": "When the row was last changed.",
    "reviewed_on": "When a clinician read the row and agreed to it; empty if none has.",
    "reviewed_by": "Who reviewed it: name and profession.",
    "review_due_on": "After this day the review is overdue.",
}
# The unit of a number by its column, or the column with the unit.
UNITS = {
    **dict.fromkeys(("daily_value", "reference_value", "per_100g", "amount"), "unit"),
    "upper_limit": "upper_limit_unit",
    **dict.fromkeys(("serving_grams", "grams"), "g"),
    "energy_kcal": "kcal",
    **dict.fromkeys(("age_from", "age_below"), "years"),
    "chronic_disease_limit_mg": "mg",
    "at_least": "ticks",
}


class Kind(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    YES_NO = "true or false"
    DAY = "day"
    MOMENT = "moment in UTC"
    LIST = "list"


# The first class that a field is an instance of decides. Other fields are text.
KINDS: tuple[tuple[type[Any], Kind], ...] = (
    (models.ManyToManyField, Kind.LIST),
    (models.BooleanField, Kind.YES_NO),
    (models.DateTimeField, Kind.MOMENT),
    (models.DateField, Kind.DAY),
    (models.DecimalField, Kind.NUMBER),
    (models.IntegerField, Kind.NUMBER),
)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    `unit` is a unit or the name of the column with it. Without `values` any value is allowed.
    """

    name: str
    meaning: str
    read: Callable[[Any], Value]
    kind: Kind
    unit: str = ""
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A table. `rows` returns its public rows at a moment, `licence` the licence of a row."""

    name: str
    title: str
    row_is: str
    rows: Callable[[datetime], Rows]
    columns: tuple[Column, ...]
    licence: Callable[[Any], str]


def key_of(row: Any) -> str:
    """Return the natural key of a row as its identifier."""
    return "/".join(row.natural_key()) if row else ""


def column(model: Any, name: str, meaning: str, read: str | Callable[[Any], Value]) -> Column:
    """Make a column that is read by a function or along a path such as `group.name`."""
    if callable(read):
        return Column(name, meaning, read, Kind.LIST if name == "sources" else Kind.TEXT)
    get, field = attrgetter(read), _field(model, read)
    if field is None:
        return Column(name, meaning, get, Kind.TEXT)
    kind = next((kind for of, kind in KINDS if isinstance(field, of)), Kind.TEXT)
    if kind == Kind.LIST:
        return Column(name, meaning, lambda row: sorted(map(key_of, get(row).all())), kind)
    if field.is_relation:
        return Column(name, meaning, lambda row: key_of(get(row)), kind)
    values = tuple(value for value, _ in field.flatchoices if value)
    values = ("true", "false") if kind == Kind.YES_NO else values
    return Column(name, meaning, get, kind, UNITS.get(name, ""), values)


def _field(model: Any, path: str) -> Any:
    """Return the field at the end of a path; None if there is no field."""
    first, _, rest = path.partition(".")
    try:
        field = model._meta.get_field(first)
    except FieldDoesNotExist:
        return None
    return _field(field.related_model, rest) if rest else field


def public(model: Any, *, at: datetime) -> Rows:
    """Return the rows that readers may see.

    Their parents are joined, and must be public too.
    """
    rows = model.objects
    rows = rows.published(at=at) if issubclass(model, m.Publishable) else rows.all()
    owners = [field for field in model._meta.concrete_fields if field.is_relation]
    for field in owners:
        if issubclass(field.related_model, m.Publishable):
            rows = rows.filter(**{f"{field.name}__in": public(field.related_model, at=at)})
    return rows.select_related(*(field.name for field in owners))


def linked_rows(model: Any, prefetch: Iterable[str], at: datetime) -> Rows:
    """Return the public rows with their public links, in the order of their keys."""
    links = [
        Prefetch(link.name, public(link.related_model, at=at)) for link in model._meta.many_to_many
    ]
    rows = public(model, at=at).prefetch_related(*links, *prefetch)
    return rows.order_by(*model.key_paths())


def table(
    name: str,
    model: Any,
    *,
    rows: Callable[[datetime], Rows] | None = None,
    licence: Callable[[Any], str] = lambda row: OWN_WORDS,
    **read: str | Callable[[Any], Value],
) -> Table:
    """Make a table of the public rows of a model, or of `rows`.

    `read` has the columns that are not read from the field of their name.
    """
    words = WORDS[name]
    meanings: dict[str, str] = dict(words["columns"])
    if any(link.name == "sources" for link in model._meta.many_to_many):
        meanings |= SOURCES
    if issubclass(model, m.Publishable):
        meanings |= CHECKED
    read.setdefault("id", key_of)
    read.setdefault("published_at", "publish_at")
    if _field(model, "address") is None:
        read["address"] = lambda row: row.get_absolute_url()
    columns = [
        column(model, name, meaning, read.get(name, name)) for name, meaning in meanings.items()
    ]
    # Lists of a related row, such as the sources of a risk factor.
    paths = [path for path in read.values() if isinstance(path, str)]
    prefetch = [path.replace(".", "__") for path in paths if path.endswith(".sources")]
    rows = rows or (lambda at: linked_rows(model, prefetch, at))
    return Table(name, words["title"], words["row_is"], rows, tuple(columns), licence)


def amounts(at: datetime) -> Rows:
    """Return amounts as tuples, which are faster: there may be a hundred thousand."""
    rows = public(m.NutrientAmount, at=at).order_by(*m.NutrientAmount.key_paths())
    paths = ("food__slug", "nutrient__slug", "nutrient__unit", "per_100g", "source__slug")
    return rows.values_list(*paths, "source__licence_note", named=True)


def rules(at: datetime) -> Rows:
    """Return the rules of public flags whose ticks are all public.

    A rule that lacks one of its ticks would have another meaning.
    """
    rows = linked_rows(m.RedFlagRule, ("red_flag__sources",), at)
    for link in m.RedFlagRule._meta.many_to_many:
        ticks: Any = link.related_model
        hidden = ticks.objects.exclude(pk__in=public(ticks, at=at))
        rows = rows.exclude(**{f"{link.name}__in": hidden})
    return rows


def licences(sources: Iterable[Any]) -> str:
    """Return the licence notes of sources, for a row of figures."""
    notes = dict.fromkeys(source.licence_note for source in sources if source.licence_note)
    return " ".join(notes) or NO_LICENCE


TABLES = (
    table("nutrients", m.Nutrient),
    table("symptoms", m.Symptom),
    table("associations", m.Association),
    table("foods", m.FoodSource, group_name="group.name", group_position="group.position"),
    table(
        "portions",
        m.FoodPortion,
        licence=lambda row: licences(row.food.sources.all()),
        id=lambda row: f"{row.food.slug}/{row.description}/{row.value}",
        sources="food.sources",
    ),
    table(
        "amounts",
        m.NutrientAmount,
        rows=amounts,
        licence=lambda row: row.source__licence_note or NO_LICENCE,
        id=lambda row: f"{row.food__slug}/{row.nutrient__slug}",
        food="food__slug",
        nutrient="nutrient__slug",
        unit="nutrient__unit",
        sources="source__slug",
    ),
    table(
        "intakes",
        m.ReferenceIntake,
        licence=lambda row: licences(row.sources.all()),
        unit="nutrient.unit",
    ),
    table("nutrient-details", m.NutrientDetail),
    table("risk-factors", m.RiskFactor),
    table("risk-effects", m.RiskEffect, sources="risk_factor.sources"),
    table("other-causes", m.OtherCause),
    table("interactions", m.Interaction),
    table("red-flags", m.RedFlag),
    table("rules", m.RedFlagRule, rows=rules, sources="red_flag.sources"),
    table(
        "answers",
        m.Answer,
        question_text="question.text",
        question_why="question.why",
        question_position="question.position",
        answer="slug",
    ),
    table("sources", m.Source),
    table("articles", m.Article),
    table(
        "sections", m.ArticleSection, sources=lambda row: sorted(set(prose.cited_slugs(row.body)))
    ),
    table(
        "changes",
        m.ChangeNote,
        rows=lambda at: m.ChangeNote.objects.until(at).order_by("created_at", "address"),
        since_version=lambda row: ContentVersion(row.created_at).label,
    ),
)


def dictionary() -> Iterator[list[str]]:
    """Yield the data dictionary: a header, then a row for each column of each table."""
    yield ["table", "column", "kind", "meaning", "unit", "values"]
    for table in TABLES:
        for column in table.columns:
            values = "; ".join(column.values)
            yield [table.name, column.name, column.kind, column.meaning, column.unit, values]
        yield [table.name, LICENCE, "text", "The licence of the row.", "", ""]
        yield [table.name, VERSION, "text", "The version of the content, a moment in UTC.", "", ""]
