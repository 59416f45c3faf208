"""Tables of foods as they are published: read into lines that name their columns in one way.

CSV is read with commas, semicolons or tabs, plain or compressed by gzip, with or without a byte
order mark; workbooks as Excel writes them; and FoodData Central's zip of CSV files as it comes.
"""

from __future__ import annotations

import csv
import gzip
import io
import re
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from python_calamine import CalamineError, CalamineWorkbook

from nutrients.models import Unit

Cells = dict[str, str]


class FoodTableError(Exception):
    """Nothing can be imported; the text says why."""


class Layout(NamedTuple):
    """The columns of a published table that hold a food's identifier, its name and its group."""

    id: str
    name: str
    group: str


USDA = Layout("ndb_no", "description", "food_group")
# The composition of foods integrated dataset of the UK.
COFID = Layout("Food Code", "Food Name", "Group")
LAYOUTS = (
    USDA,
    COFID,
    # The French table in two languages.
    Layout("alim_code", "alim_nom_eng", "alim_grp_nom_eng"),
    Layout("alim_code", "alim_nom_fr", "alim_grp_nom_fr"),
    Layout("id", "name", "group"),
)
# How tables name nutrients, folded as `nutrient_in` does, and our slug for each. A table may have
# several columns for one: the first here that has a figure for a food counts.
NAMES = {
    "magnesium": ("magnesium", "magnésium"),
    "calcium": ("calcium",),
    "vitamin-d": ("vitamin d", "vitamine d"),
    "vitamin-b12": ("vitamin b12", "vitamine b12"),
    "potassium": ("potassium",),
    "sodium": ("sodium",),
    "phosphorus": ("phosphorus", "phosphore"),
    "thiamin": ("thiamin", "thiamine", "vitamin b1 or thiamin", "vitamine b1 ou thiamine"),
    "vitamin-b6": ("vitamin b6", "vitamine b6"),
    "vitamin-e": (
        *("alpha tocopherol", "alpha tocopherol vitamine e", "alpha tocophérol vitamine e"),
        *("vitamin e", "vitamine e"),
    ),
    "iron": ("iron", "fer"),
    "folate": (
        *("folate", "folate total", "vitamin b9 or folate", "vitamin b9 or total folates"),
        "vitamin b9 or total folates dietary folate equivalents dfe",
        "vitamine b9 ou folates totaux",
        "vitamine b9 ou folates totaux équivalents folates alimentaires dfe",
    ),
    "copper": ("copper", "cuivre"),
    "energy": (
        *("energy", "energy kcal", "energie"),
        *("energy regulation eu no 1169 2011", "energie règlement ue n 1169 2011"),
        *("energy specific", "energy general"),
    ),
}
NUTRIENTS = {name: slug for slug, names in NAMES.items() for name in names}
# Each nutrient's unit on this site, and a gram's worth of the units that can become another.
UNITS: dict[str, str] = dict.fromkeys(NAMES, Unit.MG) | {
    "vitamin-d": Unit.MCG,
    "vitamin-b12": Unit.MCG,
    "folate": Unit.MCG_DFE,
    "energy": "kcal",
}
IN_A_GRAM = {"g": Decimal(1), Unit.MG: Decimal(1000), Unit.MCG: Decimal(1_000_000)}
WRITTEN_UNITS = {
    "g": "g",
    "mg": Unit.MG,
    **dict.fromkeys(("mcg", "µg", "μg", "ug"), Unit.MCG),
    **dict.fromkeys(("mcg dfe", "µg dfe", "μg dfe"), Unit.MCG_DFE),
    "kcal": "kcal",
    "kj": "kJ",
}
HEADER = re.compile(
    r"(?P<name>.*?) ?\b(?P<unit>kcal|kj|(?:mcg|[µμ]g) dfe|mcg|mg|[µμu]?g)(?: 100 ?g)?"
)
# FoodData Central's ids of nutrients. Foundation Foods have energy by general or specific factors,
# in any order, and most have no folate but in plain micrograms.
FDC_NUTRIENTS = {
    "1090": "magnesium_mg",
    "1087": "calcium_mg",
    "1114": "vitamin_d_mcg",
    "1178": "vitamin_b12_mcg",
    "1092": "potassium_mg",
    "1093": "sodium_mg",
    "1091": "phosphorus_mg",
    "1165": "thiamin_mg",
    "1175": "vitamin_b6_mg",
    "1109": "vitamin_e_mg",
    "1089": "iron_mg",
    "1190": "folate_mcg_dfe",
    "1098": "copper_mg",
    "1177": "folate_total_mcg",
    "1008": "energy_kcal",
    "2048": "energy_specific_kcal",
    "2047": "energy_general_kcal",
}
FDC_FOODS = ("foundation_food", "sr_legacy_food")
PORTION_COLUMNS = ("amount", "unit_description", "grams")


