"""Read published tables of foods: CSV files, workbooks, and FoodData Central's zip of CSV files.

CSV may have commas, semicolons or tabs, be compressed by gzip, and begin with a byte order mark.
"""

import csv
import gzip
import io
import re
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from django.utils.text import get_text_list
from python_calamine import CalamineError, CalamineWorkbook

from nutrients.models import Unit

Cells = dict[str, str]
# The location of a line, for messages, and its cells by column.
Line = tuple[str, Cells]


class FoodTableError(Exception):
    """Nothing can be imported. The message says why."""


class Layout(NamedTuple):
    """The columns that hold a food's identifier, name and group in a published table."""

    id: str
    name: str
    group: str


USDA = Layout("ndb_no", "description", "food_group")
# The UK's Composition of Foods Integrated Dataset.
COFID = Layout("Food Code", "Food Name", "Group")
LAYOUTS = (
    USDA,
    COFID,
    # CIQUAL, the French table, in English and French.
    Layout("alim_code", "alim_nom_eng", "alim_grp_nom_eng"),
    Layout("alim_code", "alim_nom_fr", "alim_grp_nom_fr"),
    Layout("id", "name", "group"),
)
# The names of nutrients in tables, normalized as in `parse_header`, by slug. If a table has several
# columns for a nutrient, the first in this order that has a figure for the food counts.
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
ENERGY = "energy"
# How many of each unit make a gram.
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
# FoodData Central's ids of nutrients. Foundation Foods give energy by general or specific factors,
# and most give folate in plain micrograms only.
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
# How zip files, xlsx among them, and xls files begin.
ZIP, XLS = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


class AmountColumn(NamedTuple):
    """A column of amounts in 100 g. `factor` converts its figures to `unit`, the site's own."""

    name: str
    nutrient: str
    unit: str
    factor: Decimal


class Sheet(NamedTuple):
    """The content of a file. `faults` has a sentence for each line that cannot be read."""

    header: list[str]
    lines: list[Line]
    faults: list[str]
    decimal: str = "."
    portions: tuple[Line, ...] = ()


class FoodTable(NamedTuple):
    """A sheet that is understood: its layout and its columns of amounts, best first.

    `notices` has a sentence for each column or group of foods that is left out.
    """

    sheet: Sheet
    layout: Layout
    amounts: list[AmountColumn]
    notices: list[str]


def read_table(path: Path, units: Mapping[str, str]) -> FoodTable:
    """Read a table of foods. `units` are those of the site's nutrients, by slug.

    Raises FoodTableError for a file that is missing, damaged or not understood.
    """
    sheet = _read_sheet(path)
    layout = _layout(sheet.header)
    if layout is None:
        raise FoodTableError(
            f"{path} is not understood. It needs a header with the columns id, name and amounts in"
            " 100 g such as magnesium_mg, or those of a table that the README of fixtures/usda"
            " names."
        )
    lines, notices = sheet.lines, []
    if layout == COFID:
        lines = [line for line in lines if not line[1].get(layout.group, "").startswith("Q")]
        if drinks := len(sheet.lines) - len(lines):
            notices.append(
                f"Left out are alcoholic drinks, measured in 100 ml: {drinks:,} (groups Q)."
            )
    amounts, column_notices = _amount_columns(sheet.header, lines, units)
    if not amounts:
        raise FoodTableError(f"{path} has no column of amounts in 100 g, such as magnesium_mg.")
    return FoodTable(sheet._replace(lines=lines), layout, amounts, notices + column_notices)


def read_portions(path: Path) -> tuple[list[Line], list[str]]:
    """Read a table of household portions: its lines, and a sentence for each faulty one.

    Raises FoodTableError as `read_table` does.
    """
    sheet = _read_csv(path, _read_bytes(path))
    number = "ndb_no" if "ndb_no" in sheet.header else "id"
    missing = [name for name in (number, *PORTION_COLUMNS) if name not in sheet.header]
    if missing:
        columns = "column" if len(missing) == 1 else "columns"
        raise FoodTableError(f"{path} lacks the {columns} {get_text_list(missing, 'and')}.")
    return [
        (location, {"id": cells[number]} | {name: cells[name] for name in PORTION_COLUMNS})
        for location, cells in sheet.lines
    ], sheet.faults


