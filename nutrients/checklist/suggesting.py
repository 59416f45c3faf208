"""What the checklist suggests: causes that are not nutrients first, then nutrients worth a look."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Any, NamedTuple

from nutrients.evidence.content import Eater, links
from nutrients.evidence.ranking import Candidate, Level, Link, Tick, rank
from nutrients.models import (
    Association,
    CauseKind,
    Evidence,
    FoodSource,
    Frequency,
    Interaction,
    NotSuggestedTo,
    Nutrient,
    OtherCause,
    RedFlag,
    RiskEffect,
    RiskFactor,
    RiskKind,
    Strength,
    Symptom,
    Typicality,
)

from .content import ChecklistContent
from .urgency import Line, Urgent, urgency_rules

# Shown in full; the rest get a line each, so that the page can be read on a phone.
NUTRIENTS_IN_FULL = 3
CAUSES_IN_FULL = 4
MEDICINES = (RiskKind.MEDICINE, CauseKind.MEDICINE)


@dataclass(frozen=True, slots=True)
class Ticked:
    """What was ticked, as rows. Of several ages one is kept, so that age counts once."""

    symptoms: list[Symptom]
    risks: list[RiskFactor]
    causes: list[OtherCause]
    flags: list[RedFlag]

    @property
    def asked(self) -> list[RiskFactor | OtherCause]:
        return [*self.risks, *self.causes]

    @property
    def diets(self) -> list[RiskFactor]:
        return [risk for risk in self.risks if risk.kind == RiskKind.DIET]

    @property
    def health(self) -> list[RiskFactor | OtherCause]:
        """Habits, conditions and ages: all but the ways of eating and the medicines."""
        return [row for row in self.asked if row.kind not in (RiskKind.DIET, *MEDICINES)]

    @property
    def medicines(self) -> list[str]:
        return [row.name for row in self.asked if row.kind in MEDICINES]

    @property
    def count(self) -> int:
        return len(self.symptoms) + len(self.risks) + len(self.causes) + len(self.flags)


@dataclass(frozen=True, slots=True)
class PossibleCause:
    """A cause that is not a nutrient, with the ticked signs it brings on and ticks that name it."""

    cause: OtherCause
    symptoms: list[Symptom]
    named_by: list[str]

    @property
    def link(self) -> str:
        """Its relation to the ticked signs; empty if it brings none of them on."""
        names = ", ".join(symptom.phrase for symptom in self.symptoms)
        return f"{self.cause.link} {names}." if names else ""

    def said(self) -> Iterator[str]:
        yield from (self.cause.name, *(f"You ticked {name}." for name in self.named_by))
        yield from (self.link, f"{self.cause.mechanism} {self.cause.what_helps}")


class RiskReason(NamedTuple):
    """A ticked risk factor that moves a nutrient to a side, which is "low" or "high"."""

    risk: RiskFactor
    side: str
    effect: RiskEffect | None

    @property
    def strength(self) -> Strength:
        return Strength(self.effect.strength if self.effect else Strength.MODERATE)

    @property
    def is_strong(self) -> bool:
        """Whether it points to the nutrient by itself."""
        return self.strength == Strength.STRONG

    @property
    def link(self) -> Link:
        # A baby's or a child's age tells what it is fed.
        is_age = self.risk.kind == RiskKind.AGE and self.risk.stands_for != NotSuggestedTo.CHILDREN
        tick = Tick("risk", self.risk.slug)
        return Link(tick, side=self.side, strength=self.strength.rank, is_age=is_age)

    @property
    def line(self) -> Line:
        words = [self.effect.reason if self.effect else self.risk.mechanism]
        if self.is_strong:
            words.append("A strong risk.")
        if self.risk.kind == RiskKind.MEDICINE:
            words.append("Do not stop a prescribed medicine.")
        return Line(self.risk.name, " ".join(words), self.risk)


class Side(NamedTuple):
    """Too little or too much of a nutrient: the ticked signs of it, and the ticked risks."""

    phrase: str
    signs: list[Association]
    reasons: list[RiskReason]
    note: str = ""

    def __bool__(self) -> bool:
        return bool(self.signs or self.reasons)

    @property
    def lines(self) -> list[Line]:
        return [*map(_sign_line, self.signs), *(reason.line for reason in self.reasons)]


@dataclass(frozen=True, slots=True)
class NutrientMatch:
    """A suggested nutrient, which matches `symptoms` of the `ticked` symptoms.

    `instead_of_foods` are ticked risks that speak against naming foods.
    """

    nutrient: Nutrient
    symptoms: int
    ticked: int
    is_tied: bool
    low: Side
    high: Side
    unexplained: list[Symptom]
    foods: list[FoodSource]
    is_limited: bool
    instead_of_foods: list[RiskFactor]
    foods_withheld: bool

    @property
    def sides(self) -> list[Side]:
        return [side for side in (self.low, self.high) if side]

    @property
    def signs(self) -> list[Association]:
        return [*self.low.signs, *self.high.signs]

    @property
    def risks(self) -> list[RiskReason]:
        return [*self.low.reasons, *self.high.reasons]

    @property
    def not_explained(self) -> str:
        return "; ".join(symptom.phrase for symptom in self.unexplained)

    @property
    def names_foods(self) -> bool:
        """Whether foods rich in it are named: only if nothing ticked argues against them.

        Beside too much of it none is named, nor if a risk has food advice of its own or a flag
        keeps them back: with kidney disease, foods rich in potassium can harm.
        """
        return bool(self.low) and not (self.high or self.instead_of_foods or self.foods_withheld)

    @property
    def why_no_foods(self) -> list[str]:
        words = [f"{risk.name}: {risk.what_to_do}" for risk in self.instead_of_foods]
        if self.high.signs:
            words.append(
                "What you ticked can come from too little and from too much. Only a blood test can "
                "tell them apart."
            )
        if self.foods_withheld:
            words.append(
                "What you ticked can go with a level that is already high, or that changes fast. "
                "Ask for a blood test first."
            )
        return words

    @property
    def in_brief(self) -> str:
        reasons = dict.fromkeys(
            [
                *(sign.symptom.phrase for sign in self.signs),
                *(reason.risk.name for reason in self.risks),
            ]
        )
        side = f" {self.high.phrase}" if self.high else ""
        either = ", or too little" if self.high and self.low else ""
        matched = f"({self.symptoms} of {self.ticked})"
        return f"{matched}: {', '.join(reasons)}.{side}{either}{'.' if side else ''}"

    def said(self) -> Iterator[str]:
        yield f"{self.nutrient.name} {self.matched}"
        for side in self.sides:
            yield side.phrase
            yield from chain.from_iterable(map(Line.said, side.lines))
            yield side.note
        if self.unexplained:
            yield f"Does not explain: {self.not_explained}"
        if self.names_foods:
            yield "Rich foods"
            if self.is_limited:
                yield f"{self.nutrient.food_summary}. So no food is named here."
                return
            for food in self.foods:
                yield from (food.name, food.note)
        elif self.low:
            yield from ("Rich foods are not named here", *self.why_no_foods)

    @property
    def matched(self) -> str:
        """How many of the ticked symptoms and risks it matches."""
        if self.ticked == 1:
            symptoms = "your symptom"
        else:
            symptoms = f"{self.symptoms} of your {self.ticked} symptoms"
        risks = f"{len(self.risks)} of your risks"
        counts = [symptoms] * bool(self.symptoms) + [risks] * bool(self.risks)
        return f"Linked with {' and '.join(counts)}"


def _sign_line(sign: Association) -> Line:
    graded = f"{Typicality(sign.typicality).label}. {Evidence(sign.evidence).label}."
    text = f"{sign.claim} {graded}"
    return Line(sign.symptom.name, text, sign, address=sign.get_absolute_url())


@dataclass(frozen=True, slots=True)
class Suggested:
    """Causes and nutrients, and what goes with them. Nothing in an emergency.

    `explained_away` are nutrients whose ticked signs a ticked medicine or illness can bring on.
    """

    risks: list[Line] = field(default_factory=list)
    touched: list[Nutrient] = field(default_factory=list)
    causes: list[PossibleCause] = field(default_factory=list)
    other_causes: list[PossibleCause] = field(default_factory=list)
    in_full: list[NutrientMatch] = field(default_factory=list)
    in_brief: list[NutrientMatch] = field(default_factory=list)
    explained_away: list[Nutrient] = field(default_factory=list)
    against: list[Association] = field(default_factory=list)
    interactions: list[Interaction] = field(default_factory=list)
    unexplained: list[Symptom] = field(default_factory=list)
    watch_for: list[RedFlag] = field(default_factory=list)

    @property
    def main_causes(self) -> list[PossibleCause]:
        """Every cause that a tick names, and others up to a handful."""
        return self.causes[: max(CAUSES_IN_FULL, sum(bool(row.named_by) for row in self.causes))]

    @property
    def also_common(self) -> list[PossibleCause]:
        """The causes that get a line."""
        return [*self.causes[len(self.main_causes) :], *self.other_causes]

    @property
    def names_medicine(self) -> bool:
        causes = (*self.causes, *self.other_causes)
        return any(row.cause.kind == CauseKind.MEDICINE for row in causes)

    @property
    def count(self) -> int:
        return len(self.in_full) + len(self.in_brief)

    def said(self) -> Iterator[str]:
        if self.causes or self.other_causes:
            yield "Common causes that are not nutrients"
            yield from chain.from_iterable(row.said() for row in self.main_causes)
            if self.also_common:
                yield f"Also common: {'; '.join(row.cause.name for row in self.also_common)}."
        if self.in_full:
            yield "Nutrients worth looking into"
            yield from chain.from_iterable(match.said() for match in self.in_full)
            if self.in_brief:
                yield "Also linked with something you ticked"
            for match in self.in_brief:
                yield f"{match.nutrient.name} {match.in_brief}"


def suggested(
    ticks: Collection[Tick], ticked: Ticked, urgent: Urgent, content: ChecklistContent
) -> Suggested:
    """What the ticks suggest, from this content.

    What is fetched depends only on whether it is an emergency.
    """
    if urgent.level == Level.EMERGENCY or not ticked.count:
        return Suggested()
    causes, other_causes = _causes(ticked, urgent, content)
    common = Suggested(
        causes=causes,
        other_causes=other_causes,
        interactions=_interactions(ticked, content),
        watch_for=_watch_for(ticked, urgent, content),
    )
    if urgent.is_not_nutritional:
        return replace(common, risks=_risks(ticked, [], {}, content))
    signs, reasons = _signs(ticked, content), _reasons(ticked, content)
    speaking = [sign for sign in signs if not sign.is_against]
    explained = {sign.symptom_id for sign in speaking}
    matches = _matches(ticks, ticked, speaking, reasons, content)
    shown = {match.nutrient.pk for match in matches}
    away = {sign.nutrient_id for sign in speaking} - shown
    touched = reasons.keys() - shown - away
    return replace(
        common,
        risks=_risks(ticked, speaking, reasons, content),
        touched=[row for row in content.nutrients.values() if row.pk in touched],
        in_full=matches[:NUTRIENTS_IN_FULL],
        in_brief=matches[NUTRIENTS_IN_FULL:],
        explained_away=[row for row in content.nutrients.values() if row.pk in away],
        against=[sign for sign in signs if sign.is_against],
        unexplained=[symptom for symptom in ticked.symptoms if symptom.pk not in explained],
    )


def _by_cause(ticked: Ticked, content: ChecklistContent) -> frozenset[int]:
    """The symptoms that a ticked medicine or illness brings on: they point to no nutrient.

    What lowers or raises a nutrient is a risk factor, and not among these.
    """
    kinds = (CauseKind.MEDICINE, CauseKind.CONDITION)
    causes = [cause for cause in ticked.causes if cause.kind in kinds]
    return frozenset().union(*(content.cause_symptoms[cause.pk] for cause in causes))


def ticked_rows(ticks: Collection[Tick], content: ChecklistContent) -> Ticked:
    """What was ticked, as rows in the order of the form."""

    def among(kind: str, rows: dict[str, Any]) -> list[Any]:
        slugs = {tick.slug for tick in ticks if tick.kind == kind}
        return [row for slug, row in rows.items() if slug in slugs]

    return Ticked(
        among("symptom", content.symptoms),
        _one_age(among("risk", content.risks)),
        [cause for cause in among("risk", content.causes) if cause.is_asked],
        among("flag", content.flags),
    )


def _one_age(risks: list[RiskFactor]) -> list[RiskFactor]:
    """The risks with one age: of several the youngest if a child is among them, else the oldest."""
    ages = sorted((r for r in risks if r.kind == RiskKind.AGE), key=lambda age: age.position)
    children = [age for age in ages if age.stands_for == NotSuggestedTo.CHILDREN]
    kept = [*children[:1], *([] if children else ages[-1:])]
    return [risk for risk in risks if risk.kind != RiskKind.AGE or risk in kept]


def _signs(ticked: Ticked, content: ChecklistContent) -> list[Association]:
    """The associations of the ticked symptoms: nutrient by nutrient, most typical first."""
    symptoms = {symptom.pk for symptom in ticked.symptoms}
    rows = chain.from_iterable(content.signs.values())
    return [sign for sign in rows if sign.symptom_id in symptoms]


def _reasons(ticked: Ticked, content: ChecklistContent) -> dict[int, list[RiskReason]]:
    """What each ticked risk does to a nutrient, under the nutrient's id."""
    reasons: dict[int, list[RiskReason]] = defaultdict(list)
    for risk in ticked.risks:
        for side, moved in (("low", content.lowered), ("high", content.raised)):
            for key in moved[risk.pk]:
                reason = RiskReason(risk, side, content.effects.get((risk.pk, key)))
                reasons[key].append(reason)
    return dict(reasons)


