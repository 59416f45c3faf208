"""Write small tables of foods as they are published, and import them."""

import io
import zipfile
from xml.sax.saxutils import escape

from django.core.management import CommandError, call_command

from nutrients.models import Source
from tests import factories

SHEETS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
KINDS = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def workbook(path, sheets):
    """Write a workbook as Excel does, from lists of rows by sheet. Numbers stay numbers."""
    names = list(sheets)
    parts = [f"worksheets/sheet{number}.xml" for number in range(1, len(names) + 1)]
    entries = "".join(
        f'<sheet name="{escape(name)}" sheetId="{n}" r:id="r{n}"/>'
        for n, name in enumerate(names, 1)
    )
    links = "".join(
        f'<Relationship Id="r{n}" Type="{LINKS}/worksheet" Target="{part}"/>'
        for n, part in enumerate(parts, 1)
    )
    kinds = "".join(
        f'<Override PartName="/xl/{part}" ContentType="{KINDS}.worksheet+xml"/>' for part in parts
    )
    files = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels"'
        ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{KINDS}.sheet.main+xml"/>'
        f"{kinds}</Types>",
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r1"'
        f' Type="{LINKS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{SHEETS}" xmlns:r="{LINKS}">'
        f"<sheets>{entries}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">{links}'
        "</Relationships>",
    }
    for part, rows in zip(parts, sheets.values(), strict=True):
        data = "".join(f"<row>{''.join(map(_cell, row))}</row>" for row in rows)
        files[f"xl/{part}"] = (
            f'<worksheet xmlns="{SHEETS}"><sheetData>{data}</sheetData></worksheet>'
        )
    return packed(path, files)


def packed(path, files):
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return path


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
