"""Boxes above the results of a search: emergency numbers, and the daily need of a nutrient."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from functools import cache
from typing import NamedTuple
from unicodedata import normalize
from urllib.parse import urlencode

from nutrients.common.words import spans, stem
from nutrients.evidence.life_stages import LifeStage
from nutrients.evidence.needs import adult_need, sources_of
from nutrients.models import Authority, LifeStatus, Nutrient, ReferenceIntake, Sex, Source, Unit

from .content import SearchContent
from .documents import split_names

# Phrases that readers type in an emergency, by the red flag that answers them. Each word of a
# phrase must be in the query.
EMERGENCIES = {
    "chest-pain-palpitations": "chest pain, chest hurts, chest tight, chest pressure, heart attack",
    "stroke-signs": "stroke, tia, face drooping, face droops, facial droop, slurred speech, "
    "sudden confusion, suddenly confused",
    "first-seizure": "seizure, fit, convulsion, status epilepticus",
    "breathing-trouble": "cannot breathe, can't breathe, not breathing, trouble breathing, "
    "difficulty breathing, struggling breathe, hard breathe, choking, throat closing",
    "sudden-breathlessness": "sudden breathless, sudden breathlessness, blue lips",
    "blackout-palpitations": "blackout, passed out, collapse, unconscious",
    "climbing-weakness": "sudden weakness, sudden paralysis, cannot move, can't move, "
    "guillain barre",
    "saddle-numbness": "cauda equina, saddle numbness",
    "sudden-vision-loss": "sudden blindness, lost vision, loss vision, vision loss, lost sight",
    "severe-headache": "worst headache, thunderclap headache, sudden headache, meningitis",
    "overdose-child": "overdose, poisoning, poisoned, swallowed tablets, swallowed pills",
    "eclampsia": "eclampsia, pre-eclampsia, preeclampsia",
    "serotonin-syndrome": "serotonin syndrome",
}
# Phrases that are harmless although they have words of an emergency: restless legs, exercise.
HARMLESS = re.compile(
    r"\b(?:can(?:not| not|['’]?t) (?:stop|sleep|help|(?:keep|sit) still)(?! n?or\b)"
    r"|(?:keep|get|stay|good) fit|fit(?:ness|ted))\b",
    re.IGNORECASE,
)
# Words that ask for a figure, and words for the group that it applies to.
FIGURE = re.compile(
    r"\b(how much|how many|needs?|daily|rda|rni|requirements?|intake|per day|a day)\b"
)
STATUSES = {
    LifeStatus.PREGNANCY: re.compile(r"\b(pregnan\w*|expecting)\b"),
    LifeStatus.LACTATION: re.compile(r"\b(breast-?\s?feed\w*|nursing|lactat\w*)\b"),
    LifeStatus.MENOPAUSE: re.compile(r"\bmenopaus\w*\b"),
}
SEXES = {
    Sex.FEMALE: re.compile(r"\b(wom[ae]n|females?|girls?)\b"),
    Sex.MALE: re.compile(r"\b(m[ae]n|males?|boys?)\b"),
}
CHILD = re.compile(r"\b(child\w*|kids?|toddlers?)\b")
AGE = re.compile(r"\b(\d{1,2})\b(?!\s*m?c?g\b)")
OLDEST_CHILD, OLDEST = 13, 200


class NeedAnswer(NamedTuple):
    """The daily need of a nutrient that one country's authority states.

    A row is the people and the figure in words. `query` leads to the nutrient's page with
    the same country and life stage.
    """

    nutrient: Nutrient
    country: Authority
    rows: list[tuple[str, str]]
    sources: tuple[Source, ...]
    query: str


def emergency_in(text: str) -> str:
    """Return the slug of the red flag whose words are in a query; empty without one."""
    stems = _stems(HARMLESS.sub(" ", text))
    return next((slug for slug, phrase in _phrases() if phrase <= stems), "")


@cache
def _phrases() -> list[tuple[str, frozenset[str]]]:
    return [
        (slug, _stems(phrase))
        for slug, phrases in EMERGENCIES.items()
        for phrase in phrases.split(",")
    ]


def _stems(text: str) -> frozenset[str]:
    return frozenset(stem(word) for word, _, _ in spans(normalize("NFC", text)))


def need_answer(text: str, country: Authority, content: SearchContent) -> NeedAnswer | None:
    """Return the figure that a query such as “how much magnesium when pregnant” asks for.

    None if it names no nutrient or asks for no figure.
    """
    query = text.lower()
    statuses = [status for status, words in STATUSES.items() if words.search(query)]
    if not (statuses or FIGURE.search(query)):
        return None
    nutrient = _nutrient_in(_stems(text), content.nutrients)
    if nutrient is None:
        return None
    published = ReferenceIntake.objects.published(at=content.at).filter(nutrient=nutrient)
    intakes = list(published.joined("nutrient", "unit").with_sources())
    needs = {
        stage: need
        for stage in content.stages[country].values()
        if _is_meant(stage, query, statuses) and (need := stage.need(intakes))
    }
    if needs:
        rows = [(str(stage), _figure(need)) for stage, need in needs.items()]
        query = urlencode([("stage", next(iter(needs)).slug), *country.pairs])
        return NeedAnswer(nutrient, country, rows, sources_of(needs.values()), f"?{query}")
    adult = None if statuses else adult_need(country, intakes)
    if adult is None:
        return None
    figure = f"{adult.spoken} a day ({adult.kind_words})" if adult.amounts else adult.text
    return NeedAnswer(nutrient, country, [("most adults", figure)], adult.sources, country.query)


def _nutrient_in(stems: frozenset[str], nutrients: Iterable[Nutrient]) -> Nutrient | None:
    """Return the nutrient with the longest name in a query."""
    names = [
        (_stems(name), nutrient)
        for nutrient in nutrients
        for name in (nutrient.name, *split_names(nutrient.also_known_as))
    ]
    matches = [(len(name), nutrient) for name, nutrient in names if name and name <= stems]
    return max(matches, key=lambda pair: pair[0])[1] if matches else None


def _is_meant(stage: LifeStage, query: str, statuses: list[LifeStatus]) -> bool:
    """Whether a query is about a life stage. A query without an age, sex or status means none."""
    sexes = [sex for sex, words in SEXES.items() if words.search(query)]
    age = AGE.search(query)
    if age and not stage.age_from <= Decimal(age[1]) < (stage.age_below or OLDEST):
        return False
    if statuses:
        return stage.life_status in statuses
    if stage.life_status != LifeStatus.NONE:
        return False
    if CHILD.search(query):
        return stage.is_for_plates and stage.age_from < OLDEST_CHILD
    if age:
        return not sexes or stage.sex in (*sexes, Sex.BOTH)
    return stage.sex in sexes and stage.is_adult


def _figure(intake: ReferenceIntake) -> str:
    if intake.amount is None:
        return intake.amount_words
    unit = Unit(intake.nutrient.unit).spoken
    return f"{intake.amount.normalize():,f} {unit} a day ({intake.reference_type})"
