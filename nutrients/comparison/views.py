"""The comparison table, and the same rows as a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.defaultfilters import pluralize
from django.utils import timezone

from nutrients.common.answering import memoized
from nutrients.common.parameters import ignored_sentence
from nutrients.evidence.content import EvidenceContent
from nutrients.models import Association, Evidence, Relation, group_by
from nutrients.open_data.files import safe_cell

from .filters import Filters, read_filters
from .page import ComparisonPage, Row

COLUMNS = (
    "nutrient",
    "kind",
    "match",
    "matched_signs",
    "signs_when_low",
    "signs_by_way_of_another_nutrient",
    "signs_when_too_high",
    "job",
    "foods",
    "adult_need_a_day",
    "reference",
    "evidence",
)


def comparison(request: HttpRequest) -> HttpResponse:
    content = memoized(request, EvidenceContent, at=timezone.now())
    filters, ignored = read_filters(request.GET, content.symptoms)
    context = {
        "section": "compare",
        "page": ComparisonPage(filters, content, ignored_sentence(ignored)),
        "country": filters.country,
    }
    return render(request, "nutrients/comparison/comparison.html", context)


def comparison_csv(request: HttpRequest) -> HttpResponse:
    """Return the rows of the table under the same filters as a CSV file in UTF-8."""
    content = memoized(request, EvidenceContent, at=timezone.now())
    filters, _ = read_filters(request.GET, content.symptoms)
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    for row in ComparisonPage(filters, content, "").rows:
        writer.writerow(map(safe_cell, _cells(row, filters)))
    return HttpResponse(
        file.getvalue(),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="nutrisite-comparison.csv"'},
    )


def _cells(row: Row, filters: Filters) -> list[str]:
    by_relation = dict(group_by(row.signs, Relation, "relation"))
    columns = (Relation.DEFICIENCY, Relation.INDIRECT, Relation.EXCESS)
    matched = {sign.symptom_id for sign in row.matches}
    chosen, need = len(filters.symptoms), row.need
    return [
        row.nutrient.name,
        row.nutrient.kind,
        f"{len(matched)} of {chosen}" if chosen else "",
        _names(row.matches),
        *(_names(by_relation.get(relation, ())) for relation in columns),
        row.nutrient.job,
        "; ".join(food.name for food in row.foods),
        need.words if need else "",
        need.kind_words if need else "",
        "; ".join(_grades(row)),
    ]


def _names(signs: Iterable[Association]) -> str:
    return "; ".join(dict.fromkeys([sign.symptom.name for sign in signs]))


def _grades(row: Row) -> Iterable[str]:
    """Yield each grade with the matched symptoms, or if none is chosen with its count of signs."""
    for grade, signs in group_by(row.counted, Evidence, "evidence"):
        names = _names(signs).replace("; ", ", ") if row.matches else ""
        yield f"{grade}: {names or f'{len(signs)} sign{pluralize(signs)}'}"
