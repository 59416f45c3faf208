"""Rows of a table as CSV: exported from its list, and imported into a proposal.

The admin form of the table checks each line that differs from the saved row, so an import may do
exactly what an editor may. django-import-export would bypass these forms, saves at once, and
violates the content policy.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.text import get_text_list

from nutrients.common.parameters import read_number
from nutrients.content.food_tables import WRITTEN_UNITS
from nutrients.content.tables import foreign_keys, with_links
from nutrients.models import NutrientAmount, ReferenceIntake, Unit
from nutrients.open_data.files import FORMULA, cell_text, safe_cell
from nutrients.proposals.rows import to_values, values_of

from .content_forms import FIGURES_ARE_RIGHT, JUMP_IS_RIGHT, bind_form
from .differences import Change, diff_values
from .proposing import propose_changes
from .screens import draw, locked_if_sent

# The text of a file is sent again as a field, and Django limits the encoded size of fields.
MAX_BYTES, MAX_LINES = 2_000_000, 10_000
# Lines that go through a form, which costs fifty times as much as a comparison.
MAX_CHANGES = 1000
# Between the parts of a key, and between linked rows.
KEY_SEPARATOR, ROW_SEPARATOR = " / ", "; "
# The columns that may come with a unit, as “per_100g (mg)” or with a column “unit”.
MEASURED: dict[Any, str] = {NutrientAmount: "per_100g", ReferenceIntake: "amount"}
WITH_UNIT = re.compile(r"(.*\S)\s*\(([^()]*)\)")
UNIT = "unit"
# A list in Markdown, which is no formula.
LISTS = ("- ", "+ ")
YES_NO = {"yes": "true", "no": "false", "1": "true", "0": "false", "true": "true", "false": "false"}


@admin.action(description="Export the selected rows as CSV", permissions=["view"])
def export(screen: admin.ModelAdmin, request: HttpRequest, queryset: Any) -> HttpResponse:
    """Write the fields of the form as columns, which the import reads again."""
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    name = f"{screen.opts.model_name}-{timezone.localdate():%Y-%m-%d}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    columns, writer = columns_of(screen, request), csv.writer(response)
    writer.writerow(columns)
    links = [field.name for field in screen.opts.many_to_many]
    for row in queryset.select_related(*foreign_keys(screen.model)).prefetch_related(*links):
        writer.writerow([_cell(row, column) for column in columns])
    return response


def _cell(row: Any, name: str) -> str:
    model_field, value = row._meta.get_field(name), getattr(row, name)
    if not model_field.is_relation:
        return safe_cell(cell_text(value))
    rows = value.all() if model_field.many_to_many else filter(None, [value])
    return ROW_SEPARATOR.join(sorted(KEY_SEPARATOR.join(row.natural_key()) for row in rows))


def columns_of(screen: admin.ModelAdmin, request: HttpRequest) -> list[str]:
    """Return the names of the fields of a form that are columns or links of its table."""
    fields = {field.name for field in (*screen.opts.concrete_fields, *screen.opts.many_to_many)}
    return [name for name in screen.get_form(request, None).base_fields if name in fields]


def can_import(model: Any) -> bool:
    """Return whether lines can name the rows of a table, which needs a key without timestamps."""
    fields = [model._meta.get_field(name) for name in model.KEY]
    return not any(isinstance(field, models.DateTimeField) for field in fields)


@dataclass(slots=True)
class Line:
    """A line of a file, with its effect or its errors."""

    number: int
    cells: dict[str, str] = field(default_factory=dict)
    unit: str = ""
    title: str = ""
    row: Any = None
    values: dict[str, Any] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    @property
    def verdict(self) -> str:
        if self.faults:
            return "Wrong"
        if self.row is None:
            return "New"
        return "Changed" if self.changes else "As it is"


def decode(data: bytes) -> tuple[str, bool]:
    """Return the text of a file, and whether its encoding was guessed."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace"), False
    try:
        return data.decode("utf-8-sig"), False
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace"), True


