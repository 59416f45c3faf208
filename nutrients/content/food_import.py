"""The import of tables of foods: checked line by line, then added in one transaction.

A food that the ledger of shipped rows lists was brought in before, and stays as editors left it,
deleted or changed.
"""

from __future__ import annotations

import csv
import json
import re
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

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
from .food_tables import (
    UNITS,
    USDA,
    Amounts,
    Cells,
    FoodTable,
    FoodTableError,
    read_portions,
    read_table,
)

FOLDER = Path(settings.FIXTURES) / "usda"
SR28 = "usda-sr28"
# In tables of foods, what is not known, and what is too little to be measured: that is none.
UNKNOWN, TRACES = {"", "-", "–", "n", "na", "n/a"}, {"tr", "trace", "traces"}
BELOW = re.compile(r"<\s*[\d.,]+")


class Row(NamedTuple):
    """A food that is not saved, and what belongs to it; amounts that are not known are left out."""

    number: str
    food: FoodSource
    group: str
    amounts: dict[str, Decimal]


def import_foods(
    file: Path, portions: Path | None, source: str, *, at: datetime
) -> tuple[str, list[str], list[str]]:
    """Import a table of foods, and give what was done in a sentence.

    Beside it come a sentence for each line that was left out, and for each column. Raises
    FoodTableError, with nothing imported.
    """
    faults: list[str] = []
    portion_faults: list[str] = []
    table = read_table(file, faults)
    rows = foods_in(table, faults)
    measures = [*table.portions, *(read_portions(portions, portion_faults) if portions else ())]
    if table.layout == USDA:
        # As in the numbers of foods, a zero at the beginning may have been dropped.
        measures = [
            (location, cells | {"id": cells["id"].zfill(5)}) for location, cells in measures
        ]
    done = add_foods(rows, portions_in(measures, portion_faults), source, at=at)
    return done, faults, table.notices


def foods_in(table: FoodTable, faults: list[str]) -> list[Row]:
    """Give the foods of a table; a sentence for each line that cannot be used joins `faults`."""
    rows: dict[str, Row] = {}
    for location, cells in table.lines:
        try:
            made = _row(cells, table)
            if made.number in rows:
                raise ValueError(f"food {made.number} is in a line above already")
            rows[made.number] = made
        except ValueError as error:
            faults.append(f"{location}: {error}.")
    return list(rows.values())


def portions_in(
    lines: Iterable[tuple[str, Cells]], faults: list[str]
) -> dict[str, list[FoodPortion]]:
    """Give the household portions of each food by its number.

    Raises FoodTableError for a line that cannot be used, and for the `faults` that are there
    already: its food would come without it for good.
    """
    known: dict[tuple[str, str, Decimal], None] = {}
    for location, cells in lines:
        try:
            # The USDA repeats a few lines, which say nothing more.
            known[_portion(cells)] = None
        except ValueError as error:
            faults.append(f"{location}: {error}.")
    if faults:
        raise FoodTableError("\n".join([*faults, "Nothing was imported: put this right first."]))
    portions = defaultdict(list)
    for number, words, grams in known:
        portions[number].append(FoodPortion(description=words, grams=grams))
    return portions


def _row(cells: Cells, table: FoodTable) -> Row:
    layout = table.layout
    is_usda = layout == USDA
    name = _text(cells, layout.name, longest=200)
    fdc_id = cells.get("usda_fdc_id", "")
    if not re.fullmatch(r"\d{0,9}", fdc_id, re.ASCII):
        raise ValueError(f"usda_fdc_id is “{fdc_id[:40]}”, and must be a whole number")
    # New foods of FoodData Central have no number but its own.
    ndb = _ndb_number(cells[USDA.id]) if is_usda and (cells[USDA.id] or not fdc_id) else ""
    number = ndb or (fdc_id if is_usda else _text(cells, layout.id, longest=20))
    amounts: dict[str, Decimal] = {}
    for column in table.amounts:
        amount = _amount(cells.get(column.column, ""), column, table.decimal)
        if amount is not None:
            amounts.setdefault(column.nutrient, amount)
    serving = _number(cells.get("serving_grams", ""), "serving_grams", 99_999, table.decimal)
    food = FoodSource(
        slug=_slug(name, number),
        name=name,
        is_curated=False,
        # Which portion people eat is not for us to guess.
        serving_description=cells.get("serving") or "100 g" if serving else "100 g",
        serving_grams=round(serving or Decimal(100), 2),
        energy_kcal=amounts.pop("energy", None),
        usda_ndb_number=ndb,
        usda_fdc_id=int(fdc_id) if fdc_id else None,
        usda_description=name if is_usda else "",
        status=Status.PUBLISHED,
        verification=Verification.ONE_PAGE,
    )
    return Row(number, food, cells.get(layout.group, ""), amounts)


