"""The USDA's table of foods: checked line by line, then added in one transaction.

A food that the ledger of shipped rows lists was brought in before, and stays as editors left it,
deleted or changed.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import json
import re
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

from django.conf import settings
from django.db import transaction
from django.utils.text import slugify

from nutrients.models import (
    MOST_ENERGY,
    MOST_IN_100_G,
    FoodGroup,
    FoodPortion,
    FoodSource,
    Nutrient,
    NutrientAmount,
    ShippedRow,
    Source,
    Status,
    Unit,
    Verification,
)

from . import ledger

FOLDER = Path(settings.FIXTURES) / "usda"
# The columns of amounts in 100 g: the nutrient's slug, and the unit of the figures.
NUTRIENT_COLUMNS = {
    "magnesium_mg": ("magnesium", Unit.MG),
    "calcium_mg": ("calcium", Unit.MG),
    "vitamin_d_mcg": ("vitamin-d", Unit.MCG),
    "vitamin_b12_mcg": ("vitamin-b12", Unit.MCG),
    "potassium_mg": ("potassium", Unit.MG),
    "sodium_mg": ("sodium", Unit.MG),
    "phosphorus_mg": ("phosphorus", Unit.MG),
    "thiamin_mg": ("thiamin", Unit.MG),
    "vitamin_b6_mg": ("vitamin-b6", Unit.MG),
    "vitamin_e_mg": ("vitamin-e", Unit.MG),
    "iron_mg": ("iron", Unit.MG),
    "folate_mcg_dfe": ("folate", Unit.MCG_DFE),
    "copper_mg": ("copper", Unit.MG),
}
FOOD_COLUMNS = (
    *("ndb_no", "usda_fdc_id", "description", "food_group", "energy_kcal"),
    *NUTRIENT_COLUMNS,
)
PORTION_COLUMNS = ("ndb_no", "amount", "unit_description", "grams")
NUMBER = re.compile(r"-?\d{1,12}(\.\d{1,12})?", re.ASCII)
# The ledger has this instead of a model, with the NDB number as the key.
LEDGER = "usda food"

Cells = dict[str, str]
Made = TypeVar("Made")


class UsdaError(Exception):
    """Nothing can be imported; the text says why."""


@dataclass(frozen=True, slots=True)
class Row:
    """A food that is not saved, and what belongs to it. A blank amount is not known: not there."""

    food: FoodSource
    group: str
    amounts: dict[str, Decimal]

    @property
    def number(self) -> str:
        return self.food.usda_ndb_number


def read_foods(path: Path) -> tuple[list[Row], list[str]]:
    """Give the foods of a table, and a sentence for each line that cannot be used.

    Raises UsdaError for a table that is not there, damaged or of other columns.
    """
    faults: list[str] = []
    rows: dict[str, Row] = {}

    def row(cells: Cells) -> Row:
        made = _row(cells)
        if made.number in rows:
            raise ValueError(f"food {made.number} is in a line above already")
        return made

    for made in _read(path, FOOD_COLUMNS, row, faults):
        rows[made.number] = made
    return list(rows.values()), faults


def read_portions(path: Path) -> dict[str, list[FoodPortion]]:
    """Give the household portions of each food by its number.

    Raises UsdaError for a line that cannot be used, too: its food would come without it for good.
    """
    faults: list[str] = []
    # The USDA repeats a few lines, which say nothing more.
    found = dict.fromkeys(_read(path, PORTION_COLUMNS, _portion, faults))
    if faults:
        raise UsdaError("\n".join([*faults, "Nothing was imported: put this right first."]))
    portions = defaultdict(list)
    for number, words, grams in found:
        portions[number].append(FoodPortion(description=words, grams=grams))
    return portions


def _read(
    path: Path, columns: tuple[str, ...], convert: Callable[[Cells], Made], faults: list[str]
) -> Iterator[Made]:
    first, *lines = _data(path).splitlines() or [b""]
    try:
        header = _split(first)
    except ValueError as error:
        raise UsdaError(f"{path} is no table: {error}.") from error
    missing = [column for column in columns if column not in header]
    if missing:
        raise UsdaError(f"{path} lacks the column {', '.join(missing)}.")
    for number, line in enumerate(lines, start=2):
        try:
            cells = _split(line)
            if len(cells) != len(header):
                raise ValueError(f"it has {len(cells)} columns, and the header has {len(header)}")
            yield convert(dict(zip(header, cells, strict=True)))
        except ValueError as error:
            faults.append(f"{path.name}, line {number}: {error}.")


def _data(path: Path) -> bytes:
    try:
        data = path.read_bytes()
        data = gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise UsdaError(f"{path} is damaged: {error}.") from error
    except OSError as error:
        raise UsdaError(f"{path} cannot be read: {error.strerror}.") from error
    # Spreadsheets put a mark before UTF-8.
    return data.removeprefix(codecs.BOM_UTF8)


def _split(line: bytes) -> list[str]:
    """Split one line; raise ValueError, in words, if that is not possible."""
    try:
        # One line at a time: with a quotation mark too many, csv would swallow the lines below.
        return next(csv.reader([line.decode()], strict=True), [])
    except UnicodeDecodeError as error:
        raise ValueError(f"it is not UTF-8 from byte {error.start}") from error
    except csv.Error as error:
        raise ValueError(f"it cannot be split into columns ({error})") from error


def _row(cells: Cells) -> Row:
    number, description = _ndb_number(cells), _text(cells, "description", longest=200)
    fdc_id = cells["usda_fdc_id"]
    if not re.fullmatch(r"\d{0,9}", fdc_id, re.ASCII):
        raise ValueError(f"usda_fdc_id is “{fdc_id[:40]}”, and must be a whole number")
    amounts = {
        slug: _number(cells, column, most=min(MOST_IN_100_G[unit], 9_999_999), places=4)
        for column, (slug, unit) in NUTRIENT_COLUMNS.items()
    }
    food = FoodSource(
        slug=_slug(description, number),
        name=description,
        is_curated=False,
        # Which portion people eat is not for us to guess.
        serving_description="100 g",
        serving_grams=Decimal(100),
        energy_kcal=_number(cells, "energy_kcal", most=MOST_ENERGY, places=2),
        usda_ndb_number=number,
        usda_fdc_id=int(fdc_id) if fdc_id else None,
        usda_description=description,
        status=Status.PUBLISHED,
        verification=Verification.ONE_PAGE,
    )
    known = {slug: amount for slug, amount in amounts.items() if amount is not None}
    return Row(food, cells["food_group"], known)


def _portion(cells: Cells) -> tuple[str, str, Decimal]:
    amount = _number(cells, "amount", most=9_999, places=3)
    grams = _number(cells, "grams", most=99_999, places=2)
    if not amount or not grams:
        raise ValueError("a portion needs an amount and grams above zero")
    words = f"{cells['amount']} {_text(cells, 'unit_description', longest=100)}"
    return _ndb_number(cells), words, grams


def _ndb_number(cells: Cells) -> str:
    """Give the number of five digits, or of six as new foods have it.

    Spreadsheets and FoodData Central drop the zero that a number begins with.
    """
    number = cells["ndb_no"]
    if not re.fullmatch(r"\d{4,6}", number, re.ASCII):
        raise ValueError(f"ndb_no is “{number[:40]}”, and must be four to six digits")
    return number.zfill(5)


def _text(cells: Cells, column: str, *, longest: int) -> str:
    text = cells[column].strip()
    if not text or len(text) > longest or not text.isprintable():
        raise ValueError(f"{column} must be 1 to {longest} characters of plain text")
    return text


def _number(cells: Cells, column: str, *, most: int, places: int) -> Decimal | None:
    """The number in a cell, None if it is blank; raise ValueError if it cannot be."""
    text = cells[column]
    if not text:
        return None
    if not NUMBER.fullmatch(text):
        raise ValueError(f"{column} is “{text[:40]}”, which is not a number")
    number = Decimal(text)
    if number < 0:
        raise ValueError(f"{column} is {text}, and cannot be negative")
    if number > most or number != round(number, places):
        raise ValueError(f"{column} is {text}: at most {most:,}, with {places} decimals")
    return number


def _slug(description: str, number: str) -> str:
    """The description, cut at a word, and the number."""
    words, longest = slugify(description), 80 - len(f"-{number}")
    if len(words) > longest:
        words = words[: longest + 1].rpartition("-")[0] or words[:longest]
    return f"{words}-{number}"


def add_foods(rows: list[Row], portions: dict[str, list[FoodPortion]], *, at: datetime) -> str:
    """Add the foods that never were there, all or nothing, and say what was done.

    Chosen foods gain their portions. Rows are written past save(): no history begins with an
    import. Raises UsdaError if the database lacks what the foods need.
    """
    with transaction.atomic():
        # One import at a time: what is there cannot change until the end.
        ledger.lock()
        before, once_chosen = _numbers_before()
        there = _there(rows)
        kept = [row for row in rows if row.number in there]
        new = [row for row in rows if row.number not in {*there, *before, *once_chosen}]
        amounts = _add(new, at=at)
        there |= {row.number: row.food for row in new}
        first = [row.number for row in (*kept, *new) if row.number not in before]
        measures = _add_portions({there[number]: portions.get(number, []) for number in first})
        ShippedRow.objects.bulk_create(
            ShippedRow(model=LEDGER, natural_key=json.dumps([number]), fields={}, loaded_at=at)
            for number in first
        )
    gone = len(rows) - len(kept) - len(new)
    left = f", {gone:,} left deleted" if gone else ""
    if not first:
        return f"USDA: {len(kept):,} foods are there{left}, nothing to add."
    return (
        f"USDA: {len(new):,} foods added with {amounts:,} amounts, "
        f"{measures:,} portions added, {len(kept):,} foods kept{left}."
    )


def _numbers_before() -> tuple[set[str], set[str]]:
    """The numbers of foods that were imported before, and of those that came with the content."""
    entries = ShippedRow.objects.filter(model=LEDGER).values_list("natural_key", flat=True)
    shipped = ShippedRow.objects.filter(model=FoodSource._meta.label_lower)
    numbers = (row.get("usda_ndb_number", "") for row in shipped.values_list("fields", flat=True))
    return {json.loads(key)[0] for key in entries}, set(numbers)


def _there(rows: list[Row]) -> dict[str, FoodSource]:
    """The foods that are there, by their numbers.

    A food whose number an editor took away still has the slug that holds it.
    """
    there = list(FoodSource.objects.only("slug", "usda_ndb_number"))
    known = {name: food for food in there for name in (food.slug, food.usda_ndb_number) if name}
    found = {row.number: known.get(row.number) or known.get(row.food.slug) for row in rows}
    return {number: food for number, food in found.items() if food}


def _add(new: list[Row], *, at: datetime) -> int:
    source = Source.objects.filter(slug="usda-sr28").first()
    if source is None:
        raise UsdaError("There is no source usda-sr28: run `manage.py load_content` first.")
    nutrients = _nutrients()
    groups = _groups(new)
    for row in new:
        row.food.group = groups[row.number]
        row.food.publish_at = at
    FoodSource.objects.bulk_create(row.food for row in new)
    # An import must not look like an edit since.
    FoodSource.objects.filter(is_curated=False, publish_at=at).update(changed_at=at)
    links = FoodSource.sources.through
    links.objects.bulk_create(links(foodsource=row.food, source=source) for row in new)
    amounts = NutrientAmount.objects.bulk_create(
        NutrientAmount(food=row.food, nutrient=nutrients[slug], per_100g=amount, source=source)
        for row in new
        for slug, amount in row.amounts.items()
        if slug in nutrients
    )
    return len(amounts)


def _nutrients() -> dict[str, Nutrient]:
    """The nutrients under their slugs. Those that editors deleted are left out."""
    units = dict(NUTRIENT_COLUMNS.values())
    nutrients = {one.slug: one for one in Nutrient.objects.filter(slug__in=units)}
    for slug, nutrient in nutrients.items():
        if nutrient.unit != units[slug]:
            raise UsdaError(
                f"{nutrient} is measured in {nutrient.unit} here, and in {units[slug]} by the USDA."
            )
    return nutrients


def _groups(new: list[Row]) -> dict[str, FoodGroup]:
    """The group of each food, made if there is none of that slug or name.

    The first line of the table of groups that fits a food decides; the last one fits every food.
    """
    with (FOLDER / "food_groups.csv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    known = {name: group for group in FoodGroup.objects.all() for name in (group.name, group.slug)}
    found = {}
    for row in new:
        line = next(
            line
            for line in lines
            if line["usda_group"] in ("", row.group)
            and row.food.name.casefold().startswith(line["description_starts"].casefold())
        )
        group = known.get(line["slug"]) or known.get(line["name"])
        if group is None:
            group = FoodGroup(slug=line["slug"], name=line["name"], position=int(line["position"]))
            FoodGroup.objects.bulk_create([group])
        found[row.number] = known[line["slug"]] = group
    return found


def _add_portions(portions: dict[FoodSource, list[FoodPortion]]) -> int:
    """Add portions to foods, and give the number of those that were not there."""
    for food, measures in portions.items():
        for portion in measures:
            portion.food = food
    before = FoodPortion.objects.count()
    FoodPortion.objects.bulk_create(
        (portion for measures in portions.values() for portion in measures),
        ignore_conflicts=True,
    )
    return FoodPortion.objects.count() - before
