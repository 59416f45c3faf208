"""The plate: chosen foods against a day's needs, kept in the address alone."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from nutrients.common.htmx import render_page_or_fragment
from nutrients.common.memory import kept
from nutrients.evidence.life_stages import life_stages, plate_stages
from nutrients.foods.catalogue import chosen_shelf
from nutrients.foods.filters import DIETS
from nutrients.models import Authority

from .arithmetic import SHORT_BELOW_PERCENT
from .choices import found_foods, plate_foods
from .page import plate_page
from .parameters import LEAST_SERVINGS, MOST_FOODS, MOST_SERVINGS, asked_foods, read_plate


@require_safe
def plate(request: HttpRequest) -> HttpResponse:
    """Foods and servings of the address, and how far they meet the needs of a life stage.

    `remove` takes a food off and leads to the address without it, which is the one to share.
    """
    now = timezone.now()
    stages = plate_stages(kept(request, life_stages, at=now))
    shelf = kept(request, chosen_shelf, at=now)
    foods = plate_foods(asked_foods(request.GET), at=now)
    choices, problems = read_plate(request.GET, foods, stages)
    if "remove" in request.GET:
        return redirect(f"{reverse('nutrients:plate')}?{choices.query}#plate-foods")
    stage = stages[choices.country].get(choices.stage)
    context = {
        "section": "foods",
        "countries": Authority,
        "country": choices.country,
        "stages": list(stages[choices.country].values()),
        "stage": stage,
        "diets": DIETS,
        "choices": choices,
        "problems": problems,
        "found": found_foods(choices, at=now),
        "plate": plate_page(choices, foods, stage, shelf, at=now),
        "servings": {"least": LEAST_SERVINGS, "most": MOST_SERVINGS},
        "is_full": len(foods) >= MOST_FOODS,
        "short_below": SHORT_BELOW_PERCENT,
    }
    page, fragment = "nutrients/plate/plate.html", "nutrients/plate/_results.html"
    return render_page_or_fragment(request, page, fragment, context)
