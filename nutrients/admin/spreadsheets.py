"""Rows of one table as CSV: out of its list, and into a proposal after a look at each line.

The admin's own form checks each line, so that a line may do what an editor may and no more.
django-import-export would check by rules of its own and save at once, and two of its pages need
another template for the content policy.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from reversion.admin import VersionAdmin

from nutrients.common.parameters import read_number
from nutrients.content.food_tables import WRITTEN_UNITS
from nutrients.models import NutrientAmount, ReferenceIntake, Unit
from nutrients.open_data.files import FORMULA, cell_text, safe_cell
from nutrients.proposals import add_row, begin, values_of
from nutrients.proposals.rows import difference, to_values

from .content_forms import form_over
from .history import Change, changes_between
from .proposing import KEPT

MOST_BYTES, MOST_LINES = 2_000_000, 1000
# Between the parts of a key, and between rows that are linked.
PART, ROW = " / ", "; "
# The column whose unit a file may name, as “per_100g (mg)” or in a column “unit”.
MEASURED: dict[Any, str] = {NutrientAmount: "per_100g", ReferenceIntake: "amount"}
WITH_UNIT = re.compile(r"(.+?)\s*\(([^()]*)\)")
YES_NO = {"yes": "true", "no": "false", "1": "true", "0": "false"}


class UnreadableError(Exception):
    """Nothing of a file can be read; the text says why."""


@dataclass(slots=True)
class Line:
    """A line of a file: what it would do, or why it cannot."""

    number: int
    title: str = ""
    row: Any = None
    values: dict[str, Any] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    @property
    def verdict(self) -> str:
        """What becomes of it, in a word or two."""
        if self.faults:
            return "Wrong"
        if self.row is None:
            return "New"
        return "Changed" if self.changes else "As it is"


def decode(data: bytes) -> tuple[str, str]:
    """Give the text of a file, and a sentence where its encoding had to be guessed."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace"), ""
    try:
        return data.decode("utf-8-sig"), ""
    except UnicodeDecodeError:
        told = "The file is not UTF-8, so it was read as Windows-1252: look at letters such as é."
        return data.decode("cp1252", "replace"), told


def table_of(text: str) -> Iterator[tuple[int, list[str]]]:
    """The lines of a CSV text, each with the number at which it begins; empty ones are left out.

    Cells are parted by commas, semicolons or tabs, whichever the first line has most of. Raises
    UnreadableError.
    """
    if "\0" in text:
        raise UnreadableError("This is no text: save the table as CSV first.")
    first = text.lstrip("\n").partition("\n")[0]
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count), strict=True
    )
    number = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield number, [cell.strip() for cell in cells]
            number = reader.line_num + 1
    except csv.Error as error:
        words = f"Line {number}: a quotation mark is missing or too many ({error})."
        raise UnreadableError(words) from error