def _amount(text: str, column: Amounts, decimal: str) -> Decimal | None:
    """The amount in 100 g in our unit, rounded: None if it is not known, and 0 for traces."""
    word = text.strip().strip("()").casefold()
    if word in UNKNOWN:
        return None
    if word in TRACES or BELOW.fullmatch(word):
        return Decimal(0)
    is_energy, unit = column.nutrient == "energy", UNITS[column.nutrient]
    most = MOST_ENERGY if is_energy else min(MOST_IN_100_G[Unit(unit)], 9_999_999)
    number = _number(word, column.column, most, decimal)
    return None if number is None else round(number * column.factor, 2 if is_energy else 4)


def _portion(cells: Cells) -> tuple[str, str, Decimal]:
    amount = _number(cells["amount"], "amount", 9_999, ".")
    grams = _number(cells["grams"], "grams", 99_999, ".")
    if not amount or not grams:
        raise ValueError("a portion needs an amount and grams above zero")
    words = f"{cells['amount']} {_text(cells, 'unit_description', longest=100)}"
    return cells["id"], words, round(grams, 2)


def _ndb_number(number: str) -> str:
    """Give the number of five digits, or of six as new foods have it.

    Spreadsheets and FoodData Central drop the zero that a number begins with.
    """
    if not re.fullmatch(r"\d{4,6}", number, re.ASCII):
        raise ValueError(f"ndb_no is “{number[:40]}”, and must be four to six digits")
    return number.zfill(5)


def _text(cells: Cells, column: str, *, longest: int) -> str:
    text = cells.get(column, "").strip()
    if not text or len(text) > longest or not text.isprintable():
        raise ValueError(f"{column} must be 1 to {longest} characters of plain text")
    return text


def _number(text: str, column: str, most: int, decimal: str) -> Decimal | None:
    """The number in a cell, None if it is blank; raise ValueError if it cannot be."""
    if not text:
        return None
    # FoodData Central writes small amounts as 6.25E-4.
    if not re.fullmatch(rf"-?\d{{1,12}}([{decimal}]\d{{1,12}})?(e-\d)?", text, re.ASCII):
        raise ValueError(f"{column} is “{text[:40]}”, which is not a number")
    number = Decimal(text.replace(",", "."))
    if number < 0:
        raise ValueError(f"{column} is {text}, and cannot be negative")
    if number > most:
        raise ValueError(f"{column} is {text}: at most {most:,}")
    return number


def _slug(description: str, number: str) -> str:
    """The description, cut at a word, and the number."""
    number = slugify(number)
    words, longest = slugify(description), 80 - len(f"-{number}")
    if len(words) > longest:
        words = words[: longest + 1].rpartition("-")[0] or words[:longest]
    return f"{words}-{number}"


