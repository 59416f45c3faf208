"""The plate: chosen foods against a day's needs, kept in the address alone."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from nutrients.forms.plate import LEAST_SERVINGS, MOST_FOODS, MOST_SERVINGS, asked_foods, read_plate
from nutrients.htmx import render_page_or_fragment
from nutrients.memory import kept
from nutrients.models import Authority
from nutrients.plate import SHORT_BELOW_PERCENT
from nutrients.queries.food_filters import DIETS
from nutrients.queries.life_stages import life_stages, plate_stages
from nutrients.queries.plate import plate_page
from nutrients.queries.plate_choices import found_foods, plate_foods
from nutrients.queries.shelf import chosen_shelf


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
    page, fragment = "nutrients/plate.html", "nutrients/_plate_results.html"
    return render_page_or_fragment(request, page, fragment, context)
