"""Write tables of foods as agencies publish them, read the USDA's, and import them."""

import csv
import gzip
import io
import zipfile
from decimal import Decimal
from pathlib import Path
from xml.sax.saxutils import escape

from django.core.management import CommandError, call_command

from nutrients.models import FoodSource, Source
from tests import factories

FOLDER = Path(__file__).resolve().parent.parent.parent / "fixtures" / "usda"
FOODS = FOLDER / "usda_sr28_extract.csv.gz"
PORTIONS = FOLDER / "usda_sr28_portions.csv.gz"
SHEETS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def lines_of(path, count=None):
    """Return `count` lines of a table of the USDA or all, header first, without line ends."""
    return gzip.decompress(path.read_bytes()).decode().splitlines()[:count]


def amounts_of(row):
    """Return the amounts in 100 g of a row of the USDA by nutrient, without blanks."""
    columns = [name for name in row if "_m" in name and name not in ("zinc_mg", "caffeine_mg")]
    slugs = {name: name.partition("_m")[0].replace("_", "-") for name in columns}
    return {slug: Decimal(row[name]) for name, slug in slugs.items() if row[name]}


def portions_by_food():
    """Return the USDA's household portions of each food by its number, without duplicates."""
    portions = {}
    for row in csv.DictReader(lines_of(PORTIONS)):
        portion = (f"{row['amount']} {row['unit_description']}", Decimal(row["grams"]))
        portions.setdefault(row["ndb_no"], {})[portion] = None
    return {number: list(own) for number, own in portions.items()}


def written(path, content):
    """Write text, bytes or lines to a file, and return its path."""
    text = content if isinstance(content, str | bytes) else "\n".join(content) + "\n"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def packed(path, files):
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return path


def workbook(path, sheets):
    """Write a workbook as Excel does, from lists of rows by sheet. Numbers stay numbers."""
    entries, links, files = "", "", {}
    for number, (name, rows) in enumerate(sheets.items(), 1):
        part = f"worksheets/sheet{number}.xml"
        entries += f'<sheet name="{escape(name)}" sheetId="{number}" r:id="r{number}"/>'
        links += f'<Relationship Id="r{number}" Type="{LINKS}/worksheet" Target="{part}"/>'
        data = "".join(f"<row>{''.join(map(_cell, row))}</row>" for row in rows)
        sheet = f'<worksheet xmlns="{SHEETS}"><sheetData>{data}</sheetData></worksheet>'
        files[f"xl/{part}"] = sheet
    book = f'<workbook xmlns="{SHEETS}" xmlns:r="{LINKS}"><sheets>{entries}</sheets></workbook>'
    files["xl/workbook.xml"] = book
    top = f'<Relationship Id="r1" Type="{LINKS}/officeDocument" Target="xl/workbook.xml"/>'
    for name, own in (("_rels/.rels", top), ("xl/_rels/workbook.xml.rels", links)):
        files[name] = f'<Relationships xmlns="{PACKAGE}">{own}</Relationships>'
    return packed(path, files)


def _cell(value):
    if isinstance(value, str):
        return f'<c t="inlineStr"><is><t>{escape(value)}</t></is></c>'
    return f"<c><v>{value}</v></c>"


def import_foods(path, slug="own-table", **options):
    """Import a table of a source, which is added if need be. Return stdout and all errors."""
    if not Source.objects.filter(slug=slug).exists():
        factories.source(slug)
    output, errors = io.StringIO(), io.StringIO()
    try:
        call_command("import_foods", path, source=slug, stdout=output, stderr=errors, **options)
    except CommandError as error:
        errors.write(str(error))
    return output.getvalue(), errors.getvalue()


def imported_foods():
    return FoodSource.objects.filter(is_curated=False)
