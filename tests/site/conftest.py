"""Small worlds of content that several modules here ask about."""

import pytest

from tests import factories


@pytest.fixture
def small_world(no_content):
    """Iron, zinc and folate; cramps and tiredness; one risk factor, one cause, one flag."""
    iron, zinc = factories.nutrient("iron"), factories.nutrient("zinc")
    folate = factories.nutrient("folate", upper_limit_note="Only folic acid counts.")
    cramps = factories.symptom("cramps")
    tired = factories.symptom("tired", body_area="mind")
    factories.association(iron, cramps, typicality="sometimes", evidence="limited")
    factories.association(iron, tired)
    factories.association(zinc, cramps)
    factories.association(folate, tired, relation="excess", evidence="moderate")
    factories.risk("long-runs", lowers=[zinc])
    factories.cause("coffee", [cramps])
