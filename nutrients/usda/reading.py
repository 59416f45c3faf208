"""The USDA's foods with their amounts and household portions, checked cell by cell."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from nutrients.models import Unit

from .tables import Cells, Fault, Report, Table, TableError

__all__ = ["NUTRIENT_COLUMNS", "Fault", "FoodRow", "FoodTable", "Portion", "TableError"]

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
    "ndb_no",
    "usda_fdc_id",
    "description",
    "food_group",
    "energy_kcal",
    *NUTRIENT_COLUMNS,
)
PORTION_COLUMNS = ("ndb_no", "amount", "unit_description", "grams")
NUMBER = re.compile(r"-?\d{1,12}(\.\d{1,12})?", re.ASCII)

# A portion in words, such as "1 cup, chopped", with its grams.
Portion = tuple[str, Decimal]


@dataclass(frozen=True, slots=True)
class FoodRow:
    """A food as the USDA gives it: amounts in 100 g under the nutrient's slug, energy in kcal.

    An amount that the USDA leaves blank is not there: it is not known, and not zero.
    """

    line: int
    ndb_number: str
    fdc_id: int | None
    description: str
    group: str
    energy_kcal: Decimal | None
    amounts: dict[str, Decimal]
    portions: tuple[Portion, ...]


class FoodTable:
    """Foods, read from their table one by one, each with its portions from the other table.

    The portions are held in memory, because a food must come with all of its own; they are short.
    Lines that cannot be used go to `report`.
    """

    def __init__(self, foods: Path, portions: Path, report: Report) -> None:
        """Read both tables through; raise TableError where one of them cannot be used."""
        self._foods = Table.opened(foods, FOOD_COLUMNS)
        self._report = report
        table = Table.opened(portions, PORTION_COLUMNS)
        if table.is_cut_short:
            raise TableError(
                f"{portions} breaks off after line {table.length}: foods would lack their portions."
            )
        self._portions = _portions(table, report)

    def __len__(self) -> int:
        """How many lines of foods there are, good and bad."""
        return self._foods.length - 1

    def __iter__(self) -> Iterator[FoodRow]:
        """Every good food in the order of the table; a second line for one food is a bad line."""
        seen: dict[str, int] = {}
        for line, cells in self._foods.rows(self._report):
            try:
                number = _ndb_number(cells)
                if number in seen:
                    raise ValueError(f"food {number} stands in line {seen[number]} already")
                food = _food(line, cells, self._portions.get(number, {}))
            except ValueError as error:
                self._report(self._foods.fault(line, str(error)))
            else:
                seen[number] = line
                yield food


def _portions(table: Table, report: Report) -> dict[str, dict[Portion, None]]:
    """The portions of each food by its number. The USDA's few repeated lines say nothing more."""
    found: dict[str, dict[Portion, None]] = defaultdict(dict)
    for line, cells in table.rows(report):
        try:
            found[_ndb_number(cells)][_portion(cells)] = None
        except ValueError as error:
            report(table.fault(line, str(error)))
    return found


def _food(line: int, cells: Cells, portions: dict[Portion, None]) -> FoodRow:
    amounts = {
        slug: _number(cells, column, whole=7, places=4)
        for column, (slug, _) in NUTRIENT_COLUMNS.items()
    }
    return FoodRow(
        line=line,
        ndb_number=cells["ndb_no"],
        fdc_id=_fdc_id(cells),
        description=_text(cells, "description", longest=200),
        group=cells["food_group"],
        energy_kcal=_number(cells, "energy_kcal", whole=4, places=2),
        amounts={slug: amount for slug, amount in amounts.items() if amount is not None},
        portions=tuple(portions),
    )


def _portion(cells: Cells) -> Portion:
    amount = _number(cells, "amount", whole=4, places=3)
    grams = _number(cells, "grams", whole=5, places=2)
    if not amount or not grams:
        raise ValueError("a portion needs an amount and grams above zero")
    return f"{cells['amount']} {_text(cells, 'unit_description', longest=100)}", grams


def _ndb_number(cells: Cells) -> str:
    number = cells["ndb_no"]
    if not re.fullmatch(r"\d{5}", number, re.ASCII):
        raise ValueError(f"ndb_no is “{number[:40]}”, and must be five digits")
    return number


def _fdc_id(cells: Cells) -> int | None:
    number = cells["usda_fdc_id"]
    if not re.fullmatch(r"\d{0,9}", number, re.ASCII):
        raise ValueError(f"usda_fdc_id is “{number[:40]}”, and must be a whole number")
    return int(number) if number else None


def _text(cells: Cells, column: str, *, longest: int) -> str:
    text = cells[column].strip()
    if not text or len(text) > longest or not text.isprintable():
        raise ValueError(f"{column} must be 1 to {longest} characters of plain text")
    return text


def _number(cells: Cells, column: str, *, whole: int, places: int) -> Decimal | None:
    """The number in a cell, None where it is blank; raise ValueError where it cannot be kept."""
    text = cells[column]
    if not text:
        return None
    if not NUMBER.fullmatch(text):
        raise ValueError(f"{column} is “{text[:40]}”, which is not a number")
    if text.startswith("-"):
        raise ValueError(f"{column} is {text}, and cannot be negative")
    number = Decimal(text)
    if number >= 10**whole or number != round(number, places):
        raise ValueError(f"{column} is {text}: at most {whole} digits and {places} decimals")
    return number
