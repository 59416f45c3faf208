"""Find and replace in all texts: the matches that an editor ticks go into a proposal."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from nutrients.prose.markdown import CITATION

from .content_forms import bind_form, fixed_fields, text_fields
from .home import content_tables
from .proposing import propose_changes
from .screens import locked_if_sent

# Characters shown on either side of a match, and matches shown on the page.
CONTEXT, MAX_SHOWN = 60, 500


class FindForm(forms.Form):
    find = forms.CharField(max_length=200, strip=False, label="Find")
    instead = forms.CharField(max_length=200, strip=False, required=False, label="Replace by")


@dataclass(frozen=True, slots=True)
class Match:
    """A match in a field, from character `start` on, with the text around it."""

    row: Any
    name: str
    start: int
    before: str
    text: str
    after: str

    @property
    def value(self) -> str:
        return f"{self.row._meta.model_name}-{self.row.pk}-{self.name}-{self.start}"

    @property
    def label(self) -> str:
        field = self.row._meta.get_field(self.name)
        return f"{self.row._meta.verbose_name} “{self.row}”, {field.verbose_name}"


def find_matches(request: HttpRequest, words: str) -> Iterator[Match]:
    """Yield each match of these whole words, with the same capitals, in our own texts.

    Citations, keys of rows, and words of others are left out.
    """
    pattern = re.compile(rf"(?<!\w){re.escape(words)}(?!\w)")
    for screen, rows in content_tables(request):
        skipped = {*fixed_fields(screen.model), *screen.model.QUOTED}
        names = [name for name in text_fields(screen.model) if name not in skipped]
        names = [name for name in names if screen.opts.get_field(name).editable]
        for row in rows.order_by("pk"):
            for name in names:
                text = getattr(row, name)
                citations = [citation.span() for citation in CITATION.finditer(text)]
                for match in pattern.finditer(text):
                    start, end = match.span()
                    if any(first < end and start < last for first, last in citations):
                        continue
                    before, after = text[max(start - CONTEXT, 0) : start], text[end : end + CONTEXT]
                    yield Match(row, name, start, before, match[0], after)


@locked_if_sent
def find_and_replace(request: HttpRequest) -> HttpResponse:
    """List the matches, then keep the ticked ones in a proposal: all of them or none."""
    if not request.user.has_perm("nutrients.add_proposal"):
        raise PermissionDenied
    sent = request.POST or request.GET
    form = FindForm(sent if "find" in sent else None)
    matches: list[Match] = []
    faults: list[str] = []
    ticked = set(request.POST.getlist("match"))
    if form.is_valid():
        matches = list(find_matches(request, form.cleaned_data["find"]))
        if request.method == "POST":
            ticked_matches = [match for match in matches if match.value in ticked]
            changes = _replace(ticked_matches, form.cleaned_data["instead"])
            faults = [fault for change in changes for fault in _faults(*change)]
            if changes and not faults:
                title = "Replace “{find}” by “{instead}”".format(**form.cleaned_data)
                return propose_changes(request, title, changes)
            faults = faults or ["Tick at least one place. A text may have changed meanwhile."]
    context = admin.site.each_context(request) | {
        "title": "Find and replace",
        "form": form,
        "matches": matches[:MAX_SHOWN],
        "count": len(matches),
        "faults": faults,
        "ticked": ticked if request.method == "POST" else None,
    }
    return TemplateResponse(request, "admin/nutrients/replace.html", context)


def _replace(matches: list[Match], instead: str) -> list[tuple[Any, dict[str, str]]]:
    """Return the rows of matches with their new texts by field."""
    changes: dict[Any, dict[str, str]] = {match.row: {} for match in matches}
    # From the end, so that the positions of the others stay right.
    for match in reversed(matches):
        values = changes[match.row]
        text = values.get(match.name, getattr(match.row, match.name))
        end = match.start + len(match.text)
        values[match.name] = text[: match.start] + instead + text[end:]
    return list(changes.items())


def _faults(row: Any, values: dict[str, str]) -> Iterator[str]:
    """Yield what the form of a row finds wrong with its new texts."""
    form = bind_form(admin.site.get_model_admin(type(row)), row, values)
    for name, errors in form.errors.items():
        if name in values or name == NON_FIELD_ERRORS:
            yield from (f"{row._meta.verbose_name} “{row}”: {error}" for error in errors)