class Reader:
    """Reads lines for one screen, each through its form."""

    def __init__(self, screen: Any, request: HttpRequest) -> None:
        self._screen = screen
        self._model: Any = screen.model
        self._keys = self._model.KEY
        self._columns = screen.columns(request)
        self._names: dict[str, str] = {}
        for name in self._columns:
            label = self._model._meta.get_field(name).verbose_name
            self._names |= {_plain(name): name, _plain(label): name}
        self._measured = MEASURED.get(self._model, "")
        # Each row that cells name is read once.
        self._row = cache(_row)

    def read(self, text: str) -> list[Line]:
        """Every line with what it would do; raises UnreadableError if the whole makes no sense."""
        found = list(table_of(text))
        if len(found) < 2:
            raise UnreadableError("There is no line below the names of the columns.")
        if len(found) > MOST_LINES + 1:
            raise UnreadableError(f"There are more than {MOST_LINES:,} lines: split the file.")
        (_, header), *lines = found
        columns, unit = self._header(header)
        read = [self._line(number, cells, columns, unit) for number, cells in lines]
        seen: dict[str, int] = {}
        for line in read:
            if line.title and (before := seen.setdefault(line.title, line.number)) != line.number:
                line.faults.append(f"The same row is on line {before}.")
        return read

    def _header(self, header: list[str]) -> tuple[list[str], str]:
        """The field of each column, “unit” for that of units, and the unit that a header names."""
        columns, unit = [], ""
        for title in header:
            name = _plain(title)
            if name not in self._names and (found := WITH_UNIT.fullmatch(title)):
                name = _plain(found[1])
                if self._names.get(name) != self._measured or not self._measured:
                    raise UnreadableError(f"Line 1: the column “{title}” has no one unit here.")
                unit = found[2]
            is_unit = name == "unit" and name not in self._names and bool(self._measured)
            if not is_unit and name not in self._names:
                known = ", ".join(self._columns)
                raise UnreadableError(
                    f"Line 1: there is no column “{title}”. The columns are {known}."
                )
            columns.append("unit" if is_unit else self._names[name])
        if twice := next((one for one in columns if columns.count(one) > 1), ""):
            raise UnreadableError(f"Line 1: the column “{twice}” is there twice.")
        if missing := [name for name in self._keys if name not in columns]:
            raise UnreadableError(
                f"Line 1: {' and '.join(missing)} say which row a line is about: add the column."
            )
        return columns, unit

    def _line(self, number: int, cells: list[str], columns: list[str], unit: str) -> Line:
        line = Line(number)
        while len(cells) > len(columns) and not cells[-1]:
            cells.pop()
        if len(cells) != len(columns):
            words = f"It has {len(cells)} cells, and the first line has {len(columns)}."
            line.faults.append(f"{words} A decimal comma needs semicolons or quotation marks.")
            return line
        cell_of = dict(zip(columns, cells, strict=True))
        sent = {
            name: self._sent(name, cell, line) for name, cell in cell_of.items() if name != "unit"
        }
        line.title = PART.join(cell_of[name] for name in self._keys)
        if not line.faults:
            self._check(line, sent, unit or cell_of.get("unit", ""))
        return line

    def _sent(self, name: str, cell: str, line: Line) -> Any:
        """A cell as a browser would send it; what is wrong with it is added to the line."""
        if FORMULA.match(cell) and cell.startswith("'"):
            # The apostrophe of an export.
            cell = cell[1:]
        elif FORMULA.match(cell) and read_number(cell.lstrip("+-")) is None:
            line.faults.append(f"{name}: “{cell}” is a formula. Write what it gives.")
            return ""
        model_field = self._model._meta.get_field(name)
        if model_field.is_relation:
            return self._linked(name, model_field, cell, line)
        if isinstance(model_field, models.BooleanField):
            return YES_NO.get(cell.lower(), cell.lower())
        labels = {str(label).casefold(): value for value, label in model_field.flatchoices}
        return labels.get(cell.casefold(), cell)

    def _linked(self, name: str, model_field: Any, cell: str, line: Line) -> Any:
        model = model_field.remote_field.model
        texts = cell.split(ROW.strip()) if model_field.many_to_many else [cell]
        pks = []
        for text in filter(None, map(str.strip, texts)):
            row = self._row(model, text)
            if row is None:
                line.faults.append(f"{name}: there is no {model._meta.verbose_name} “{text}”.")
            else:
                pks.append(row.pk)
        return pks if model_field.many_to_many else next(iter(pks), "")

    def _check(self, line: Line, sent: dict[str, Any], unit: str) -> None:
        key = {name: sent[name] for name in self._keys}
        line.row = self._model._default_manager.filter(**key).first()
        live = values_of(line.row) if line.row else {}
        form = form_over(self._screen, line.row or self._model(), sent)
        for name, errors in form.errors.items():
            prefix = "" if name == NON_FIELD_ERRORS else f"{name}: "
            line.faults += [f"{prefix}{error}" for error in errors]
        if self._measured and unit and not line.faults:
            nutrient = form.instance.nutrient
            if WRITTEN_UNITS.get(" ".join(unit.lower().split())) != nutrient.unit:
                line.faults.append(
                    f"{self._measured}: it is in “{unit}”, and {nutrient.phrase} is measured in"
                    f" {Unit(nutrient.unit).label} here."
                )
        if line.faults:
            return
        names = [one for one in sent if one not in key] if line.row else self._columns
        line.values = to_values(self._model, {name: form.cleaned_data[name] for name in names})
        differing = difference(self._model, live, line.values)
        line.changes = list(changes_between(self._model, live, differing))


def _row(model: Any, text: str) -> Any:
    """The row that a cell names by its key, or by its name."""
    parts = text.split(PART)
    found = model.with_key(parts) if len(parts) == len(model.KEY) else None
    if found is None and any(one.name == "name" for one in model._meta.concrete_fields):
        found = model._default_manager.filter(name__iexact=text).first()
    return found


def _plain(title: Any) -> str:
    return " ".join(str(title).replace("_", " ").casefold().split())


