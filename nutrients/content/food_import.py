"""Import tables of foods: check them line by line, then add the foods in one transaction.

Imported foods are in the ledger of shipped rows. A food that is there already stays as editors left
it, changed or deleted.
"""

import csv
import json
import re
from collections import defaultdict
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.template.defaultfilters import pluralize
from django.utils.text import slugify

from nutrients.models import (
    MOST_ENERGY,
    MOST_IN_100_G,
    MOST_IN_SERVING,
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

from .food_tables import (
    ENERGY,
    USDA,
    AmountColumn,
    Cells,
    FoodTable,
    FoodTableError,
    Line,
    read_portions,
    read_table,
)
from .versions import lock_content

FOLDER = Path(settings.FIXTURES) / "usda"
SR28 = "usda-sr28"
# Cells of amounts that are not known, and of those too small to measure, which count as zero.
UNKNOWN, TRACES = {"", "-", "–", "n", "na", "n/a"}, {"tr", "trace", "traces"}
BELOW_LIMIT = re.compile(r"<\s*[\d.,]+")


class FoodRow(NamedTuple):
    """An unsaved food with its number in the table, its group and its known amounts."""

    number: str
    food: FoodSource
    group: str
    amounts: dict[str, Decimal]


def import_foods(
    file: Path, portions: Path | None, source: str, *, at: datetime
) -> tuple[str, list[str], list[str]]:
    """Import a table of foods, and return a summary, faults and notices.

    A fault is a sentence on a line that was left out, a notice one on a column or a group of
    foods. Raises FoodTableError, with nothing imported.
    """
    units = dict(Nutrient.objects.values_list("slug", "unit")) | {ENERGY: "kcal"}
    table = read_table(file, units)
    rows, faults = parse_foods(table)
    lines, portion_faults = read_portions(portions) if portions else ([], [])
    measures = parse_portions(
        [*table.sheet.portions, *lines],
        portion_faults,
        # As in the numbers of foods, a leading zero may have been dropped.
        digits=5 if table.layout == USDA else 0,
    )
    return add_foods(rows, measures, source, at=at), faults, table.notices


def parse_foods(table: FoodTable) -> tuple[list[FoodRow], list[str]]:
    """Return the foods of a table, and a sentence for each line that cannot be used."""
    rows: list[FoodRow] = []
    faults = [*table.sheet.faults]
    seen: set[str] = set()
    for location, cells in table.sheet.lines:
        try:
            row = _parse_food(cells, table)
            # Numbers that differ in punctuation alone, such as 1.1 and 11, give the same slug.
            keys = {row.number, row.food.slug}
            if keys & seen:
                raise ValueError(f"food {row.number} is in a line above already")
        except ValueError as error:
            faults.append(f"{location}: {error}.")
        else:
            rows.append(row)
            seen |= keys
    return rows, faults


def parse_portions(
    lines: list[Line], file_faults: list[str], *, digits: int
) -> dict[str, list[FoodPortion]]:
    """Return the household portions of each food by its number.

    Raises FoodTableError if any line is faulty, also in the file itself: a food is imported only
    once, so it would never get that portion.
    """
    faults = [*file_faults]
    portions: dict[str, list[FoodPortion]] = defaultdict(list)
    for location, cells in lines:
        try:
            portions[cells["id"].zfill(digits)].append(_parse_portion(cells))
        except ValueError as error:
            faults.append(f"{location}: {error}.")
    if faults:
        raise FoodTableError("\n".join([*faults, "Nothing was imported: put this right first."]))
    return portions


def _parse_food(cells: Cells, table: FoodTable) -> FoodRow:
    layout, decimal = table.layout, table.sheet.decimal
    is_usda = layout == USDA
    name = _text(cells, layout.name, longest=200)
    fdc_id = cells.get("usda_fdc_id", "")
    if not re.fullmatch(r"\d{0,9}", fdc_id, re.ASCII):
        raise ValueError(f"usda_fdc_id is “{fdc_id[:40]}”, and must be a whole number")
    # New foods of FoodData Central have no NDB number.
    ndb = _ndb_number(cells[USDA.id]) if is_usda and (cells[USDA.id] or not fdc_id) else ""
    number = ndb or (fdc_id if is_usda else _text(cells, layout.id, longest=20))
    amounts: dict[str, Decimal] = {}
    for column in table.amounts:
        amount = _amount(cells.get(column.name, ""), column, decimal)
        if amount is not None:
            amounts.setdefault(column.nutrient, amount)
    serving, grams = _serving(cells, decimal)
    food = FoodSource(
        slug=_slug(name, number),
        name=name,
        is_curated=False,
        serving_description=serving,
        serving_grams=grams,
        energy_kcal=amounts.pop(ENERGY, None),
        usda_ndb_number=ndb,
        usda_fdc_id=int(fdc_id) if fdc_id else None,
        usda_description=name if is_usda else "",
        status=Status.PUBLISHED,
        verification=Verification.ONE_PAGE,
    )
    return FoodRow(number, food, cells.get(layout.group, ""), amounts)


def _serving(cells: Cells, decimal: str) -> tuple[str, Decimal]:
    """Return a serving and its grams: 100 g if the table does not say which portion people eat."""
    number = _number(cells.get("serving_grams", ""), "serving_grams", MOST_IN_SERVING, decimal)
    grams = round(number or Decimal(0), 2)
    if grams and cells.get("serving"):
        return _text(cells, "serving", longest=80), grams
    grams = grams or Decimal(100)
    return f"{grams.normalize():f} g", grams


def _amount(text: str, column: AmountColumn, decimal: str) -> Decimal | None:
    """Return the amount in 100 g in the site's unit: None if it is not known, 0 for traces."""
    word = text.strip().strip("()").casefold()
    if word in UNKNOWN:
        return None
    if word in TRACES or BELOW_LIMIT.fullmatch(word):
        return Decimal(0)
    is_energy = column.nutrient == ENERGY
    most = MOST_ENERGY if is_energy else min(MOST_IN_100_G[Unit(column.unit)], 9_999_999)
    number = _number(word, column.name, int(most / column.factor), decimal)
    return None if number is None else round(number * column.factor, 2 if is_energy else 4)


def _parse_portion(cells: Cells) -> FoodPortion:
    amount = _number(cells["amount"], "amount", 9_999, ".")
    grams = round(_number(cells["grams"], "grams", 99_999, ".") or Decimal(0), 2)
    if not amount or not grams:
        raise ValueError("a portion needs an amount and grams above zero")
    description = f"{cells['amount']} {_text(cells, 'unit_description', longest=100)}"
    return FoodPortion(description=description, grams=grams)


def _ndb_number(number: str) -> str:
    """Restore the leading zero that spreadsheets and FoodData Central drop.

    Numbers have five digits; new foods have six.
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
    """Return the number in a cell; None if it is blank. Raises ValueError."""
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


def _slug(name: str, number: str) -> str:
    """Return the name, cut at a word if it is long, and the number."""
    number = slugify(number)
    words, longest = slugify(name), 80 - len(f"-{number}")
    if len(words) > longest:
        words = words[: longest + 1].rpartition("-")[0] or words[:longest]
    return f"{words}-{number}"


def add_foods(
    rows: list[FoodRow], portions: dict[str, list[FoodPortion]], slug: str, *, at: datetime
) -> str:
    """Add the foods of a source that were never imported, and return a summary.

    Foods that are there already gain their portions at their first import. bulk_create sends no
    signals, so an import adds no versions. Raises FoodTableError if the database lacks what the
    foods need.
    """
    with transaction.atomic():
        # Run one import at a time, so that the existing foods stay the same until the end.
        lock_content()
        source = Source.objects.filter(slug=slug).first()
        if source is None:
            raise FoodTableError(
                f"There is no source {slug}: run `manage.py load_content` first, or add it in the"
                " admin with its licence."
            )
        label = f"food of {slug}"[:60]
        imported = _imported_numbers(label)
        foods = _existing_foods(rows)
        existing = [row for row in rows if row.number in foods]
        absent = imported | foods.keys()
        shipped = _shipped_ndb_numbers()
        new = [
            row
            for row in rows
            if row.number not in absent and row.food.usda_ndb_number not in shipped
        ]
        amounts = _insert_foods(new, source, at=at)
        foods |= {row.number: row.food for row in new}
        first = [row.number for row in (*existing, *new) if row.number not in imported]
        measures = _add_portions({foods[number]: portions.get(number, []) for number in first})
        ShippedRow.objects.bulk_create(
            ShippedRow(model=label, natural_key=json.dumps([number]), fields={}, loaded_at=at)
            for number in first
        )
    deleted = len(rows) - len(existing) - len(new)
    left_deleted = f", {deleted:,} left deleted" if deleted else ""
    unchanged = f"{len(existing):,} food{pluralize(existing)}"
    if not first:
        return f"{slug}: {unchanged} already there{left_deleted}, nothing to add."
    return (
        f"{slug}: {len(new):,} food{pluralize(new)} added with"
        f" {amounts:,} amount{pluralize(amounts)},"
        f" {measures:,} portion{pluralize(measures)} added, {unchanged} kept{left_deleted}."
    )


def _imported_numbers(label: str) -> set[str]:
    keys = ShippedRow.objects.filter(model=label).values_list("natural_key", flat=True)
    return {json.loads(key)[0] for key in keys}


def _shipped_ndb_numbers() -> set[str]:
    """Return the NDB numbers of shipped foods, deleted ones included."""
    rows = ShippedRow.objects.filter(model=FoodSource._meta.label_lower)
    fields = rows.values_list("fields", flat=True)
    return {number for row in fields if (number := row.get("usda_ndb_number"))}


def _existing_foods(rows: list[FoodRow]) -> dict[str, FoodSource]:
    """Return the foods in the database by their number in the table.

    A food whose NDB number an editor removed is recognized by its slug.
    """
    saved = list(FoodSource.objects.only("slug", "usda_ndb_number"))
    by_key = {key: food for food in saved for key in (food.slug, food.usda_ndb_number) if key}
    foods = {
        row.number: by_key.get(row.food.usda_ndb_number) or by_key.get(row.food.slug)
        for row in rows
    }
    return {number: food for number, food in foods.items() if food}


def _insert_foods(rows: list[FoodRow], source: Source, *, at: datetime) -> int:
    """Insert foods with their amounts, and return the number of amounts."""
    nutrients = dict(Nutrient.objects.values_list("slug", "pk"))
    groups = {key: group for group in FoodGroup.objects.all() for key in (group.name, group.slug)}
    with (FOLDER / "food_groups.csv").open(encoding="utf-8", newline="") as file:
        rules = list(csv.DictReader(file))
    for row in rows:
        row.food.group = _group(row, rules, groups)
        row.food.publish_at = at
    FoodSource.objects.bulk_create(row.food for row in rows)
    # An import is not an edit.
    FoodSource.objects.filter(is_curated=False, publish_at=at).update(changed_at=at)
    links = FoodSource.sources.through
    links.objects.bulk_create(links(foodsource=row.food, source=source) for row in rows)
    amounts = NutrientAmount.objects.bulk_create(
        NutrientAmount(food=row.food, nutrient_id=nutrients[slug], per_100g=amount, source=source)
        for row in rows
        for slug, amount in row.amounts.items()
    )
    return len(amounts)


def _group(row: FoodRow, rules: list[dict[str, str]], groups: dict[str, FoodGroup]) -> FoodGroup:
    """Return the group that the table names, or else that of the first rule that fits the food.

    The last rule fits every food. A group that does not exist is added.
    """
    if row.group in groups:
        return groups[row.group]
    name = row.food.name.casefold()
    rule = next(
        rule
        for rule in rules
        if rule["usda_group"] in ("", row.group)
        and name.startswith(rule["description_starts"].casefold())
    )
    group = groups.get(rule["slug"]) or groups.get(rule["name"])
    if group is None:
        group = FoodGroup(slug=rule["slug"], name=rule["name"], position=int(rule["position"]))
        FoodGroup.objects.bulk_create([group])
    groups[rule["slug"]] = group
    return group


def _add_portions(portions: dict[FoodSource, list[FoodPortion]]) -> int:
    """Add the portions that foods lack, and return their number."""
    for food, measures in portions.items():
        for portion in measures:
            portion.food = food
    before = FoodPortion.objects.count()
    # The USDA repeats a few lines.
    FoodPortion.objects.bulk_create(
        (portion for measures in portions.values() for portion in measures), ignore_conflicts=True
    )
    return FoodPortion.objects.count() - before
