"""Foods: the list with its filters, and one food."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from nutrients.common.answering import memoized, render_page_or_fragment
from nutrients.common.parameters import ignored_sentence
from nutrients.search.foods import FoodVocabulary, match_foods

from .catalogue import chosen_food_table, food_table
from .detail import FoodPage, food_content, read_portion
from .filters import food_choices, read_food_filters
from .listing import FoodListPage


def food_list(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    choices = memoized(request, food_choices, at=now)
    filters, ignored = read_food_filters(request.GET, choices)
    chosen = foods = memoized(request, chosen_food_table, at=now)
    corrected = ""
    if filters.words:
        vocabulary = memoized(request, FoodVocabulary, at=now)
        slugs, corrected = match_foods(filters.words, vocabulary, at=now)
        foods = food_table(slugs, chosen, at=now)
    context = {
        "section": "foods",
        "page": FoodListPage(request.GET, filters, ignored, choices, foods, chosen, at=now),
        # The words that were looked for in place of those typed.
        "corrected": corrected,
        "country": filters.country,
    }
    return render_page_or_fragment(
        request, "nutrients/foods/food_list.html", "nutrients/foods/_list_results.html", context
    )


def food(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one food: the nutrients in a portion, diets, allergens, and sources of the figures."""
    now = timezone.now()
    content = memoized(request, food_content, slug, at=now)
    portion, country, ignored = read_portion(request.GET, content.portions)
    choices = memoized(request, food_choices, at=now)
    context = {
        "section": "foods",
        "page": FoodPage(content, portion, country, choices),
        "country": country,
        "ignored": ignored_sentence(ignored),
    }
    return render_page_or_fragment(
        request, "nutrients/foods/food.html", "nutrients/foods/_amounts.html", context
    )
