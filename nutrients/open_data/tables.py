"""The tables of the open data: which rows are public, and how each value is read.

tables.yaml has their words. A column is read, and its kind told, from the field of its name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import partial
from operator import attrgetter
from pathlib import Path
from typing import Any

import yaml
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import Prefetch, QuerySet

from nutrients import models as m
from nutrients import prose
from nutrients.common.version import version_label

Value = str | bool | int | Decimal | date | datetime | list[str] | None
Rows = QuerySet[Any, Any]

WORDS: dict[str, Any] = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text("utf-8"))
OWN_WORDS = "Nutrisite’s own words: no licence has been granted yet."
NO_LICENCE = "The sources state no licence."
# Columns of every table that has them, in addition to its own.
SOURCES = {"sources": "The sources of the row, as ids in the table of sources."}
CHECKED = {
    "verification": "How far the main claim was checked.",
    "published_at": "Since when the row is public.",
    "changed_at": "When the row was last changed.",
    "reviewed_on": "When a clinician read the row and agreed to it; empty if none has.",
    "reviewed_by": "Who reviewed it: name and profession.",
    "review_due_on": "After this day the review is overdue.",
}
# The unit of each number that has one, or the column that holds it.
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


# A field is of the first class that it belongs to; of none of them it is text.
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
    """A column: its name, what it means, its unit, the values it may hold, and how to read it.

    `unit` is a unit or the name of the column that holds it; `values` is empty if any is allowed.
    """

    name: str
    meaning: str
    read: Callable[[Any], Value]
    kind: Kind
    unit: str = ""
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its name in addresses, its title, what a row is, its columns and its licence.

    `rows` gives its public rows at a moment, in the order of their identifiers; `licence` gives
    the licence of one row.
    """

    name: str
    title: str
    row_is: str
    rows: Callable[[datetime], Rows]
    columns: tuple[Column, ...]
    licence: Callable[[Any], str] = lambda row: OWN_WORDS


def key_of(row: Any) -> str:
    """The identifier of a row: its natural key, which does not change."""
    return "/".join(row.natural_key()) if row else ""


def column(model: Any, name: str, meaning: str, read: str | Callable[[Any], Value]) -> Column:
    """A column that is read by a function or along a path of fields, such as `group.name`."""
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
    """The field at the end of a path; None if it leads to something else."""
    first, _, rest = path.partition(".")
    try:
        field = model._meta.get_field(first)
    except FieldDoesNotExist:
        return None
    return _field(field.related_model, rest) if rest else field


def public(model: Any, *, at: datetime) -> Rows:
    """The rows of a model that the public may see; all of them if they have no state."""
    rows = model.objects
    return rows.published(at=at) if issubclass(model, m.Publishable) else rows.all()


def rows_of(
    model: Any,
    order: tuple[str, ...],
    joined: tuple[str, ...],
    fetched: tuple[str, ...],
    at: datetime,
) -> Rows:
    """The public rows of a model with what they are linked to.

    `joined` are rows that they belong to, which must be public too; `fetched` are lists of those.
    """
    links = [
        Prefetch(link.name, public(link.related_model, at=at)) for link in model._meta.many_to_many
    ]
    rows = public(model, at=at).select_related(*joined).prefetch_related(*links, *fetched)
    owners = {name: model._meta.get_field(name).related_model for name in joined}
    shown = {f"{name}__in": public(owner, at=at) for name, owner in owners.items()}
    return rows.filter(**shown).order_by(*order)


def table(
    name: str,
    model: Any,
    *order: str,
    joined: tuple[str, ...] = (),
    fetched: tuple[str, ...] = (),
    rows: Callable[[datetime], Rows] | None = None,
    licence: Callable[[Any], str] = lambda row: OWN_WORDS,
    **read: str | Callable[[Any], Value],
) -> Table:
    """Give a table with its words: `rows`, or the public rows of a model as `rows_of` has them.

    `read` are columns that are not read from the field of their name: paths to others, and
    functions.
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
    rows = rows or partial(rows_of, model, order or ("slug",), joined, fetched)
    return Table(name, words["title"], words["row_is"], rows, tuple(columns), licence)


def amounts(at: datetime) -> Rows:
    """Amounts of public foods and nutrients, as tuples: there may be a hundred thousand."""
    rows = m.NutrientAmount.objects.filter(
        food__in=public(m.FoodSource, at=at), nutrient__in=public(m.Nutrient, at=at)
    )
    paths = ("food__slug", "nutrient__slug", "nutrient__unit", "per_100g", "source__slug")
    ordered = rows.order_by("food__slug", "nutrient__slug")
    return ordered.values_list(*paths, "source__licence_note", named=True)


def rules(at: datetime) -> Rows:
    """Rules of public flags, without those that name a tick which is not public.

    Without that tick such a rule would say something else.
    """
    fetched = ("answers__question", "red_flag__sources")
    rows = rows_of(m.RedFlagRule, ("slug",), ("red_flag",), fetched, at)
    for link in m.RedFlagRule._meta.many_to_many:
        ticks: Any = link.related_model
        hidden = ticks.objects.exclude(pk__in=public(ticks, at=at))
        rows = rows.exclude(**{f"{link.name}__in": hidden})
    return rows


def licences(sources: Iterable[Any]) -> str:
    """The licence notes of sources, for a row of figures that rests on them alone."""
    notes = dict.fromkeys(source.licence_note for source in sources if source.licence_note)
    return " ".join(notes) or NO_LICENCE


TABLES = (
    table("nutrients", m.Nutrient, fetched=("how_common_source",)),
    table("symptoms", m.Symptom),
    table(
        "associations",
        m.Association,
        *("nutrient__slug", "symptom__slug", "relation"),
        joined=("nutrient", "symptom"),
    ),
    table(
        "foods",
        m.FoodSource,
        joined=("group",),
        group_name="group.name",
        group_position="group.position",
    ),
    table(
        "portions",
        m.FoodPortion,
        *("food__slug", "description", "grams"),
        joined=("food",),
        fetched=("food__sources",),
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
        *("nutrient__slug", "life_stage", "sex", "life_status", "authority"),
        joined=("nutrient",),
        licence=lambda row: licences(row.sources.all()),
        unit="nutrient.unit",
    ),
    table("nutrient-details", m.NutrientDetail, "nutrient__slug", "topic", joined=("nutrient",)),
    table("risk-factors", m.RiskFactor),
    table(
        "risk-effects",
        m.RiskEffect,
        *("risk_factor__slug", "nutrient__slug"),
        joined=("risk_factor", "nutrient"),
        fetched=("risk_factor__sources",),
        sources="risk_factor.sources",
    ),
    table("other-causes", m.OtherCause),
    table("interactions", m.Interaction),
    table("red-flags", m.RedFlag),
    table("rules", m.RedFlagRule, rows=rules, sources="red_flag.sources"),
    table(
        "answers",
        m.Answer,
        *("question__slug", "slug"),
        joined=("question",),
        question_text="question.text",
        question_why="question.why",
        question_position="question.position",
        answer="slug",
    ),
    table("sources", m.Source),
    table("articles", m.Article),
    table(
        "sections",
        m.ArticleSection,
        *("article__slug", "anchor"),
        joined=("article",),
        sources=lambda row: sorted(set(prose.cited_slugs(row.body))),
    ),
    table(
        "changes",
        m.ChangeNote,
        rows=lambda at: m.ChangeNote.objects.made(at=at).order_by("made_at", "address"),
        since_version=lambda row: version_label(row.made_at),
    ),
)
