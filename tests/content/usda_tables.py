"""Read the USDA's tables without the site's code, and write short or broken ones."""

import csv
import gzip
from decimal import Decimal
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent.parent / "fixtures" / "usda"
FOODS = FOLDER / "usda_sr28_extract.csv.gz"
PORTIONS = FOLDER / "usda_sr28_portions.csv.gz"
AMOUNT_COLUMNS = {
    "magnesium": "magnesium_mg",
    "calcium": "calcium_mg",
    "vitamin-d": "vitamin_d_mcg",
    "vitamin-b12": "vitamin_b12_mcg",
    "potassium": "potassium_mg",
    "sodium": "sodium_mg",
    "phosphorus": "phosphorus_mg",
    "thiamin": "thiamin_mg",
    "vitamin-b6": "vitamin_b6_mg",
    "vitamin-e": "vitamin_e_mg",
    "iron": "iron_mg",
    "folate": "folate_mcg_dfe",
    "copper": "copper_mg",
}


def lines_of(path, count=None):
    """Return `count` lines of a table or all, header first, without line ends."""
    lines = gzip.decompress(path.read_bytes()).decode().splitlines()
    return lines[:count]


def rows_of(path, count=None):
    """Return `count` rows of a table or all, as dictionaries."""
    return list(csv.DictReader(lines_of(path, count and count + 1)))


def amounts_of(row):
    """Return the amounts in 100 g of a row by nutrient, without blanks."""
    return {
        slug: Decimal(row[column]) for slug, column in AMOUNT_COLUMNS.items() if row[column] != ""
    }


def portions_by_food(path=PORTIONS):
    """Return the household portions of each food by its number, without duplicates."""
    portions = {}
    for row in rows_of(path):
        portion = (f"{row['amount']} {row['unit_description']}", Decimal(row["grams"]))
        portions.setdefault(row["ndb_no"], {})[portion] = None
    return {number: list(own) for number, own in portions.items()}


def write(path, lines):
    """Write lines, as text or bytes, into a gzipped table, and return its path."""
    data = b"".join((line if isinstance(line, bytes) else line.encode()) + b"\n" for line in lines)
    path.write_bytes(gzip.compress(data, mtime=0))
    return path


def with_cell(line, column, value, header):
    """Return a line with another value in one cell."""
    cells = dict(zip(next(csv.reader([header])), next(csv.reader([line])), strict=True))
    cells[column] = value
    return ",".join('"' + cell.replace('"', '""') + '"' for cell in cells.values())
