"""Boxes above the results of a search: emergency numbers, and the daily need of a nutrient."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
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
# The ages in years at which the life stages begin that a word is about. The first word counts.
YOUNG = {
    range(1): re.compile(r"\b(bab(y|ies)|infants?|newborns?)\b"),
    range(1, 13): re.compile(r"\b(child\w*|kids?|toddlers?)\b"),
    range(11, 18): re.compile(r"\b(teen\w*|adolescen\w*)\b"),
    range(1, 18): re.compile(r"\b(girls?|boys?)\b"),
}
# An age in years, or a baby's in months: not the 12 of “vitamin B 12”, of 12 mg or of 12 weeks.
AGE = re.compile(
    r"\b(?<!\bb[ -])(?<!\b[dek]-)(\d{1,2})\b"
    r"(?![ -]?(?:m?c?g|iu|days?|weeks?|times)\b)(?P<months>[ -]?months?\b)?"
)
OLDEST = 200


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


def _stems(text: str) -> frozenset[str]:
    return frozenset(stem(word) for word, _, _ in spans(normalize("NFC", text)))


PHRASES = [(slug, _stems(part)) for slug, text in EMERGENCIES.items() for part in text.split(",")]


def emergency_in(text: str) -> str:
    """Return the slug of the red flag whose words are in a query; empty without one."""
    stems = _stems(HARMLESS.sub(" ", text))
    return next((slug for slug, phrase in PHRASES if phrase <= stems), "")


def need_answer(text: str, country: Authority, content: SearchContent) -> NeedAnswer | None:
    """Return the figure that a query such as “how much magnesium when pregnant” asks for.

    None if it names no nutrient, asks for no figure, or nothing is set for those it names.
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
    stages = _stages_in(query, statuses, content.stages[country].values())
    if stages is None:
        adult = adult_need(country, intakes)
        if adult is None:
            return None
        figure = f"{adult.spoken} a day ({adult.kind_words})" if adult.amounts else adult.text
        rows = [("most adults", figure)]
        return NeedAnswer(nutrient, country, rows, adult.sources, country.query)
    needs = {stage: need for stage in stages if (need := stage.need(intakes))}
    if not needs:
        return None
    rows = [(str(stage), _figure(need)) for stage, need in needs.items()]
    pairs = urlencode([("stage", next(iter(needs)).slug), *country.pairs])
    return NeedAnswer(nutrient, country, rows, sources_of(needs.values()), f"?{pairs}")


def _nutrient_in(stems: frozenset[str], nutrients: Iterable[Nutrient]) -> Nutrient | None:
    """Return the nutrient with the longest name in a query.

    Symbols of letters are left out: “mg” is a unit too, and the K of vitamin K is not potassium.
    """
    names = [
        (_stems(name), nutrient)
        for nutrient in nutrients
        for name in (nutrient.name, nutrient.symbol, *split_names(nutrient.also_known_as))
        if len(name) > 2 or not name.isalpha()
    ]
    matches = [(len(name), nutrient) for name, nutrient in names if name and name <= stems]
    return max(matches, key=lambda pair: pair[0])[1] if matches else None


def _stages_in(
    query: str, statuses: list[LifeStatus], stages: Iterable[LifeStage]
) -> list[LifeStage] | None:
    """Return the life stages that a query is about; None if it has no age, sex or status."""
    sexes = [sex for sex, words in SEXES.items() if words.search(query)]
    age, young = AGE.search(query), next((a for a, w in YOUNG.items() if w.search(query)), None)
    if not (statuses or sexes or age or young):
        return None
    if age and not (statuses and age["months"]):
        years = Decimal(age[1]) / (12 if age["months"] else 1)
        stages = [row for row in stages if row.age_from <= years < (row.age_below or OLDEST)]
    elif young and not statuses:
        stages = [row for row in stages if int(row.age_from) in young]
    elif not statuses:
        stages = [row for row in stages if row.is_adult]
    if statuses:
        return [row for row in stages if row.life_status in statuses]
    sexes = [*sexes, Sex.BOTH] if sexes else list(Sex)
    return [row for row in stages if row.life_status == LifeStatus.NONE and row.sex in sexes]


def _figure(intake: ReferenceIntake) -> str:
    if intake.amount is None:
        return intake.amount_words
    unit = Unit(intake.nutrient.unit).spoken
    return f"{intake.amount.normalize():,f} {unit} a day ({intake.reference_type})"