def add_foods(
    rows: list[Row], portions: dict[str, list[FoodPortion]], slug: str, *, at: datetime
) -> str:
    """Add the foods of a source that never were there, all or nothing, and say what was done.

    Chosen foods gain their portions. Rows are written past save(): no history begins with an
    import. Raises FoodTableError if the database lacks what the foods need.
    """
    with transaction.atomic():
        # One import at a time: what is there cannot change until the end.
        ledger.lock()
        source = Source.objects.filter(slug=slug).first()
        if source is None:
            raise FoodTableError(
                f"There is no source {slug}: run `manage.py load_content` first, or add it in the"
                " admin with its licence."
            )
        before, once_chosen = _numbers_before(source)
        there = _there(rows)
        kept = [row for row in rows if row.number in there]
        new = [
            row
            for row in rows
            if row.number not in {*there, *before} and row.food.usda_ndb_number not in once_chosen
        ]
        amounts = _add(new, source, at=at)
        there |= {row.number: row.food for row in new}
        first = [row.number for row in (*kept, *new) if row.number not in before]
        measures = _add_portions({there[number]: portions.get(number, []) for number in first})
        ShippedRow.objects.bulk_create(
            ShippedRow(
                model=_ledger(source), natural_key=json.dumps([number]), fields={}, loaded_at=at
            )
            for number in first
        )
    gone = len(rows) - len(kept) - len(new)
    left = f", {gone:,} left deleted" if gone else ""
    if not first:
        return f"{slug}: {len(kept):,} foods are there{left}, nothing to add."
    return (
        f"{slug}: {len(new):,} foods added with {amounts:,} amounts, "
        f"{measures:,} portions added, {len(kept):,} foods kept{left}."
    )


def _ledger(source: Source) -> str:
    """What the ledger has instead of a model, with the food's number as the key."""
    return f"food of {source.slug}"[:60]


def _numbers_before(source: Source) -> tuple[set[str], set[str]]:
    """The numbers of foods that were imported before, and of those that came with the content."""
    entries = ShippedRow.objects.filter(model=_ledger(source)).values_list("natural_key", flat=True)
    shipped = ShippedRow.objects.filter(model=FoodSource._meta.label_lower)
    numbers = (row.get("usda_ndb_number", "") for row in shipped.values_list("fields", flat=True))
    return {json.loads(key)[0] for key in entries}, set(numbers) - {""}


def _there(rows: list[Row]) -> dict[str, FoodSource]:
    """The foods that are there, by their numbers.

    A food whose number an editor took away still has the slug that holds it.
    """
    there = list(FoodSource.objects.only("slug", "usda_ndb_number"))
    foods = {name: food for food in there for name in (food.slug, food.usda_ndb_number) if name}
    foods_there = {
        row.number: foods.get(row.food.usda_ndb_number) or foods.get(row.food.slug) for row in rows
    }
    return {number: food for number, food in foods_there.items() if food}


def _add(new: list[Row], source: Source, *, at: datetime) -> int:
    nutrients = _nutrients()
    groups = {name: group for group in FoodGroup.objects.all() for name in (group.name, group.slug)}
    with (FOLDER / "food_groups.csv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    for row in new:
        row.food.group = _group(row, lines, groups)
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
    nutrients = {nutrient.slug: nutrient for nutrient in Nutrient.objects.filter(slug__in=UNITS)}
    for slug, nutrient in nutrients.items():
        if nutrient.unit != UNITS[slug]:
            raise FoodTableError(
                f"{nutrient} is measured in {nutrient.unit} here, and in {UNITS[slug]} in imports."
            )
    return nutrients


def _group(row: Row, lines: list[dict[str, str]], groups: dict[str, FoodGroup]) -> FoodGroup:
    """The group of a food, made if there is none of that slug or name.

    A group of ours that the table names by slug or name is taken. Otherwise the first of the lines
    that fits the food decides; the last one fits every food.
    """
    if row.group in groups:
        return groups[row.group]
    name = row.food.name.casefold()
    line = next(
        line
        for line in lines
        if line["usda_group"] in ("", row.group)
        and name.startswith(line["description_starts"].casefold())
    )
    group = groups.get(line["slug"]) or groups.get(line["name"])
    if group is None:
        group = FoodGroup(slug=line["slug"], name=line["name"], position=int(line["position"]))
        FoodGroup.objects.bulk_create([group])
    groups[line["slug"]] = group
    return group


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
