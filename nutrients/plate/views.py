"""The plate: chosen foods against a day's needs. Its whole state is in the address."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from nutrients.common.answering import memoized
from nutrients.common.parameters import read_words
from nutrients.evidence.life_stages import life_stages
from nutrients.foods.catalogue import chosen_food_table
from nutrients.models import DIETS
from nutrients.search.foods import FoodVocabulary, match_foods

from .choices import plate_stages, read_plate
from .page import PlatePage, stage_content


def plate(request: HttpRequest) -> HttpResponse:
    """Show how far the foods of the address meet the needs of a life stage.

    `remove` redirects to the address without that food, which is the one to share, and without
    words that match no food. `searched`, the words of the last search, redirects to the matches if
    there are others to find now, or else to the totals.
    """
    now = timezone.now()
    stages = plate_stages(memoized(request, life_stages, at=now))
    chosen = memoized(request, chosen_food_table, at=now)
    choices, table, problems = read_plate(request.GET, stages, chosen, at=now)
    matches = None
    if choices.words:
        matches = match_foods(choices.words, memoized(request, FoodVocabulary, at=now), at=now)
    if "remove" in request.GET:
        words = urlencode({"q": choices.words}) if matches and matches.slugs else ""
        query = "&".join(filter(None, [choices.query, words]))
        return _redirect(query, "plate-foods")
    if "searched" in request.GET:
        sent = request.GET.copy()
        is_same = read_words(sent.pop("searched")[-1]) == choices.words
        return _redirect(sent.urlencode(), "results" if is_same else "match-count")
    page = PlatePage(
        choices,
        table,
        memoized(request, stage_content, choices.country, choices.stage, at=now),
        chosen,
        matches=matches,
        at=now,
    )
    context = {
        "section": "foods",
        "page": page,
        "problems": problems,
        "stages": stages[choices.country],
        "country": choices.country,
        "diets": DIETS,
    }
    # htmx gets the whole page too, and swaps several parts of it.
    return render(request, "nutrients/plate/plate.html", context)


def _redirect(query: str, anchor: str) -> HttpResponse:
    """Redirect to a plate. Django's own redirect refuses the long addresses of full plates."""
    address = f"{reverse('nutrients:plate')}?{query}#{anchor}"
    return HttpResponse(status=302, headers={"Location": address})
