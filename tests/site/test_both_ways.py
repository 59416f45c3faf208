"""Symptom, nutrient and food lead to each other, in both directions."""

from datetime import UTC, datetime

import pytest

from nutrients.models import Association, FoodSource, Nutrient, NutrientAmount, Symptom
from tests.site.pages import links_of

pytestmark = pytest.mark.usefixtures("content")
NOW = datetime(2027, 1, 1, tzinfo=UTC)


def test_symptom_and_nutrient_lead_to_the_evidence_between_them_and_it_to_both(client):
    pages, lost = {}, []
    rows = Association.objects.published(at=NOW).filter(
        nutrient__in=Nutrient.objects.published(at=NOW),
        symptom__in=Symptom.objects.published(at=NOW),
    )
    for row in rows.select_related("nutrient", "symptom"):
        card = row.get_absolute_url()
        for one in (row.nutrient.get_absolute_url(), row.symptom.get_absolute_url()):
            if one not in pages:
                pages[one] = {link.partition("#")[0] for link in links_of(client.get(one), "main")}
            if card.partition("#")[0] not in pages[one]:
                lost.append(f"{one} does not lead to {card}")
    row = rows[0]
    links = set(links_of(client.get(row.get_absolute_url()), "main"))

    assert len(pages) > 50
    assert lost == []
    assert {row.nutrient.get_absolute_url(), row.symptom.get_absolute_url()} <= links


def test_nutrient_leads_to_its_foods_and_each_food_back_to_its_nutrients(client):
    nutrient = Nutrient.objects.get(slug="magnesium")
    foods = {each.get_absolute_url(): each for each in FoodSource.objects.published(at=NOW)}
    links = links_of(client.get(nutrient.get_absolute_url()), "main")
    found = [foods[link] for link in dict.fromkeys(links) if link in foods]

    assert len(found) >= 5
    for food in found[:5]:
        back = set(links_of(client.get(food.get_absolute_url()), "main"))
        given = NutrientAmount.objects.filter(food=food, nutrient__status="published")
        assert {each.nutrient.get_absolute_url() for each in given} <= back
