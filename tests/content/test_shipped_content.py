"""The shipped content is complete, sourced and readable, and says no more than its grades.

The cases of the test book prove that each rule of a red flag raises it.
"""

import re
from datetime import UTC, datetime

import pytest
from django.apps import apps
from django.db import models

from nutrients.checklist.content import ChecklistContent
from nutrients.checklist.urgency import urgency_rules
from nutrients.evidence.ranking import Tick, urgency
from nutrients.models import (
    ArticleSection,
    Association,
    FoodSource,
    Nutrient,
    NutrientDetail,
    Publishable,
    RedFlag,
    RedFlagRule,
    Status,
    Symptom,
    Urgency,
    Verification,
)
from nutrients.prose import sentences

pytestmark = pytest.mark.usefixtures("content")

# The foods of each easy day in the order of its lines, and the sum that its text gives.
EASY_DAYS = {
    "magnesium": {
        "shredded-wheat milk-reduced-fat whole-wheat-bread peanut-butter potato-baked"
        " spinach-cooked": 310
    },
    "calcium": {"milk-reduced-fat cheese-cheddar whole-wheat-bread kale-cooked orange": 730},
    "vitamin-d": {"salmon-pink-canned egg-boiled": 14, "egg-boiled cod-cooked cheese-cheddar": 4},
    "vitamin-b12": {"milk-reduced-fat egg-boiled cheese-cheddar": 2},
    "potassium": {
        "potato-baked banana milk-reduced-fat kidney-beans-cooked orange-juice"
        " salmon-farmed-cooked spinach-cooked apricots-dried": 3700
    },
    "iron": {
        "lentils-cooked whole-wheat-bread spinach-cooked pumpkin-seeds egg-boiled"
        " apricots-dried": 15
    },
    "folate": {"lentils-cooked broccoli-cooked": 270},
}
EASY_LINE = re.compile(r"\((\d+) grams\b.*?\) gives? ([\d.,]+) m")

STRONGER_THAN = {
    "moderate": re.compile(r"\b(can cause|causes|leads? to|proves?|proven)\b"),
    "limited": re.compile(r"\b(can cause|causes|is linked with|leads? to|proves?|proven)\b"),
}
# Everything that is published, but for sections of articles, which have a length of their own.
PROSE_MODELS = [
    model
    for model in apps.get_app_config("nutrients").get_models()
    if issubclass(model, Publishable)
]
# In words.
LONGEST_SENTENCE, SHORT_SENTENCE, MOST_SHORT_SENTENCES = 22, 6, 0.15
HEADING = re.compile(r"^#+ .*$", re.MULTILINE)
RUN_IN_HEADING = re.compile(r"^((?:- |\d+\. )?)\*\*[^*\n]+\*\* ", re.MULTILINE)


def texts(model, without=""):
    """Every text of the rows of a model."""
    names = [field.name for field in model._meta.fields if isinstance(field, models.TextField)]
    return [getattr(row, name) for row in model.objects.all() for name in names if name != without]


def test_drafts_are_the_unverified_rows_and_no_row_claims_a_review():
    for model in PROSE_MODELS:
        drafts = model.objects.filter(status=Status.DRAFT)
        assert {*drafts} == {*model.objects.filter(verification=Verification.UNVERIFIED)}, model
        assert not hasattr(model, "sources") or not model.objects.filter(sources=None), model
        assert not model.objects.exclude(reviewed_on=None, review_due_on__isnull=False), model


def test_sentences_are_short_and_whole_and_have_units_in_full():
    for model in PROSE_MODELS:
        prose = texts(model)
        sentences = [part for text in prose for part in re.split(r"(?<=[.!?])\s+", text)]
        assert any(sentences), model
        assert not [part for part in sentences if len(part.split()) > LONGEST_SENTENCE]
        assert not [text for text in prose if re.search(r"\d ?(mcg|mg|g)\b", text)]
        if model in (Nutrient, Symptom, FoodSource, RedFlag):
            lines = [line for text in prose for line in text.splitlines()]
            assert not [line for line in lines if line[0].islower() or line[-1] != "."]


