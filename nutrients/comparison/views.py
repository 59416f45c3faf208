"""The comparison table, and the same rows as a file."""

from __future__ import annotations

import csv
from collections.abc import Iterable

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from nutrients.common.htmx import render_page_or_fragment
from nutrients.common.memory import kept
from nutrients.common.paging import read_page
from nutrients.common.parameters import ignored_sentence, read_words
from nutrients.evidence.content import EvidenceContent, table_symptoms
from nutrients.evidence.grades import GradeKey
from nutrients.models import Authority, Relation
from nutrients.open_data.files import safe_cell

from .panel import column_sorts, filter_panel, summary
from .parameters import read_filters
from .table import ROWS_A_PAGE, Grade, Row, Sign, compared, found

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


@require_safe
def comparison(request: HttpRequest) -> HttpResponse:
    """Show the table under the filters of the address, or for htmx its changing part alone."""
    content = kept(request, EvidenceContent, at=timezone.now())
    symptoms = content.once(table_symptoms)
    filters, ignored = read_filters(request.GET, symptoms.labels)
    shown, unread = read_page(request.GET, Paginator(found(filters, content), ROWS_A_PAGE))
    table = compared(filters, content, shown)
    context = {
        "section": "compare",
        "table": table,
        "filters": filters,
        "countries": Authority,
        "country": filters.country,
        "need_title": f"Adult need a day, {filters.country.label}",
        "page": shown,
        "panel": filter_panel(table, symptoms, read_words(request.GET.get("find", ""))),
        "summary": summary(table, symptoms.labels),
        "sorts": column_sorts(filters),
        "grades": GradeKey(),
        "ignored": ignored_sentence([*ignored, *unread]),
    }
    page, fragment = "nutrients/comparison/comparison.html", "nutrients/comparison/_results.html"
    return render_page_or_fragment(request, page, fragment, context)


@require_safe
def comparison_csv(request: HttpRequest) -> HttpResponse:
    """Give the rows of the table under the same filters as a CSV file in UTF-8."""
    content = kept(request, EvidenceContent, at=timezone.now())
    filters, _ = read_filters(request.GET, content.once(table_symptoms).labels)
    response = HttpResponse(
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="nutrisite-comparison.csv"'},
    )
    writer = csv.writer(response)
    writer.writerow(COLUMNS)
    for row in compared(filters, content).rows:
        writer.writerow(map(safe_cell, _cells(row, len(filters.symptoms))))
    return response


def _cells(row: Row, chosen: int) -> list[str]:
    indirect = [sign for sign in row.low.signs if sign.association.relation == Relation.INDIRECT]
    low = [sign for sign in row.low.signs if sign not in indirect]
    need = row.need
    return [
        row.nutrient.name,
        row.nutrient.kind,
        f"{row.matched} of {chosen}" if chosen else "",
        _names(sign for sign in row.signs if sign.is_matched),
        _names(low),
        _names(indirect),
        _names(row.high.signs),
        row.nutrient.job,
        "; ".join(food.name for food in (*(rich.food for rich in row.foods), *row.other_sources)),
        need.words if need else "",
        need.kind_words if need else "",
        "; ".join(_grade_words(grade) for grade in row.grades),
    ]


def _names(signs: Iterable[Sign]) -> str:
    return "; ".join(dict.fromkeys(sign.association.symptom.name for sign in signs))


def _grade_words(grade: Grade) -> str:
    names = ", ".join(symptom.name for symptom in grade.symptoms)
    return f"{grade.evidence}: {names or f'{grade.signs} signs'}"
