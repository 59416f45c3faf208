"""Requests to the checklist, and the text of its answers."""

import re

from nutrients.models import Nutrient
from tests.site.pages import text_of

PAGE, PRINT = "/checklist/", "/checklist/print/"
HTMX = {"HX-Request": "true"}
RESULTS = "checklist-results"
PICTURE = {
    "symptom": ["muscle-twitches", "muscle-cramps", "fatigue"],
    "risk": ["ppi", "caffeine", "vegan-diet", "high-dose-b6"],
}


def send(client, headers=None, **ticks):
    return client.post(PAGE, ticks, headers=headers or {})


def result(client, **ticks):
    return text_of(send(client, **ticks), RESULTS)


def slugs_of(rows):
    return list(rows.values_list("slug", flat=True))


def nutrient_names(text):
    return {
        name
        for name in Nutrient.objects.values_list("name", flat=True)
        if re.search(rf"\b{name}\b", text, re.IGNORECASE)
    }
