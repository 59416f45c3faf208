"""The shipped content: complete, sourced, within its grades, and readable."""

from __future__ import annotations

import re
from collections import Counter
from decimal import Decimal

import pytest
from django.apps import apps
from django.db import models

from nutrients.common.wording import forbidden
from nutrients.models import (
    Association,
    Authority,
    FoodGroup,
    FoodSource,
    Interaction,
    LimitStatus,
    Nutrient,
    NutrientAmount,
    NutrientDetail,
    OtherCause,
    Publishable,
    RedFlag,
    ReferenceIntake,
    RiskFactor,
    Source,
    SourceKind,
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

# Food, nutrient, grams in a serving, amount in it and percent of the daily value, worked out by
# hand from the amounts in 100 g that the USDA prints (pumpkin seeds: 550 mg x 0.28 = 154 mg).
SERVINGS = [
    ("pumpkin-seeds", "magnesium", "28", "154", "36.7"),
    ("yogurt-plain-lowfat", "calcium", "170", "311.1", "23.9"),
    ("trout-rainbow-cooked", "vitamin-d", "85", "16.15", "80.8"),
    ("cod-liver-oil", "vitamin-d", "4.5", "11.25", "56.25"),
    ("clams-cooked", "vitamin-b12", "85", "84.0565", "3502.4"),
    ("banana", "potassium", "118", "422.44", "9.0"),
    ("lentils-cooked", "folate", "99", "179.19", "44.8"),
    ("table-salt", "sodium", "1.5", "581.37", "25.3"),
    ("spinach-raw", "vitamin-d", "30", "0", "0"),
]

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
SOURCED_MODELS = [model for model in PROSE_MODELS if hasattr(model, "sources")]
# Sections of articles have a length of their own; tick labels and phrases are no sentences.
LONGEST_SENTENCE = 22


def texts(model, *kinds):
    """Every text of the model's rows in fields of these kinds, with the row it stands in."""
    names = [field.name for field in model._meta.fields if isinstance(field, kinds)]
    return [(row, getattr(row, name)) for row in model.objects.all() for name in names]


def sentences(text):
    return [part for part in re.split(r"(?<=[.!?])\s+", text) if part]


@pytest.mark.parametrize("model", ROWS, ids=lambda model: model.__name__)
def test_content_is_complete(model):
    assert model.objects.count() == ROWS[model]


@pytest.mark.parametrize("model", DRAFTS, ids=lambda model: model.__name__)
def test_drafts_are_what_nobody_verified(model):
    drafts = model.objects.filter(status=Status.DRAFT)
    assert {"/".join(row.natural_key()) for row in drafts} == set(DRAFTS[model].split())
    assert set(drafts) == set(model.objects.filter(verification=Verification.UNVERIFIED))


@pytest.mark.parametrize("model", SOURCED_MODELS, ids=lambda model: model.__name__)
def test_every_claim_has_a_source(model):
    assert not model.objects.filter(sources=None).exists()


@pytest.mark.parametrize("model", SOURCED_MODELS, ids=lambda model: model.__name__)
def test_nothing_published_rests_on_editors_alone(model):
    outside = Source.objects.exclude(kind=SourceKind.EDITORIAL)
    assert not model.objects.filter(status=Status.PUBLISHED).exclude(sources__in=outside).exists()


@pytest.mark.parametrize("model", PROSE_MODELS, ids=lambda model: model.__name__)
def test_no_review_is_claimed(model):
    assert not model.objects.exclude(reviewed_on=None).exists()
    assert not model.objects.filter(review_due_on=None).exists()


@pytest.mark.parametrize("model", PROSE_MODELS, ids=lambda model: model.__name__)
def test_words_that_never_appear(model):
    fields = list(texts(model, models.CharField, models.TextField))
    quoted = {row.usda_description for row, _ in fields if isinstance(row, FoodSource)}
    assert not [(row, text) for row, text in fields if text not in quoted and forbidden(str(text))]


@pytest.mark.parametrize("model", PROSE_MODELS, ids=lambda model: model.__name__)
def test_sentences_are_short(model):
    prose = [sentence for _, text in texts(model, models.TextField) for sentence in sentences(text)]
    assert prose
    assert not [sentence for sentence in prose if len(sentence.split()) > LONGEST_SENTENCE]


@pytest.mark.parametrize("model", [Nutrient, Symptom, FoodSource, RedFlag])
def test_sentences_begin_and_end_as_sentences(model):
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


@pytest.mark.parametrize(("food", "nutrient", "grams", "amount", "percent"), SERVINGS)
def test_servings_agree_with_figures_worked_out_by_hand(food, nutrient, grams, amount, percent):
    row = NutrientAmount.objects.get(food__slug=food, nutrient__slug=nutrient)
    assert row.food.serving_grams == Decimal(grams)
    assert row.per_serving == Decimal(amount)
    assert float(row.label_percent(Authority.US)) == pytest.approx(float(percent), abs=0.05)


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


def test_no_food_holds_more_of_a_nutrient_than_it_weighs():
    per_gram = {"mg": 1000, "mcg": 1_000_000, "mcg DFE": 1_000_000}
    rows = NutrientAmount.objects.select_related("nutrient")
    assert not [row for row in rows if row.per_100g / per_gram[row.nutrient.unit] > 100]


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


def test_limits_are_in_a_unit_that_fits():
    intakes = ReferenceIntake.objects.filter(upper_limit_status=LimitStatus.SET)
    for row in [*intakes.select_related("nutrient"), *Nutrient.objects.all()]:
        nutrient = getattr(row, "nutrient", row)
        # The limit of folate counts folic acid alone, so it is in plain micrograms.
        fitting = "mcg" if nutrient.slug == "folate" else nutrient.unit
        assert row.upper_limit is None or row.upper_limit_unit == fitting


def test_the_limit_of_a_nutrient_is_that_of_young_adults():
    for nutrient in Nutrient.objects.all():
        row = nutrient.intakes.get(
            life_stage="19-30", sex="female", life_status="none", authority="us"
        )
        assert nutrient.upper_limit == row.upper_limit
