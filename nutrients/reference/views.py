"""Nutrients, symptoms and the evidence between them."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from nutrients.common.change_notes import notes_on_page
from nutrients.common.htmx import render_page_or_fragment
from nutrients.common.memory import kept
from nutrients.common.paging import paged
from nutrients.evidence.life_stages import life_stages
from nutrients.foods.catalogue import chosen_food_table
from nutrients.foods.filters import chosen_food_groups, read_nutrient_page
from nutrients.models import Authority, Nutrient, Symptom

from .evidence import evidence_page
from .nutrient_foods import NutrientChoices
from .nutrients import listed_nutrients, nutrient_content, nutrient_groups, nutrient_page
from .symptoms import listed_symptoms, symptom_groups, symptom_page

NUTRIENT_CONTENTS = [
    {"anchor": "job", "title": "Its job"},
    {"anchor": "signs", "title": "Signs of too little and too much"},
    {"anchor": "risk", "title": "Who is at risk"},
    {"anchor": "needs", "title": "Daily needs"},
    {"anchor": "foods", "title": "Richest foods"},
    {"anchor": "interactions", "title": "Medicines, foods and other nutrients"},
    {"anchor": "tests", "title": "Tests and their limits"},
    {"anchor": "details", "title": "Testing, time, supplements and an easy day"},
    {"anchor": "sources", "title": "Sources"},
]
SYMPTOM_CONTENTS = [
    {"anchor": "causes", "title": "Common causes"},
    {"anchor": "help", "title": "When to get help"},
    {"anchor": "nutrients", "title": "Nutrients linked with it"},
    {"anchor": "next", "title": "What to do next"},
    {"anchor": "sources", "title": "Sources"},
]


@require_safe
def nutrient_list(request: HttpRequest) -> HttpResponse:
    context = {"section": "nutrients", **paged(request, listed_nutrients(at=timezone.now()))}
    context["groups"] = nutrient_groups(context["page"])
    return render(request, "nutrients/reference/nutrient_list.html", context)


@require_safe
def nutrient(request: HttpRequest, slug: str) -> HttpResponse:
    """One nutrient: its job, signs, risks, needs, foods and interactions.

    The address may name a life stage, and filters of its foods.
    """
    now = timezone.now()
    content = kept(request, nutrient_content, slug, at=now)
    if content is None:
        raise Http404
    stages, groups = kept(request, life_stages, at=now), kept(request, chosen_food_groups, at=now)
    chosen, filters, problems = read_nutrient_page(request.GET, slug, stages, groups)
    stage = stages[filters.country].get(chosen)
    choices, table = (
        NutrientChoices(stage, filters, groups),
        kept(request, chosen_food_table, at=now),
    )
    context = {
        "section": "nutrients",
        "page": nutrient_page(content, table, choices, at=now),
        "sections": NUTRIENT_CONTENTS,
        "problems": problems,
        "countries": Authority,
        "country": filters.country,
        "stages": list(stages[filters.country].values()),
        "notes": notes_on_page(request.path, at=now),
    }
    page, fragment = (
        "nutrients/reference/nutrient.html",
        "nutrients/reference/_nutrient_answers.html",
    )
    return render_page_or_fragment(request, page, fragment, context)


@require_safe
def association(request: HttpRequest, slug: str, symptom: str) -> HttpResponse:
    """The evidence between one nutrient and one symptom, a card for each relation."""
    now = timezone.now()
    page = evidence_page(
        get_object_or_404(Nutrient.objects.published(at=now), slug=slug),
        get_object_or_404(Symptom.objects.published(at=now), slug=symptom),
        at=now,
    )
    if page is None:
        raise Http404
    notes = notes_on_page(request.path, at=now)
    context = {"section": "nutrients", "page": page, "notes": notes}
    return render(request, "nutrients/reference/association.html", context)


@require_safe
def symptom_list(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    context = {"section": "symptoms", **paged(request, listed_symptoms(at=now))}
    context["groups"] = symptom_groups(context["page"], at=now)
    return render(request, "nutrients/reference/symptom_list.html", context)


@require_safe
def symptom(request: HttpRequest, slug: str) -> HttpResponse:
    """One symptom: common causes first, when to get help, then nutrients."""
    now = timezone.now()
    row = get_object_or_404(Symptom.objects.published(at=now), slug=slug)
    context = {
        "section": "symptoms",
        "page": symptom_page(row, at=now),
        "sections": SYMPTOM_CONTENTS,
        "notes": notes_on_page(request.path, at=now),
    }
    return render(request, "nutrients/reference/symptom.html", context)
