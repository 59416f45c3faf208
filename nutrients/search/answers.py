"""Boxes above the results of a search: emergency numbers, and the daily need of a nutrient."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple
from unicodedata import normalize
from urllib.parse import urlencode

from nutrients.common.words import spans, stem
from nutrients.evidence.life_stages import LifeStage
from nutrients.evidence.needs import NeedRange, adult_need
from nutrients.models import Authority, LifeStatus, Nutrient, ReferenceIntake, Sex, Source

from .content import SearchContent
from .documents import split_names

# Phrases that readers type in an emergency, by the red flag that answers them. Each word of a
# phrase must be in the query.
EMERGENCIES = {
    "chest-pain-palpitations": "chest pain, chest hurts, chest tight, chest tightening, "
    "chest pressure, heart attack, cardiac arrest, no pulse",
    "stroke-signs": "stroke, tia, face drooping, face droops, droopy face, mouth drooping, "
    "facial droop, half face numb, face numb side, weak one side, weakness one side, "
    "sudden numbness, slurred speech, cannot speak, suddenly cannot talk, suddenly confused, "
    "sudden confusion",
    "first-seizure": "seizure, fit, convulsion, status epilepticus",
    "breathing-trouble": "cannot breathe, not breathing, isn't breathing, stopped breathing, "
    "trouble breathing, difficulty breathing, problem breathing, struggling breathe, "
    "hard breathe, gasping, choking, throat closing, throat swelling, throat swollen, "
    "anaphylaxis, anaphylactic, severe allergic reaction",
    "sudden-breathlessness": "sudden breathless, sudden breathlessness, blue lips",
    "blackout-palpitations": "blackout, blacked out, passed out, collapse, unconscious, "
    "unresponsive, won't wake, cannot wake",
    "climbing-weakness": "sudden weakness, sudden paralysis, suddenly paralysed, "
    "suddenly paralyzed, suddenly cannot walk, cannot move, cannot feel legs, guillain barre",
    "saddle-numbness": "cauda equina, saddle numbness, saddle anaesthesia, numb between legs, "
    "cannot pee, cannot urinate",
    "sudden-vision-loss": "sudden blindness, went blind, gone blind, lost vision, loss vision, "
    "vision loss, vision gone, lost sight, loss sight",
    "severe-headache": "worst headache, thunderclap, sudden headache, meningitis",
    "alcohol-withdrawal": "delirium tremens",
    "infant-fit": "floppy baby, limp baby",
    "overdose-child": "overdose, poisoning, poisoned, swallowed tablets, swallowed pills, "
    "swallowed vitamins, ate tablets, ate pills, took many tablets, took many pills, "
    "taken many tablets, taken many pills",
    "eclampsia": "eclampsia, pre-eclampsia, preeclampsia",
    "serotonin-syndrome": "serotonin syndrome",
    # No warning sign is about it, so the numbers are alone.
    "suicide": "suicide, suicidal, kill myself, harm myself, self-harm, end my life, want to die",
}
# Other ways to write the “cannot” of a phrase.
CANNOT = re.compile(r"\b(?:(?:can|could)(?: ?not|n?['’]?t)|unable)\b", re.IGNORECASE)
# Phrases that are harmless although they have words of an emergency: restless legs, exercise.
HARMLESS = re.compile(
    r"\b(?:(?:cannot|won['’]?t) (?:stop|go|let|sleep|help|(?:keep|sit) still)(?! n?or\b)"
    r"|(?:keep|get|stay)(?:t?ing)? fit|good fit|fit(?:ness|ted)|pulses"
    r"|fit (?:and (?:healthy|well)|for work|note)|food poisoning|poison ivy)\b",
    re.IGNORECASE,
)
# Words that ask for a figure, and words for the people that it is for.
FIGURE = re.compile(
    r"\b(how much|how many|needs?|daily|rda|rni|requirements?|intake|per day|a day)\b"
)
STATUSES = {
    LifeStatus.PREGNANCY: r"pregnan\w*|expecting",
    LifeStatus.LACTATION: r"breast-?\s?feed\w*|nursing|lactat\w*",
    LifeStatus.MENOPAUSE: r"menopaus\w*",
}
SEXES = {Sex.FEMALE: r"wom[ae]n|females?|girls?|daughters?", Sex.MALE: r"m[ae]n|males?|boys?|sons?"}
# Words for the young, by the ages in years at which their life stages begin. The first counts.
YOUNG = {
    range(1): r"bab(y|ies)|infants?|newborns?",
    range(1, 13): r"child\w*|kids?|toddlers?",
    range(11, 18): r"teen\w*|adolescen\w*",
    range(1, 18): r"girls?|boys?|daughters?|sons?",
}
# An age in years, or a baby’s in months, by the words before or after it: other numbers count eggs,
# weeks or milligrams.
AGE = re.compile(
    r"""
    (?P<before> \b (?:
        (?P<over> over | above | past | older\ than ) | (?P<under> under | below | younger\ than )
        | aged? | wom[ae]n | m[ae]n | girls? | boys?
        | (?: is | am | i['’]?m ) (?= \ \d\d (?: \ (?:and|how|what)\b | [.,;?] | $ ))
    ) [ ] )?
    \b (?P<number> \d{1,2} (?:\.5)? ) (?P<plus> \+ )?
    (?: [ -]? (?: y(?:ea)?rs? | (?P<months> months? )))? (?! [.,]?\d )
    (?(before)
        (?! [ -]? (?: (?:m?c?|[µμ])g | iu | days? | weeks? | times | minutes? | hours? ) \b )
        | (?: (?<=\+) | [ -]? (?: old | yo | y/o | baby ) \b )
    )
    """,
    re.VERBOSE,
)
# The food whose amount is asked for: milk in “how much calcium is in a glass of milk”.
FOOD = re.compile(
    r"""
    \b how\ (?:much|many) \b .* \ in[ ]
    (?: (?: (?: an? | one | two | three ) \b | \d[\d.,]* ) \ ?
        (?: (?: \w+ (?=\ of\b) | k?g | ml | oz | ounces? | cups? | slices? | tins? | cans?
            | servings? | large | medium | small ) \b \ ? )?
        (?: of[ ] )? )?
    (?! (?: the[ ] )? (?: winter | summer | total ) \W* $ ) (.+)
    """,
    re.VERBOSE,
)
OLDEST = 200


class People(NamedTuple):
    """The people that a query is about, as far as its words say.

    `age` is in years. `first_ages` are those at which the life stages of the young begin.
    """

    statuses: list[LifeStatus] = []
    sexes: list[Sex] = []
    age: Decimal | None = None
    first_ages: range | None = None

    def include(self, stage: LifeStage) -> bool:
        if self.age is not None:
            is_of_age = stage.age_from <= self.age < (stage.age_below or OLDEST)
        elif self.first_ages:
            is_of_age = int(stage.age_from) in self.first_ages
        else:
            is_of_age = stage.is_adult or bool(self.statuses)
        if self.statuses:
            return is_of_age and stage.life_status in self.statuses
        is_of_sex = not self.sexes or stage.sex in (*self.sexes, Sex.BOTH)
        return is_of_age and is_of_sex and stage.life_status == LifeStatus.NONE


class NeedAnswer(NamedTuple):
    """The daily needs of a nutrient, by people, that one country's authority states.

    `query` leads to the nutrient's page with the same country and life stage.
    """

    nutrient: Nutrient
    country: Authority
    needs: Sequence[tuple[LifeStage | str, NeedRange]]
    query: str

    @property
    def sources(self) -> list[Source]:
        return list(dict.fromkeys(source for _, need in self.needs for source in need.sources))


def _stems(text: str) -> frozenset[str]:
    return frozenset(stem(word) for word, _, _ in spans(normalize("NFC", text)))


PHRASES = [(slug, _stems(part)) for slug, text in EMERGENCIES.items() for part in text.split(",")]


def emergency_in(text: str) -> str:
    """Return the slug of the red flag whose words are in a query; empty without one."""
    stems = _stems(HARMLESS.sub(" ", CANNOT.sub("cannot", text)))
    return next((slug for slug, phrase in PHRASES if phrase <= stems), "")


def food_in(text: str) -> str:
    """Return the words for the food in a query about the amount of a nutrient in it, or none."""
    match = FOOD.search(text.lower())
    return match[1] if match else ""


def need_answer(text: str, country: Authority, content: SearchContent) -> NeedAnswer | None:
    """Return the figure that a query such as “how much magnesium when pregnant” asks for.

    None if it names no nutrient, asks for no figure, or nothing is set for those it names.
    """
    query = text.lower()
    people = _read_people(query)
    is_question = people.statuses or FIGURE.search(query)
    nutrient = _nutrient_in(_stems(text), content.nutrients) if is_question else None
    if nutrient is None:
        return None
    published = ReferenceIntake.objects.published(at=content.at).filter(nutrient=nutrient)
    intakes = list(published.joined("nutrient", "unit").with_sources())
    if people == People():
        adult = adult_need(country, intakes)
        if adult is None:
            return None
        return NeedAnswer(nutrient, country, [("most adults", adult)], country.query)
    needs = [
        (stage, NeedRange.of([need]))
        for stage in content.stages[country].values()
        if people.include(stage) and (need := stage.need(intakes))
    ]
    if not needs:
        return None
    query = urlencode([("stage", needs[0][0].slug), *country.pairs])
    return NeedAnswer(nutrient, country, needs, f"?{query}")


def _read_people(query: str) -> People:
    age, years = AGE.search(query), None
    if age:
        # “Over 50” begins at 51, and “under 5” ends at 4.
        number = Decimal(age["number"]) + bool(age["over"] or age["plus"]) - bool(age["under"])
        years = number / (12 if age["months"] else 1)
    if statuses := _keys_in(query, STATUSES):
        # “Breastfeeding a 3 month old baby” is about the mother.
        return People(statuses, age=None if age and age["months"] else years)
    first_ages = next(iter(_keys_in(query, YOUNG)), None)
    return People(sexes=_keys_in(query, SEXES), age=years, first_ages=first_ages)


def _keys_in(query: str, table: Mapping[Any, str]) -> list[Any]:
    return [key for key, words in table.items() if re.search(rf"\b({words})\b", query)]


def _nutrient_in(stems: frozenset[str], nutrients: Iterable[Nutrient]) -> Nutrient | None:
    """Return the nutrient with the longest name in a query.

    Symbols of letters are left out: “mg” is a unit too, and the K of vitamin K is not potassium.
    """
    names = {
        _stems(name): nutrient
        for nutrient in nutrients
        for name in (nutrient.name, nutrient.symbol, *split_names(nutrient.also_known_as))
        if len(name) > 2 or any(map(str.isdecimal, name))
    }
    matches = [name for name in names if name <= stems]
    return names[max(matches, key=len)] if matches else None