def _matches(
    ticks: Collection[Tick],
    ticked: Ticked,
    speaking: Iterable[Association],
    reasons: Mapping[int, list[RiskReason]],
    content: ChecklistContent,
) -> list[NutrientMatch]:
    """The nutrients worth a look. Signs that a tick brings on by itself do not count."""
    by_cause = _by_cause(ticked, content)
    signs: dict[int, list[Association]] = defaultdict(list)
    for sign in speaking:
        if sign.symptom_id not in by_cause:
            signs[sign.nutrient_id].append(sign)
    candidates = [
        Candidate(
            nutrient.slug,
            nutrient.name,
            (*links(signs[key]), *(reason.link for reason in reasons.get(key, ()))),
            Frequency(nutrient.how_common).rank,
        )
        for nutrient in content.nutrients.values()
        if (key := nutrient.pk) in signs or key in reasons
    ]
    # Other causes and red flags say nothing of a nutrient.
    ranked = [Tick("symptom", row.slug) for row in ticked.symptoms]
    ranked += [Tick("risk", row.slug) for row in ticked.risks]
    eater, withheld = eater_of(ticked), _withheld(ticks, content)
    foods, other_sources = content.foods(eater), content.other_sources(eater)
    left = [symptom for symptom in ticked.symptoms if symptom.pk not in by_cause]
    matches = []
    for suggestion in rank(ranked, candidates):
        nutrient = content.nutrients[suggestion.slug]
        key = nutrient.pk
        own, moving = signs[key], reasons.get(key, [])
        low, high = (
            Side(phrase, [s for s in own if s.side == side], [r for r in moving if r.side == side])
            for side, phrase in (("low", nutrient.low_phrase), ("high", nutrient.high_phrase))
        )
        raising = {reason.risk.pk for reason in high.reasons}
        match = NutrientMatch(
            nutrient,
            suggestion.symptoms,
            len(ticked.symptoms),
            suggestion.is_tied,
            low,
            high._replace(note=nutrient.upper_limit_note),
            unexplained=[s for s in left if Tick("symptom", s.slug) in suggestion.unexplained],
            foods=[*foods.get(key, []), *other_sources.get(key, [])],
            is_limited=key in content.limited,
            instead_of_foods=[r for r in ticked.risks if r.has_own_food_advice or r.pk in raising],
            foods_withheld=key in withheld,
        )
        matches.append(match)
    return matches


