"""Nutrients, symptoms and the evidence that links them."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from nutrients.common.answering import memoized, memoized_page
from nutrients.common.paging import paged
from nutrients.evidence.life_stages import life_stages
from nutrients.models import BodyArea, NutrientKind, Symptom, group_by

from .evidence import evidence_page
from .nutrients import NutrientPage, listed_nutrients, nutrient_content, read_nutrient_page
from .symptoms import SymptomPage, listed_symptoms


@memoized_page
def nutrient_list(request: HttpRequest) -> HttpResponse:
    context = {"section": "nutrients", **paged(request, listed_nutrients(at=timezone.now()))}
    context["groups"] = group_by(context["page"], NutrientKind, "kind")
    return render(request, "nutrients/reference/nutrient_list.html", context)


def nutrient(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a nutrient's page; the address may name a country and a life stage."""
    now = timezone.now()
    content = memoized(request, nutrient_content, slug, at=now)
    stages = memoized(request, life_stages, at=now)
    country, stage, problems = read_nutrient_page(request.GET, stages)
    context = {
        "section": "nutrients",
        "page": NutrientPage(content, country, stages[country].get(stage)),
        "problems": problems,
        "country": country,
        "stages": list(stages[country].values()),
    }
    return render(request, "nutrients/reference/nutrient.html", context)


@memoized_page
def association(request: HttpRequest, slug: str, symptom: str) -> HttpResponse:
    page = evidence_page(slug, symptom, at=timezone.now())
    if page is None:
        raise Http404
    context = {"section": "nutrients", "page": page}
    return render(request, "nutrients/reference/association.html", context)


@memoized_page
def symptom_list(request: HttpRequest) -> HttpResponse:
    context = {"section": "symptoms", **paged(request, listed_symptoms(at=timezone.now()))}
    context["groups"] = group_by(context["page"], BodyArea, "body_area")
    return render(request, "nutrients/reference/symptom_list.html", context)


@memoized_page
def symptom(request: HttpRequest, slug: str) -> HttpResponse:
    now = timezone.now()
    row = get_object_or_404(Symptom.objects.published(at=now).with_sources(), slug=slug)
    context = {"section": "symptoms", "page": SymptomPage(row, at=now)}
    return render(request, "nutrients/reference/symptom.html", context)