def test_few_sentences_are_short():
    """Many short sentences in a row separate cause from effect.

    Bold words that open a paragraph, the question that opens a fold and list items without a full
    stop are no sentences. The only sentence of a text cannot be joined to another.
    """
    for model in (*PROSE_MODELS, ArticleSection):
        short = whole = 0
        for text in texts(model, without="self_care"):
            parts = sentences(RUN_IN_HEADING.sub(r"\1", HEADING.sub("", text)))
            lengths = [len(part.split()) for part in parts if part[-1] in ".!?"]
            short += sum(length <= SHORT_SENTENCE for length in lengths) if len(lengths) > 1 else 0
            whole += len(lengths)
        assert short <= MOST_SHORT_SENTENCES * whole, model


def test_notes_never_say_more_than_their_grade():
    for grade, stronger in STRONGER_THAN.items():
        rows = Association.objects.filter(evidence=grade)
        assert rows
        assert not [row for row in rows if stronger.search(f"{row.note} {row.evidence_why}")]


def test_every_published_symptom_is_linked():
    symptoms = Symptom.objects.filter(status=Status.PUBLISHED)
    # One leg that swells may be a clot: a warning sign is all that the site says of it.
    assert not symptoms.filter(associations=None, other_causes=None, red_flags=None).exists()


@pytest.mark.parametrize("nutrient", EASY_DAYS)
def test_easy_day_adds_up_from_the_amounts_of_its_foods(nutrient):
    body = NutrientDetail.objects.get(nutrient__slug=nutrient, topic="foods").body
    in_100_g = dict(
        Nutrient.objects.get(slug=nutrient).amounts.values_list("food__slug", "per_100g")
    )
    lines = iter(EASY_LINE.findall(body))
    for foods, total in EASY_DAYS[nutrient].items():
        added = 0
        for slug, (grams, printed) in zip(foods.split(), lines, strict=False):
            amount = float(in_100_g[slug]) * float(grams) / 100
            assert float(printed) == pytest.approx(amount, abs=0.5 if amount > 20 else 0.06)
            added += amount
        assert added == pytest.approx(total, rel=0.04)
        assert f"about {total:,}" in body


# Red flags

NUMBERS = "the emergency number (999, 112 or 911)"
# No tick can say that a child has swallowed something. It is on the safety page only.
READ_ONLY = "overdose-child"
# Slugs of any kind, and answers.
NOT_RAISED = [
    "eyelid-twitch caffeine stress-anxiety lack-of-sleep",
    "muscle-cramps night-leg-cramps heavy-sweating",
    "fatigue pale-skin vegan-diet",
    "balance-problems vision-changes",
    "muscle-twitches duration:up-to-two-weeks places:one new-medicine:no",
    "muscle-weakness onset:weeks",
    "headache pregnancy late-pregnancy:no onset:months",
]


def test_everyday_ticks_raise_nothing():
    rules = list(urgency_rules(ChecklistContent(at=datetime(2100, 1, 1, tzinfo=UTC))))
    for words in NOT_RAISED:
        kinds = ("symptom", "risk", "answer")
        ticks = {Tick(kind, word) for word in words.split() for kind in kinds}
        raised = {rule.subject for rule in urgency(frozenset(ticks), rules).fired}
        flags = {subject.slug for subject in raised if subject.kind == "flag"}
        assert flags <= {"before-supplements"}, words


def test_every_published_flag_can_be_raised():
    published = RedFlag.objects.filter(status=Status.PUBLISHED)
    assert [flag.slug for flag in published.filter(is_asked=False, rules=None)] == [READ_ONLY]
    assert not RedFlagRule.objects.exclude(red_flag__status=Status.PUBLISHED).exists()


def test_emergencies_are_few_and_each_says_why_and_whom_to_call():
    emergencies = RedFlag.objects.filter(level=Urgency.EMERGENCY)
    assert len(emergencies) == len({flag.why_it_matters for flag in emergencies}) <= 20
    assert all(NUMBERS in flag.action for flag in emergencies)
    for symptom in Symptom.objects.filter(urgency=Urgency.EMERGENCY):
        assert NUMBERS in symptom.help_note, symptom.slug
    assert not Symptom.objects.filter(help_note="").exists()


def test_nobody_is_told_to_stop_a_medicine():
    for slug in ("statin-muscle-pain", "medicine-side-effect", "kidney-heart-medicines"):
        assert "do not stop a prescribed medicine" in RedFlag.objects.get(slug=slug).action.lower()
