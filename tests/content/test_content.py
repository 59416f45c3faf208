"""The shipped content: complete, sourced, within its grades, and readable."""

from __future__ import annotations

import re
from collections import Counter
from decimal import Decimal

import pytest
from django.apps import apps
from django.db import models

from nutrients.models import (
    Association,
    FoodGroup,
    FoodSource,
    Interaction,
    Nutrient,
    NutrientAmount,
    NutrientDetail,
    OtherCause,
    Publishable,
    RedFlag,
    ReferenceIntake,
    RiskFactor,
    Status,
    Symptom,
    Verification,
)

pytestmark = pytest.mark.usefixtures("content")

ROWS = {
    Nutrient: 13,
    NutrientDetail: 49,
    Symptom: 53,
    Association: 196,
    FoodGroup: 19,
    FoodSource: 148,
    NutrientAmount: 1864,
    ReferenceIntake: 630,
    RiskFactor: 53,
    Interaction: 36,
    RedFlag: 70,
}

# What rests on no source that was read, and so stays hidden until somebody has read one.
DRAFTS = {
    Nutrient: "",
    Symptom: "muscle-tension night-leg-kicks",
    FoodSource: "nutritional-yeast-fortified",
    RiskFactor: (
        "blood-donation bone-drugs h2-blockers high-salt-restriction"
        " low-dairy-diet raw-fish-tea-betel"
    ),
    OtherCause: "steroids-thyroxine",
    Interaction: (
        "caffeine-calcium levodopa-iron-b6 phytate-minerals sodium-calcium tea-coffee-iron"
        " vitamin-c-iron vitamin-d-k warfarin-vitamin-e"
    ),
    ReferenceIntake: (
        "vitamin-b6/limit-11-14/both/none/eu vitamin-b12/lrni-19-50/both/none/uk"
        " folate/lrni-19-50/both/none/uk calcium/lrni-19-50/both/none/uk"
        " phosphorus/lrni-19-50/both/none/uk magnesium/lrni-19-50/male/none/uk"
        " magnesium/lrni-19-50/female/none/uk sodium/lrni-19-50/both/none/uk"
        " potassium/lrni-19-50/both/none/uk iron/lrni-19-50/male/none/uk"
        " iron/lrni-19-50/female/none/uk thiamin/limit-any-age/both/none/eu"
        " vitamin-b12/limit-any-age/both/none/eu"
    ),
    RedFlag: "",
    Association: (
        "calcium/brisk-reflexes/deficiency calcium/muscle-jerks/deficiency"
        " calcium/vision-changes/deficiency copper/fatigue/deficiency"
        " folate/breathlessness/deficiency folate/headache/deficiency"
        " folate/irritability/deficiency folate/mouth-corner-cracks/deficiency"
        " folate/poor-appetite/deficiency iron/muscle-weakness/deficiency"
        " iron/night-leg-kicks/deficiency magnesium/poor-appetite/excess phosphorus/tetany/excess"
        " potassium/muscle-spasms/deficiency potassium/stairs-difficulty/deficiency"
        " sodium/brisk-reflexes/deficiency sodium/muscle-twitches/deficiency"
        " sodium/muscle-twitches/excess sodium/seizures/excess"
        " vitamin-b12/breathlessness/deficiency vitamin-b12/headache/deficiency"
        " vitamin-b12/mouth-corner-cracks/deficiency vitamin-b12/restless-legs/deficiency"
        " vitamin-d/fatigue/deficiency vitamin-d/muscle-cramps/indirect"
        " vitamin-d/muscle-jerks/indirect vitamin-d/muscle-twitches/indirect"
        " vitamin-d/muscle-weakness/excess vitamin-d/seizures/indirect"
    ),
}

# The foods of each easy day in the order of its lines, and the sum that its text gives.
EASY_DAYS = [
    (
        "magnesium",
        """shredded-wheat milk-reduced-fat whole-wheat-bread peanut-butter potato-baked
        spinach-cooked""",
        310,
    ),
    ("calcium", "milk-reduced-fat cheese-cheddar whole-wheat-bread kale-cooked orange", 730),
    ("vitamin-d", "salmon-pink-canned egg-boiled", 14),
    ("vitamin-d", "egg-boiled cod-cooked cheese-cheddar", 4),
    ("vitamin-b12", "milk-reduced-fat egg-boiled cheese-cheddar", 2),
    (
        "potassium",
        """potato-baked banana milk-reduced-fat kidney-beans-cooked orange-juice
        salmon-farmed-cooked spinach-cooked apricots-dried""",
        3700,
    ),
    (
        "iron",
        "lentils-cooked whole-wheat-bread spinach-cooked pumpkin-seeds egg-boiled apricots-dried",
        15,
    ),
    ("folate", "lentils-cooked broccoli-cooked", 270),
]
EASY_LINE = re.compile(r"\((\d+) grams\b.*?\) gives? ([\d.,]+) m")

STRONGER_THAN = {
    "moderate": re.compile(r"\b(can cause|causes|leads? to|proves?|proven)\b"),
    "limited": re.compile(r"\b(can cause|causes|is linked with|leads? to|proves?|proven)\b"),
}
PROSE_MODELS = [
    model
    for model in apps.get_app_config("nutrients").get_models()
    if issubclass(model, Publishable) and not model.__name__.startswith("Historical")
]
# Sections of articles have a length of their own; tick labels and phrases are no sentences.
LONGEST_SENTENCE = 22