def parse_header(header: str) -> tuple[str, str] | None:
    """Split a header such as “Magnesium (mg/100g)” or `magnesium_mg` into nutrient and unit."""
    match = HEADER.fullmatch(_words(header))
    if match is None or match["name"] not in NUTRIENTS:
        return None
    unit = WRITTEN_UNITS[match["unit"]]
    is_dfe = unit == Unit.MCG and match["name"].endswith(" dfe")
    return match["name"], Unit.MCG_DFE if is_dfe else unit


def _words(header: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", header.lower()))


def _amount_columns(
    header: list[str], lines: list[Line], units: Mapping[str, str]
) -> tuple[list[AmountColumn], list[str]]:
    """Return the columns of amounts, best first, and a notice for each that is left out."""
    ranked: list[tuple[int, int, AmountColumn]] = []
    notices: list[str] = []
    for column in header:
        parsed = parse_header(column)
        if parsed is None:
            words = _words(column)
            if {words, words.rpartition(" ")[0]} & NUTRIENTS.keys():
                notices.append(f"The column “{column}” is left out: its unit is not g, mg or mcg.")
            continue
        if NUTRIENTS[parsed[0]] not in units:
            continue
        name, unit = parsed
        nutrient, preference = NUTRIENTS[name], list(NUTRIENTS).index(name)
        wanted = units[nutrient]
        if unit == wanted:
            ranked.append((0, preference, AmountColumn(column, nutrient, wanted, Decimal(1))))
        elif unit in IN_A_GRAM and wanted in IN_A_GRAM:
            factor = IN_A_GRAM[wanted] / IN_A_GRAM[unit]
            ranked.append((1, preference, AmountColumn(column, nutrient, wanted, factor)))
        elif unit != "kJ" and any(cells.get(column) for _, cells in lines):
            notices.append(
                f"The column “{column}” is left out: this site counts that nutrient in another way."
            )
    return [column for *_, column in sorted(ranked)], notices


def _layout(header: Iterable[str]) -> Layout | None:
    columns = set(header)
    return next((layout for layout in LAYOUTS if {layout.id, layout.name} <= columns), None)


def _refuse_repeated(path: Path, header: list[str]) -> None:
    if repeated := [name for name in header if name and header.count(name) > 1]:
        raise FoodTableError(f"{path} has the column “{repeated[0]}” twice: keep one.")


def _read_sheet(path: Path) -> Sheet:
    data = _read_bytes(path)
    if not data.startswith((ZIP, XLS)):
        return _read_csv(path, data)
    if data.startswith(ZIP):
        try:
            with zipfile.ZipFile(path) as archive:
                files = {name.rpartition("/")[2]: name for name in archive.namelist()}
                if "food.csv" in files:
                    return _read_fdc(path, archive, files)
        # zipfile raises most of these for fields of a damaged header.
        except (
            zipfile.BadZipFile,
            zlib.error,
            OSError,
            EOFError,
            RuntimeError,
            ValueError,
        ) as error:
            raise FoodTableError(f"{path} is damaged: {error}.") from error
    return _read_workbook(path)


def _read_bytes(path: Path) -> bytes:
    try:
        data = path.read_bytes()
        return gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise FoodTableError(f"{path} is damaged: {error}.") from error
    except OSError as error:
        raise FoodTableError(f"{path} cannot be read: {error.strerror}.") from error


def _read_csv(path: Path, data: bytes) -> Sheet:
    try:
        # Spreadsheets put a byte order mark before UTF-8.
        first, *rest = [*io.StringIO(data.decode("utf-8-sig"), newline=None)] or [""]
    except UnicodeDecodeError as error:
        raise FoodTableError(
            f"{path} is not UTF-8 from byte {error.start}: save it as “CSV UTF-8”."
        ) from error
    delimiter = max(",;\t", key=first.count)
    header: list[str] = []
    with suppress(csv.Error):
        header = next(csv.reader([first], delimiter=delimiter), [])
    _refuse_repeated(path, header)
    lines, faults = [], []
    for number, line in enumerate(rest, start=2):
        location = f"{path.name}, line {number}"
        try:
            # Line by line: after a stray quotation mark, csv would swallow the lines below.
            cells = next(csv.reader([line], delimiter=delimiter, strict=True), [])
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
    has_comma = delimiter != "," and any(map(_has_decimal_comma, texts))
    return Sheet(header, lines, faults, "," if has_comma else ".")


def _read_workbook(path: Path) -> Sheet:
    """Read every sheet that has foods. The rows of a food in several sheets are one line."""
    try:
        book = CalamineWorkbook.from_path(path)
        sheets = {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}
    except (CalamineError, zipfile.BadZipFile) as error:
        raise FoodTableError(
            f"{path} is damaged, or neither a workbook nor FoodData Central's zip of CSV files:"
            f" {error}."
        ) from error
    foods: dict[str, dict[str, object]] = defaultdict(dict)
    columns: dict[str, None] = {}
    faults = []
    for sheet, cells_by_row in sheets.items():
        rows = iter(cells_by_row)
        # Titles may come before the header.
        for row in islice(rows, 10):
            header = [_as_text(cell) for cell in row]
            if layout := _layout(header):
                break
        else:
            continue
        columns |= dict.fromkeys(header)
        figures = {layout.name, *filter(parse_header, header)}
        seen: set[str] = set()
        for row in rows:
            filled = [pair for pair in zip(header, row, strict=False) if pair[1] != ""]
            _refuse_repeated(path, [name for name, _ in filled if name in figures])
            cells = dict(filled)
            if not (number := _as_text(cells.get(layout.id, ""))):
                continue
            # CIQUAL has a food in two rows, one nearly empty. CoFID has two foods with one number.
            earlier = foods[number]
            compared = cells.keys() & (figures if number in seen else figures - {layout.name})
            if any(earlier.get(name, cells[name]) != cells[name] for name in compared):
                words = f"food {number} has another name or figure in an earlier row"
                faults.append(f"{path.name}, {sheet}: {words}.")
                continue
            seen.add(number)
            foods[number] = cells | earlier
    # Cells that Excel stores as numbers have no decimal mark.
    amounts = set(filter(parse_header, columns))
    texts = (cell for cells in foods.values() for name, cell in cells.items() if name in amounts)
    has_comma = any(isinstance(cell, str) and _has_decimal_comma(cell) for cell in texts)
    decimal = "," if has_comma else "."
    lines = [
        (
            f"{path.name}, food {number}",
            {name: _as_text(cell, decimal) for name, cell in cells.items()},
        )
        for number, cells in foods.items()
    ]
    return Sheet([*columns], lines, faults, decimal)


def _has_decimal_comma(cell: str) -> bool:
    return re.fullmatch(r"<? ?\d+,\d+", cell) is not None


def _as_text(cell: object, decimal: str = ".") -> str:
    """Return a cell as Excel shows it: 12 for the float 12.0, without binary rounding errors."""
    if isinstance(cell, float):
        return f"{Decimal(f'{cell:.12g}').normalize():f}".replace(".", decimal)
    return " ".join(str(cell).split())


def _read_fdc(path: Path, archive: zipfile.ZipFile, files: dict[str, str]) -> Sheet:
    """Read FoodData Central's zip of Foundation Foods or SR Legacy."""

    def rows(name: str) -> Iterator[Cells]:
        if name in files:
            with archive.open(files[name]) as file:
                text = io.TextIOWrapper(file, "utf-8-sig", newline="")
                yield from csv.DictReader(text, restval="")

    try:
        numbers = {
            row["fdc_id"]: row["NDB_number"] for name in FDC_FOODS for row in rows(f"{name}.csv")
        }
        groups = {row["id"]: row["description"] for row in rows("food_category.csv")}
        foods = {
            row["fdc_id"]: {
                USDA.id: numbers[row["fdc_id"]],
                "usda_fdc_id": row["fdc_id"],
                USDA.name: _as_text(row["description"]),
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
    except KeyError as error:
        column = f"a file in it lacks the column {error.args[0]}"
        raise FoodTableError(f"{path} is not as FoodData Central has it: {column}.") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise FoodTableError(f"{path} is not as FoodData Central has it: {error}.") from error
    if not foods:
        raise FoodTableError(f"{path} holds neither Foundation Foods nor SR Legacy.")
    lines = [(f"food.csv, food {number}", cells) for number, cells in foods.items()]
    header = [*USDA, "usda_fdc_id", *FDC_NUTRIENTS.values()]
    return Sheet(header, lines, [], portions=portions)


def _fdc_portion(row: Cells, foods: dict[str, Cells], units: dict[str, str]) -> Cells:
    unit = units.get(row["measure_unit_id"], "")
    words = [unit if unit != "undetermined" else "", row["portion_description"], row["modifier"]]
    return {
        "id": foods[row["fdc_id"]][USDA.id] or row["fdc_id"],
        "amount": row["amount"] or "1",
        "unit_description": ", ".join(filter(None, words)),
        "grams": row["gram_weight"],
    }