def eater_of(ticked: Ticked) -> Eater:
    return Eater(
        frozenset(risk.diet for risk in ticked.risks if risk.diet),
        frozenset(risk.stands_for for risk in ticked.risks if risk.stands_for),
    )


def _withheld(ticks: Collection[Tick], content: ChecklistContent) -> frozenset[int]:
    """The nutrients whose foods a flag keeps back, which is ticked or may yet be raised."""
    given, kept = frozenset(ticks), content.flag_withholds
    return frozenset().union(
        *(
            kept[content.flags[rule.subject.slug].pk]
            for rule in content.once(urgency_rules)
            if rule.subject.kind == "flag" and rule.concerns(given)
        )
    )


def _risks(
    ticked: Ticked,
    signs: Collection[Association],
    reasons: Mapping[int, list[RiskReason]],
    content: ChecklistContent,
) -> list[Line]:
    """What to do about each ticked risk factor, and what it can cause, ages last."""
    lines = []
    for risk in sorted(ticked.risks, key=lambda risk: risk.kind == RiskKind.AGE):
        moved = {
            (nutrient, reason.side)
            for nutrient, rows in reasons.items()
            for reason in rows
            if reason.risk == risk
        }
        caused: dict[int, list[str]] = defaultdict(list)
        for sign in signs:
            if (sign.nutrient_id, sign.side) in moved:
                caused[sign.nutrient_id].append(sign.symptom.phrase)
        parts = [
            f"{', '.join(caused[nutrient.pk])} through {nutrient.phrase}"
            for nutrient in content.nutrients.values()
            if nutrient.pk in caused
        ]
        may = f"It may play a part in {'; '.join(parts)}. " if parts else ""
        lines.append(Line(f"{risk.name}.", f"{may}{risk.what_to_do}", risk))
    return lines


