"""The comparison table with far more nutrients and symptoms than are shipped."""

import re

import pytest

from tests import factories
from tests.site.pages import text_of

PAGE = "/compare/"
OTHER = "sample-symptom-119"


@pytest.fixture(autouse=True)
def _grown(content):
    symptoms = factories.many_symptoms(120)
    nutrients = [factories.nutrient(f"sample-nutrient-{n}") for n in range(30)]
    for nutrient in nutrients[:5]:
        factories.association(nutrient, symptoms[118])


def test_page_and_file_have_every_row(client):
    page = client.get(PAGE)

    assert text_of(page, "results") == "All 43 nutrients"
    assert len(re.findall(r'<th scope="row">', page.text)) == 43
    assert len(client.get("/compare.csv").text.strip().splitlines()) == 44


def test_form_has_boxes_for_common_symptoms_and_one_list_of_the_others(client):
    page = client.get(PAGE)

    assert len(re.findall(r'type="checkbox" name="symptom"', page.text)) == 13
    assert "Sample sign 119 (5)" in text_of(page, "add-symptom")


def test_counts_are_those_of_the_table(client):
    page = client.get(PAGE, {"symptom": OTHER, "relation": "deficiency"})

    assert text_of(page, "results") == "5 of 43 nutrients match sample sign 119"