def read_lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the lines of a CSV text that are not empty, each with its number.

    The delimiter is the comma, semicolon or tab that the first line has most of.
    """
    if "\0" in text:
        raise ValidationError("This is no text: save the table as CSV first.")
    # Browsers send CRLF, within cells too.
    text = text.replace("\r\n", "\n")
    first = text.lstrip("\n").partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield number, [cell.strip() for cell in cells]
            number = reader.line_num + 1
    except csv.Error as error:
        words = f"Line {number}: a quotation mark is missing or too many ({error})."
        raise ValidationError(words) from error


class ImportForm(forms.Form):
    """A file or pasted lines. The text of a file is shown, and sent on, as pasted lines.

    The form of the table checks each line, unless it is as its row is saved.
    """

    file = forms.FileField(required=False, label="A CSV file")
    pasted = forms.CharField(
        required=False,
        strip=False,
        label="Or lines copied from a spreadsheet",
        widget=forms.Textarea(attrs={"rows": 8, "class": "vLargeTextField"}),
    )
    figures_are_right = forms.BooleanField(required=False, label=JUMP_IS_RIGHT)
    lines: list[Line] = []
    # Whether the encoding of the file was guessed.
    is_guessed = False

    def __init__(self, screen: admin.ModelAdmin, request: HttpRequest) -> None:
        super().__init__(request.POST or None, request.FILES or None)
        self._screen = screen
        self._model: Any = screen.model
        self._columns = columns_of(screen, request)
        self._measured = MEASURED.get(self._model, "")
        self._confirmed = {FIGURES_ARE_RIGHT: "on"} if FIGURES_ARE_RIGHT in request.POST else {}
        self._find_row = cache(_find_row)

    def clean(self) -> dict[str, Any]:
        """Read the lines."""
        cleaned = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        text = cleaned.get("pasted", "")
        if file := cleaned.get("file"):
            if file.size > MAX_BYTES:
                raise ValidationError("The file has more than 2 MB: split it.")
            text, self.is_guessed = decode(file.read())
        if not text.strip():
            raise ValidationError("Choose a file, or paste lines.")
        self.lines = self._read(text)
        # A page cannot choose a file again, so the next step sends its text.
        self.data = {**self.data, "pasted": text}
        return cleaned

    def _read(self, text: str) -> list[Line]:
        """Return every line with its effect. Raises ValidationError if none can be read."""
        table = list(read_lines(text))
        if len(table) < 2:
            raise ValidationError("There is no line below the names of the columns.")
        if len(table) > MAX_LINES + 1:
            raise ValidationError(f"There are more than {MAX_LINES:,} lines: split the file.")
        (_, header), *rows = table
        columns, unit = self._read_header(header)
        lines = [self._read_line(number, cells, columns, unit) for number, cells in rows]
        changing = self._skip_saved([line for line in lines if line.cells])
        if len(changing) > MAX_CHANGES:
            raise ValidationError(
                f"More than {MAX_CHANGES:,} lines differ from the site: split the file."
            )
        for line in changing:
            self._check(line)
        seen: dict[str, int] = {}
        for line in lines:
            if line.title and (before := seen.setdefault(line.title, line.number)) != line.number:
                line.faults.append(f"The same row is on line {before}.")
        return lines

    def _read_header(self, header: list[str]) -> tuple[Sequence[str], str]:
        """Return the columns, and the unit in the title of one of them."""
        while len(header) > 1 and not header[-1]:
            header.pop()
        columns, units = zip(*map(self._read_title, header), strict=True)
        if repeated := [name for name in dict.fromkeys(columns) if columns.count(name) > 1]:
            raise ValidationError(f"Line 1: the column “{repeated[0]}” is there twice.")
        if missing := [name for name in self._model.KEY if name not in columns]:
            noun = "column" if len(missing) == 1 else "columns"
            raise ValidationError(
                f"Line 1: add the {noun} {get_text_list(missing, 'and')}, to say which row a"
                " line is about."
            )
        return columns, "".join(units)

    def _skip_saved(self, lines: list[Line]) -> list[Line]:
        """Return the lines that differ from their saved row, or have none."""
        first, *_ = self._model.key_paths()
        keys = {line.cells[self._model.KEY[0]] for line in lines}
        rows = with_links(self._model).filter(**{f"{first}__in": keys})
        saved = {tuple(_cell(row, name).strip() for name in self._model.KEY): row for row in rows}
        changing = []
        for line in lines:
            cells = {name: self._as_exported(name, cell) for name, cell in line.cells.items()}
            row = line.row = saved.get(tuple(cells[name] for name in self._model.KEY))
            if row and all(cell == _cell(row, name).strip() for name, cell in cells.items()):
                self._check_unit(line, row)
            else:
                changing.append(line)
        return changing

    def _as_exported(self, name: str, cell: str) -> str:
        """Return a cell as the export wrote it, before a spreadsheet in another language did."""
        model_field = self._model._meta.get_field(name)
        if isinstance(model_field, models.DecimalField):
            number = read_number(cell)
            return cell.replace(",", ".") if number is None else cell_text(number)
        if isinstance(model_field, models.BooleanField):
            return YES_NO.get(cell.lower(), cell)
        return cell

    def _read_title(self, title: str) -> tuple[str, str]:
        """Return the field that the title of a column names, or UNIT, and the unit in the title."""
        match = WITH_UNIT.fullmatch(title)
        name = (match[1] if match else title).casefold().replace(" ", "_")
        if match and name != self._measured:
            raise ValidationError(f"Line 1: the column “{title}” has no single unit here.")
        if name not in self._columns and not (self._measured and name == UNIT):
            names = ", ".join(self._columns)
            raise ValidationError(f"Line 1: there is no column “{title}”. The columns are {names}.")
        return name, match[2] if match else ""

    def _read_line(self, number: int, cells: list[str], columns: Sequence[str], unit: str) -> Line:
        line = Line(number)
        while len(cells) > len(columns) and not cells[-1]:
            cells.pop()
        if len(cells) != len(columns):
            noun = "cell" if len(cells) == 1 else "cells"
            words = f"It has {len(cells)} {noun}, and the first line has {len(columns)}."
            line.faults.append(f"{words} A decimal comma needs semicolons or quotation marks.")
            return line
        line.cells = dict(zip(columns, cells, strict=True))
        key = [self._as_exported(name, line.cells[name]) for name in self._model.KEY]
        line.title = KEY_SEPARATOR.join(key)
        if self._measured:
            line.unit = line.cells.pop(UNIT, "") or unit
        return line

    def _read_cell(self, name: str, cell: str, line: Line) -> Any:
        """Return a cell as a browser would send it, and add what is wrong with it to the line."""
        if FORMULA.match(cell) and cell.startswith("'"):
            # The export writes the apostrophe.
            cell = cell[1:]
        elif (
            FORMULA.match(cell)
            and not cell.startswith(LISTS)
            and read_number(cell.lstrip("+-")) is None
        ):
            line.faults.append(f"{name}: “{cell}” is a formula. Write what it gives.")
            return ""
        model_field = self._model._meta.get_field(name)
        if model_field.is_relation:
            return self._read_links(name, model_field, cell, line)
        if isinstance(model_field, models.BooleanField):
            # A form takes any other word for yes, or for “not known”.
            if cell.lower() not in YES_NO and (cell or not model_field.null):
                line.faults.append(f"{name}: “{cell}” is neither true nor false.")
            return YES_NO.get(cell.lower(), "")
        return cell

    def _read_links(self, name: str, model_field: Any, cell: str, line: Line) -> Any:
        model = model_field.remote_field.model
        texts = cell.split(ROW_SEPARATOR.strip()) if model_field.many_to_many else [cell]
        pks = []
        for text in filter(None, map(str.strip, texts)):
            if row := self._find_row(model, text):
                pks.append(row.pk)
            else:
                line.faults.append(f"{name}: there is no {model._meta.verbose_name} “{text}”.")
        return pks if model_field.many_to_many else next(iter(pks), "")

    def _check(self, line: Line) -> None:
        """Check a line by the form of its row, and note its values and changes."""
        sent = {name: self._read_cell(name, cell, line) for name, cell in line.cells.items()}
        if line.faults:
            return
        form = bind_form(self._screen, line.row or self._model(), sent | self._confirmed)
        for name, errors in form.errors.items():
            prefix = "" if name == NON_FIELD_ERRORS else f"{name}: "
            line.faults += [f"{prefix}{error}" for error in errors]
        if not line.faults:
            self._check_unit(line, form.instance)
        if not line.faults:
            key = self._model.KEY
            names = [name for name in sent if name not in key] if line.row else self._columns
            line.values = to_values(self._model, {name: form.cleaned_data[name] for name in names})
            live = values_of(line.row) if line.row else {}
            line.changes = list(diff_values(self._model, live, line.values))

    def _check_unit(self, line: Line, row: Any) -> None:
        unit = WRITTEN_UNITS.get(" ".join(line.unit.lower().split()))
        if line.unit and unit != row.nutrient.unit:
            line.faults.append(
                f"{self._measured}: it is in “{line.unit}”, and {row.nutrient.phrase} is measured"
                f" in {Unit(row.nutrient.unit).label} here."
            )


def _find_row(model: Any, text: str) -> Any:
    """Return the row that a cell names by its natural key, such as a slug."""
    parts = text.split(KEY_SEPARATOR)
    return model.with_key(parts) if len(parts) == len(model.KEY) else None


@locked_if_sent
def import_page(request: HttpRequest, screen: admin.ModelAdmin) -> HttpResponse:
    """Show what lines would do; keep them in a proposal on request, if none is wrong."""
    if not request.user.has_perm("nutrients.add_proposal"):
        raise PermissionDenied
    form = ImportForm(screen, request)
    form.is_valid()
    wrong = [line for line in form.lines if line.faults]
    changing = [line for line in form.lines if line.verdict in ("New", "Changed")]
    if request.POST.get("keep") and changing and not wrong:
        title = f"Import of {screen.opts.verbose_name_plural}: {len(changing)}"
        changes = ((line.row or screen.model, line.values) for line in changing)
        return propose_changes(request, title, changes)
    return draw(
        request,
        screen,
        "import.html",
        title=f"Import {screen.opts.verbose_name_plural}",
        form=form,
        wrong=wrong,
        changing=changing,
        listed=[line for line in form.lines if line.verdict != "As it is"],
        keys=get_text_list(screen.model.KEY, "and"),
        columns=columns_of(screen, request),
    )
