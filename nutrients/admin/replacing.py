"""Find and replace over every text, each place ticked, into a proposal."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from nutrients.proposals import add_row, begin

from .content_forms import QUOTED, fixed_fields, form_over
from .home import content_tables
from .proposing import KEPT

AROUND, MOST = 60, 500


class FindForm(forms.Form):
    find = forms.CharField(max_length=200, strip=False, label="Find")
    instead = forms.CharField(max_length=200, strip=False, required=False, label="Replace by")
    whole = forms.BooleanField(required=False, initial=True, label="Whole words alone")
    case = forms.BooleanField(required=False, initial=True, label="As written, capitals too")

    def pattern(self) -> re.Pattern[str]:
        words = re.escape(self.cleaned_data["find"])
        if self.cleaned_data["whole"]:
            words = rf"(?<!\w){words}(?!\w)"
        return re.compile(words, 0 if self.cleaned_data["case"] else re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Place:
    """One place in one text. Its value names it among those of the page."""

    row: Any
    field: Any
    number: int
    before: str
    found: str
    after: str

    @property
    def value(self) -> str:
        return f"{self.row._meta.model_name}-{self.row.pk}-{self.field.name}-{self.number}"

    @property
    def label(self) -> str:
        return f"{self.row._meta.verbose_name} “{self.row}”, {self.field.verbose_name}"


def texts_of(screen: Any) -> list[Any]:
    """The fields of a table whose words are ours: none that identifies a row or quotes others."""
    left_out = {*QUOTED, *fixed_fields(screen.form, screen.model), *screen.form.quoted}
    return [
        field
        for field in screen.opts.concrete_fields
        if isinstance(field, models.CharField | models.TextField)
        and field.editable
        and not field.choices
        and field.name not in left_out
    ]


def places(request: HttpRequest, site: Any, pattern: re.Pattern[str]) -> Iterator[Place]:
    """Every place that is found, table by table."""
    for screen, rows in content_tables(request, site):
        fields = texts_of(screen)
        for row in rows.order_by("pk"):
            for field in fields:
                text = getattr(row, field.name)
                for number, found in enumerate(pattern.finditer(text)):
                    start, end = found.span()
                    before, after = text[max(start - AROUND, 0) : start], text[end : end + AROUND]
                    yield Place(row, field, number, before, found[0], after)


def replacing(request: HttpRequest, site: Any) -> HttpResponse:
    """Find first; then keep the ticked places in a proposal, all of them or none."""
    if not request.user.has_perm("nutrients.add_proposal"):
        raise PermissionDenied
    given = request.POST or request.GET
    form = FindForm(given if "find" in given else None)
    found: list[Place] = []
    faults: list[str] = []
    if form.is_valid():
        found = list(places(request, site, form.pattern()))
        ticked = [one for one in found if one.value in request.POST.getlist("place")]
        if request.method == "POST":
            values, faults = _changed(site, ticked, form)
            if values and not faults:
                return _keep(request, values, form)
            faults = faults or ["Tick at least one place. A text may have changed meanwhile."]
    context = site.each_context(request) | {
        "title": "Find and replace",
        "form": form,
        "places": found[:MOST],
        "count": len(found),
        "most": MOST,
        "faults": faults,
        "ticked": request.POST.getlist("place") if request.method == "POST" else None,
        "instead": form.cleaned_data.get("instead", "") if form.is_valid() else "",
    }
    return TemplateResponse(request, "admin/nutrients/replace.html", context)


def _changed(
    site: Any, ticked: list[Place], form: FindForm
) -> tuple[list[tuple[Any, dict[str, str]]], list[str]]:
    """The rows with their new texts, and what their forms find wrong with those."""
    pattern, instead = form.pattern(), form.cleaned_data["instead"]
    wanted: dict[Any, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    for one in ticked:
        wanted[one.row][one.field.name].add(one.number)
    changed, faults = [], []
    for row, numbers in wanted.items():
        values = {
            name: _replaced(getattr(row, name), pattern, instead, chosen)
            for name, chosen in numbers.items()
        }
        changed.append((row, values))
        for name, errors in form_over(site._registry[type(row)], row, values).errors.items():
            if name in values or name == NON_FIELD_ERRORS:
                faults += [f"{row._meta.verbose_name} “{row}”: {error}" for error in errors]
    return changed, faults


def _replaced(text: str, pattern: re.Pattern[str], instead: str, chosen: set[int]) -> str:
    numbers = iter(range(len(text) + 1))
    return pattern.sub(lambda found: instead if next(numbers) in chosen else found[0], text)


def _keep(
    request: HttpRequest, rows: list[tuple[Any, dict[str, str]]], form: FindForm
) -> HttpResponse:
    find, instead = form.cleaned_data["find"], form.cleaned_data["instead"]
    with transaction.atomic():
        proposal = begin(f"Replace “{find}” by “{instead}”", by=request.user)
        for row, values in rows:
            # The form was filled in over the row that was read.
            live = type(row)._base_manager.get(pk=row.pk)
            add_row(proposal, live, values, by=request.user)
    messages.success(request, KEPT.format(proposal))
    return redirect(proposal)