class Amounts(NamedTuple):
    """A column of amounts in 100 g: its nutrient, and by what its figures are multiplied."""

    column: str
    nutrient: str
    factor: Decimal


@dataclass(frozen=True, slots=True)
class FoodTable:
    """The lines of a table, each with its place for messages.

    `amounts` are by preference, `notices` say what is left out, `decimal` is the mark that parts
    decimals, and `portions` are household measures that came with the foods.
    """

    layout: Layout
    lines: list[tuple[str, Cells]]
    amounts: list[Amounts]
    notices: list[str]
    decimal: str = "."
    portions: tuple[tuple[str, Cells], ...] = ()


def read_table(path: Path, faults: list[str]) -> FoodTable:
    """Read a table of foods; a sentence for each line that cannot be read is added to `faults`.

    Raises FoodTableError for a file that is not there, damaged or not understood.
    """
    data = _bytes_of(path)
    if data.startswith(b"PK\x03\x04") and (names := _names_in(path)):
        return _fdc_table(path, names) if "food.csv" in names else _workbook_table(path, faults)
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        return _workbook_table(path, faults)
    header, lines, decimal = _csv_lines(path, data, faults)
    return _table(path, header, lines, decimal)


def read_portions(path: Path, faults: list[str]) -> Iterator[tuple[str, Cells]]:
    """Read a table of household portions; raises FoodTableError as `read_table` does."""
    header, lines, _ = _csv_lines(path, _bytes_of(path), faults)
    number = "ndb_no" if "ndb_no" in header else "id"
    missing = [name for name in (number, *PORTION_COLUMNS) if name not in header]
    if missing:
        raise FoodTableError(f"{path} lacks the column {', '.join(missing)}.")
    for location, cells in lines:
        yield location, {"id": cells[number]} | {name: cells[name] for name in PORTION_COLUMNS}


def nutrient_in(header: str) -> tuple[str, str] | None:
    """The nutrient's name and the unit in a header: “Magnesium (mg/100g)”, `magnesium_mg`."""
    named = HEADER.fullmatch(" ".join(re.findall(r"[^\W_]+", header.lower())))
    if named is None or named["name"] not in NUTRIENTS:
        return None
    unit = WRITTEN_UNITS[named["unit"]]
    is_dfe = unit == Unit.MCG and named["name"].endswith(" dfe")
    return named["name"], Unit.MCG_DFE if is_dfe else unit


def _table(
    path: Path, header: Iterable[str], lines: list[tuple[str, Cells]], decimal: str
) -> FoodTable:
    columns = list(header)
    layout = _layout(columns)
    if layout is None:
        raise FoodTableError(
            f"{path} is not understood. It needs a header with the columns id, name and amounts in"
            " 100 g such as magnesium_mg, or those of a table that the README of fixtures/usda"
            " names."
        )
    notices: list[str] = []
    if layout == COFID:
        foods = [line for line in lines if not line[1].get(layout.group, "").startswith("Q")]
        if drinks := len(lines) - len(foods):
            notices.append(
                f"Left out are alcoholic drinks, measured in 100 ml: {drinks:,} (groups Q)."
            )
        lines = foods
    amounts = _amounts(columns, lines, notices)
    if not amounts:
        raise FoodTableError(f"{path} has no column of amounts in 100 g, such as magnesium_mg.")
    return FoodTable(layout, lines, amounts, notices, decimal)