def texts(model, *kinds):
    """Every text of the model's rows in fields of these kinds, with the row it stands in."""
    names = [field.name for field in model._meta.fields if isinstance(field, kinds)]
    return [(row, getattr(row, name)) for row in model.objects.all() for name in names]


def sentences(text):
    return [part for part in re.split(r"(?<=[.!?])\s+", text) if part]


def test_content_is_complete_and_drafts_are_what_nobody_verified():
    assert {model: model.objects.count() for model in ROWS} == ROWS
    for model, slugs in DRAFTS.items():
        drafts = model.objects.filter(status=Status.DRAFT)
        assert {"/".join(row.natural_key()) for row in drafts} == set(slugs.split())
        assert set(drafts) == set(model.objects.filter(verification=Verification.UNVERIFIED))


def test_every_row_has_a_source_and_claims_no_review():
    for model in PROSE_MODELS:
        if hasattr(model, "sources"):
            assert not model.objects.filter(sources=None).exists(), model
        assert not model.objects.exclude(reviewed_on=None).exists(), model
        assert not model.objects.filter(review_due_on=None).exists(), model


@pytest.mark.parametrize("model", PROSE_MODELS, ids=lambda model: model.__name__)
def test_sentences_are_short(model):
    prose = [sentence for _, text in texts(model, models.TextField) for sentence in sentences(text)]
    assert prose
    assert not [sentence for sentence in prose if len(sentence.split()) > LONGEST_SENTENCE]


def test_sentences_begin_and_end_as_sentences():
    for model in (Nutrient, Symptom, FoodSource, RedFlag):
        prose = [line for _, text in texts(model, models.TextField) for line in text.splitlines()]
        assert not [text for text in prose if text[0].islower() or text[-1] != "."]


def test_running_text_has_units_in_full():
    prose = [text for model in PROSE_MODELS for _, text in texts(model, models.TextField)]
    assert not [text for text in prose if re.search(r"\d ?(mcg|mg|g)\b", text)]


@pytest.mark.parametrize("grade", STRONGER_THAN)
def test_notes_never_say_more_than_their_grade(grade):
    rows = Association.objects.filter(evidence=grade)
    assert rows
    notes = [f"{row.note} {row.evidence_why}" for row in rows]
    assert not [note for note in notes if STRONGER_THAN[grade].search(note)]


def test_evidence_against_magnesium_for_night_cramps_is_recorded():
    row = Association.objects.get(is_against=True)
    against = "Taking magnesium has not been shown to help night leg cramps in older adults."
    assert row.claim == against


def test_core_nutrients_come_first():
    first = Nutrient.objects.all()[:4]
    assert [nutrient.slug for nutrient in first] == [
        "magnesium",
        "calcium",
        "vitamin-d",
        "vitamin-b12",
    ]
    assert set(first) == set(Nutrient.objects.featured())


def test_every_published_symptom_is_linked():
    symptoms = Symptom.objects.filter(status=Status.PUBLISHED)
    # One leg that swells may be a clot: a warning sign is all that the site says of it.
    alone = symptoms.filter(associations=None, other_causes=None, red_flags=None)
    assert not alone.exists()


@pytest.mark.parametrize(("nutrient", "foods", "total"), EASY_DAYS)
def test_easy_day_adds_up_from_our_own_amounts(nutrient, foods, total):
    body = NutrientDetail.objects.get(nutrient__slug=nutrient, topic="foods").body
    lines = EASY_LINE.findall(body)
    slugs = foods.split()
    first = 2 if (nutrient, total) == ("vitamin-d", 4) else 0
    added = Decimal(0)
    for slug, (grams, said) in zip(slugs, lines[first : first + len(slugs)], strict=True):
        row = NutrientAmount.objects.get(food__slug=slug, nutrient__slug=nutrient)
        amount = row.per_100g * Decimal(grams) / 100
        assert float(said) == pytest.approx(float(amount), abs=0.5 if amount > 20 else 0.06)
        added += amount
    assert float(added) == pytest.approx(total, rel=0.04)
    assert f"about {total:,}" in body


def test_only_sunlight_is_no_food_and_has_no_amount():
    assert [food.slug for food in FoodSource.objects.filter(is_food=False)] == ["sunlight"]
    without = FoodSource.objects.filter(amounts=None)
    assert {food.slug for food in without} == {"sunlight", "nutritional-yeast-fortified"}
    assert not without.filter(unmeasured_nutrients=None).exists()


def test_every_life_stage_has_an_intake_of_every_nutrient():
    american = ReferenceIntake.objects.filter(authority="us")
    stages = Counter(row.natural_key()[1:] for row in american)
    assert len(stages) == 22
    assert set(stages.values()) == {Nutrient.objects.count()}


def test_the_limit_of_a_nutrient_is_that_of_young_adults():
    for nutrient in Nutrient.objects.all():
        row = nutrient.intakes.get(
            life_stage="19-30", sex="female", life_status="none", authority="us"
        )
        assert nutrient.upper_limit == row.upper_limit