def _causes(
    ticked: Ticked, urgent: Urgent, content: ChecklistContent
) -> tuple[list[PossibleCause], list[PossibleCause]]:
    """The causes of the ticked signs: those to show, and those that get a line.

    A cause that a tick names comes first, an age last of these. An illness or a medicine that the
    form offers and the reader did not tick gets a line. If care is needed the same day, so does
    every cause that no tick names: it might calm wrongly.
    """
    symptoms = {symptom.pk for symptom in ticked.symptoms}
    ticked_causes = {cause.pk for cause in ticked.causes}
    shown: list[PossibleCause] = []
    lines: list[PossibleCause] = []
    for cause in content.causes.values():
        key = cause.pk
        is_ticked, brings_on = key in ticked_causes, content.cause_symptoms[key] & symptoms
        if content.cause_not_with[key] & symptoms or not (is_ticked or brings_on):
            continue
        matching = [symptom for symptom in ticked.symptoms if symptom.pk in brings_on]
        named = [cause.name] if is_ticked else []
        named += [risk.name for risk in ticked.risks if risk.pk in content.cause_risks[key]]
        if named:
            shown.append(PossibleCause(cause, matching, named))
        elif cause.is_common and not cause.only_if_ticked:
            is_line = _is_for_a_tick(cause, content) or urgent.level == Level.URGENT
            if not urgent.is_not_nutritional:
                (lines if is_line else shown).append(PossibleCause(cause, matching, []))

    ages = {risk.name for risk in ticked.risks if risk.kind == RiskKind.AGE}

    def place(row: PossibleCause) -> tuple[Any, ...]:
        named = set(row.named_by) - ages
        return (not named, not row.named_by, -len(row.symptoms), row.cause.position)

    return sorted(shown, key=place), sorted(lines, key=place)


def _is_for_a_tick(cause: OtherCause, content: ChecklistContent) -> bool:
    """Whether it is a medicine, an illness or a risk such as alcohol, which would be ticked."""
    asked_illness = cause.kind == CauseKind.CONDITION and cause.is_asked
    return cause.kind == CauseKind.MEDICINE or asked_illness or cause.slug in content.risks


def _interactions(ticked: Ticked, content: ChecklistContent) -> list[Interaction]:
    shown, risks = content.interaction_risks, {risk.pk for risk in ticked.risks}
    return [row for row in content.interactions.values() if shown[row.pk] & risks]


def _watch_for(ticked: Ticked, urgent: Urgent, content: ChecklistContent) -> list[RedFlag]:
    """The flags that go with the ticked symptoms and were not raised."""
    symptoms = {symptom.pk for symptom in ticked.symptoms}
    risks = {risk.pk for risk in ticked.risks}
    raised = urgent.raised
    return [
        flag
        for flag in content.flags.values()
        if content.flag_symptoms[flag.pk] & symptoms
        and (not content.flag_only_for[flag.pk] or content.flag_only_for[flag.pk] & risks)
        and flag.slug not in raised
    ]