def _amounts(
    columns: list[str], lines: list[tuple[str, Cells]], notices: list[str]
) -> list[Amounts]:
    """The columns of amounts, by preference; a sentence for each left out joins `notices`."""
    ranked: list[tuple[int, int, Amounts]] = []
    for column in columns:
        if (named := nutrient_in(column)) is None:
            continue
        name, unit = named
        nutrient, preference = NUTRIENTS[name], list(NUTRIENTS).index(name)
        wanted = UNITS[nutrient]
        if unit == wanted:
            ranked.append((0, preference, Amounts(column, nutrient, Decimal(1))))
        elif unit in IN_A_GRAM and wanted in IN_A_GRAM:
            factor = IN_A_GRAM[wanted] / IN_A_GRAM[unit]
            ranked.append((1, preference, Amounts(column, nutrient, factor)))
        elif unit != "kJ" and any(cells.get(column) for _, cells in lines):
            notices.append(
                f"The column “{column}” is left out: this site counts that nutrient in another way."
            )
    return [amounts for *_, amounts in sorted(ranked)]


def _layout(columns: list[str]) -> Layout | None:
    return next((layout for layout in LAYOUTS if {layout.id, layout.name} <= set(columns)), None)


def _bytes_of(path: Path) -> bytes:
    try:
        data = path.read_bytes()
        return gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise FoodTableError(f"{path} is damaged: {error}.") from error
    except OSError as error:
        raise FoodTableError(f"{path} cannot be read: {error.strerror}.") from error


def _csv_lines(
    path: Path, data: bytes, faults: list[str]
) -> tuple[list[str], list[tuple[str, Cells]], str]:
    """The header, the lines that can be split, and the decimal mark."""
    try:
        # Spreadsheets put a mark before UTF-8.
        first, *rest = [*io.StringIO(data.decode("utf-8-sig"), newline=None)] or [""]
    except UnicodeDecodeError as error:
        raise FoodTableError(
            f"{path} is not UTF-8 from byte {error.start}: save it as “CSV UTF-8”."
        ) from error
    mark = max(",;\t", key=first.count)
    header = next(csv.reader([first], delimiter=mark), [])
    lines = []
    for number, line in enumerate(rest, start=2):
        location = f"{path.name}, line {number}"
        try:
            # One line at a time: with a quotation mark too many, csv would swallow those below.
            cells = next(csv.reader([line], delimiter=mark, strict=True), [])
        except csv.Error as error:
            faults.append(f"{location}: it cannot be split into columns ({error}).")
            continue
        if len(cells) == len(header):
            lines.append((location, dict(zip(header, cells, strict=True))))
        else:
            faults.append(
                f"{location}: it has {len(cells)} columns, and the header has {len(header)}."
            )
    texts = (cell for _, cells in lines for cell in cells.values())
    return header, lines, "," if mark != "," and any(map(_has_comma, texts)) else "."


def _workbook_table(path: Path, faults: list[str]) -> FoodTable:
    """A workbook; a food of several sheets is one line."""
    try:
        book = CalamineWorkbook.from_path(path)
        sheets = {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}
    except (CalamineError, zipfile.BadZipFile) as error:
        raise FoodTableError(
            f"{path} is damaged, or neither a workbook nor FoodData Central's zip of CSV files:"
            f" {error}."
        ) from error
    foods: dict[str, dict[str, object]] = defaultdict(dict)
    every: dict[str, None] = {}
    for sheet, rows in sheets.items():
        headers = [[_text_of(cell) for cell in row] for row in rows[:10]]
        at, layout = next(
            ((n, known) for n, row in enumerate(headers) if (known := _layout(row))), (0, None)
        )
        if layout is None:
            continue
        every |= dict.fromkeys(headers[at])
        figures = {layout.name, *filter(nutrient_in, headers[at])}
        seen: set[str] = set()
        for row in rows[at + 1 :]:
            cells = {name: cell for name, cell in zip(headers[at], row, strict=False) if cell != ""}
            if not (number := _text_of(cells.get(layout.id, ""))):
                continue
            # CIQUAL has a food in two rows, one nearly empty; CoFID two foods by one number.
            there = foods[number]
            if number in seen and any(
                there.get(n, cells[n]) != cells[n] for n in figures & {*cells}
            ):
                faults.append(f"{path.name}, {sheet}: food {number} is in a row above already.")
                continue
            seen.add(number)
            foods[number] = cells | there
    # A number that is a number has no mark of its own.
    amounts = set(filter(nutrient_in, every))
    texts = (cell for cells in foods.values() for name, cell in cells.items() if name in amounts)
    decimal = "," if any(isinstance(cell, str) and _has_comma(cell) for cell in texts) else "."
    lines = [
        (
            f"{path.name}, food {number}",
            {name: _text_of(cell, decimal) for name, cell in cells.items()},
        )
        for number, cells in foods.items()
    ]
    return _table(path, every, lines, decimal)