class ImportForm(forms.Form):
    """A file or pasted lines. What was read of a file goes along as text."""

    file = forms.FileField(required=False, label="A CSV file")
    pasted = forms.CharField(
        required=False,
        strip=False,
        label="Or lines copied from a spreadsheet",
        widget=forms.Textarea(attrs={"rows": 8, "class": "vLargeTextField"}),
    )
    told = ""

    def clean(self) -> dict[str, Any]:
        """The text that was sent, in `text`."""
        cleaned = super().clean() or self.cleaned_data
        file: UploadedFile | None = cleaned.get("file")
        text = cleaned.get("pasted", "")
        if file:
            if (file.size or 0) > MOST_BYTES:
                raise forms.ValidationError("The file has more than 2 MB: split it.")
            text, self.told = decode(file.read())
        if not text.strip():
            raise forms.ValidationError("Choose a file, or paste lines.")
        cleaned["text"] = text
        return cleaned


class SpreadsheetMixin(VersionAdmin):
    """Gives a list an action that exports ticked rows, and a page that imports lines."""

    actions: Any = ("export",)

    def get_urls(self: Any) -> list[URLPattern]:
        fields = [self.opts.get_field(name) for name in self.model.KEY]
        if any(isinstance(one, models.DateTimeField) for one in fields):
            # Lines could not name their rows.
            return super().get_urls()
        view = self.admin_site.admin_view(self.import_view)
        name = f"nutrients_{self.opts.model_name}_import"
        return [path("import/", view, name=name), *super().get_urls()]

    @admin.action(description="Export the selected rows as CSV", permissions=["view"])
    def export(self: Any, request: HttpRequest, queryset: Any) -> HttpResponse:
        """The fields of the form as columns, drafts included; the import reads the same file."""
        fields = self.columns(request)
        answer = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
        name = f"{self.opts.model_name}-{timezone.localdate():%Y-%m-%d}.csv"
        answer["Content-Disposition"] = f'attachment; filename="{name}"'
        write = csv.writer(answer).writerow
        write(fields)
        links = [field.name for field in self.opts.many_to_many]
        keys = [field.name for field in self.opts.concrete_fields if field.many_to_one]
        for row in queryset.select_related(*keys).prefetch_related(*links):
            write([safe_cell(_cell(row, name)) for name in fields])
        return answer

    def import_view(self: Any, request: HttpRequest) -> HttpResponse:
        """Look at lines first; keep them in a proposal once nothing is wrong with any."""
        if not request.user.has_perm("nutrients.add_proposal"):
            raise PermissionDenied
        form = ImportForm(request.POST or None, request.FILES or None)
        lines: list[Line] = []
        if form.is_valid():
            try:
                lines = Reader(self, request).read(form.cleaned_data["text"])
            except UnreadableError as error:
                form.add_error(None, str(error))
        wrong = [line for line in lines if line.faults]
        changing = [line for line in lines if line.verdict in ("New", "Changed")]
        if request.POST.get("keep") and changing and not wrong:
            return self._keep_lines(request, changing)
        context = self.admin_site.each_context(request) | {
            "title": f"Import {self.opts.verbose_name_plural}",
            "opts": self.opts,
            "form": form,
            "lines": lines,
            "wrong": wrong,
            "changing": changing,
            "text": form.cleaned_data.get("text", "") if lines else "",
            "keys": self.model.KEY,
            "columns": self.columns(request),
        }
        return TemplateResponse(request, "admin/nutrients/import.html", context)

    def columns(self: Any, request: HttpRequest) -> list[str]:
        """The fields of the form that are fields of the table."""
        fields = {one.name for one in (*self.opts.concrete_fields, *self.opts.many_to_many)}
        return [name for name in self.get_form(request, None).base_fields if name in fields]

    def _keep_lines(self: Any, request: HttpRequest, lines: list[Line]) -> HttpResponse:
        title = f"Import of {self.opts.verbose_name_plural}: {len(lines)}"
        with transaction.atomic():
            proposal = begin(title, by=request.user)
            for line in lines:
                add_row(proposal, line.row or self.model, line.values, by=request.user)
        self.message_user(request, KEPT.format(proposal))
        return redirect(proposal)


def _cell(row: Any, name: str) -> str:
    model_field = row._meta.get_field(name)
    value = getattr(row, name)
    if model_field.many_to_many:
        return ROW.join(sorted(PART.join(one.natural_key()) for one in value.all()))
    if model_field.is_relation:
        return PART.join(value.natural_key()) if value else ""
    return cell_text(value)