def _has_comma(cell: str) -> bool:
    return re.fullmatch(r"<? ?\d+,\d+", cell) is not None


def _text_of(cell: object, decimal: str = ".") -> str:
    """A cell as a reader sees it: 12 for the number 12.0, without what binary fractions add."""
    if isinstance(cell, float):
        return f"{Decimal(f'{cell:.12g}').normalize():f}".replace(".", decimal)
    return " ".join(str(cell).split())


def _names_in(path: Path) -> dict[str, str]:
    """The names of the CSV files in a zip, without folders; none for what is no zip."""
    try:
        with zipfile.ZipFile(path) as packed:
            return {name.rpartition("/")[2]: name for name in packed.namelist()}
    except zipfile.BadZipFile as error:
        raise FoodTableError(f"{path} is damaged: {error}.") from error


def _fdc_table(path: Path, names: dict[str, str]) -> FoodTable:
    """FoodData Central's files: Foundation Foods or SR Legacy, with their portions."""
    with zipfile.ZipFile(path) as packed:

        def rows(name: str) -> Iterator[Cells]:
            if name in names:
                with packed.open(names[name]) as file:
                    yield from csv.DictReader(io.TextIOWrapper(file, "utf-8-sig", newline=""))

        try:
            numbers = {
                row["fdc_id"]: row["NDB_number"]
                for name in FDC_FOODS
                for row in rows(f"{name}.csv")
            }
            groups = {row["id"]: row["description"] for row in rows("food_category.csv")}
            foods = {
                row["fdc_id"]: {
                    USDA.id: numbers[row["fdc_id"]],
                    "usda_fdc_id": row["fdc_id"],
                    USDA.name: _text_of(row["description"]),
                    USDA.group: groups.get(row["food_category_id"], ""),
                    **dict.fromkeys(FDC_NUTRIENTS.values(), ""),
                }
                for row in rows("food.csv")
                # The file has earlier editions of foods too.
                if row["data_type"] in FDC_FOODS and row["fdc_id"] in numbers
            }
            for row in rows("food_nutrient.csv"):
                column = FDC_NUTRIENTS.get(row["nutrient_id"])
                if column and row["fdc_id"] in foods:
                    foods[row["fdc_id"]][column] = row["amount"]
            units = {row["id"]: row["name"] for row in rows("measure_unit.csv")}
            portions = tuple(
                (f"food_portion.csv, portion {row['id']}", _fdc_portion(row, foods, units))
                for row in rows("food_portion.csv")
                if row["fdc_id"] in foods
            )
        except (KeyError, UnicodeDecodeError, zipfile.BadZipFile, zlib.error) as error:
            raise FoodTableError(f"{path} is not as FoodData Central has it: {error}.") from error
    if not foods:
        raise FoodTableError(f"{path} holds neither Foundation Foods nor SR Legacy.")
    lines = [(f"food.csv, food {number}", cells) for number, cells in foods.items()]
    header = [*USDA, "usda_fdc_id", *FDC_NUTRIENTS.values()]
    table = _table(path, header, lines, ".")
    return replace(table, portions=portions)


def _fdc_portion(row: Cells, foods: dict[str, Cells], units: dict[str, str]) -> Cells:
    unit = units.get(row["measure_unit_id"], "")
    words = [unit if unit != "undetermined" else "", row["portion_description"], row["modifier"]]
    return {
        "id": foods[row["fdc_id"]][USDA.id] or row["fdc_id"],
        "amount": row["amount"] or "1",
        "unit_description": ", ".join(filter(None, words)),
        "grams": row["gram_weight"],
    }
