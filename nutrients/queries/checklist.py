"""What the checklist answers: urgency first, other causes next, then nutrients worth a look."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from nutrients.models import (
    Association,
    FoodSource,
    Interaction,
    Nutrient,
    OtherCause,
    RedFlag,
    Relation,
    RiskFactor,
    RiskKind,
    Symptom,
    Urgency,
)
from nutrients.ranking import ORDER, Candidate, Level, Link, Suggestion, Tick, rank

from .associations import associations_by_nutrient
from .comparison import links
from .foods import RichFood, richest_foods, unmeasured_foods
from .urgency import Urgent, urgency_of

# Shown in full; the rest get a line each, so that the page can be read on a phone.
NUTRIENTS_IN_FULL = 3
CAUSES_IN_FULL = 4


@dataclass(frozen=True, slots=True)
class Ticked:
    """What was ticked, as rows. `ranked` are the ticks that nutrients may be linked with."""

    symptoms: list[Symptom]
    risks: list[RiskFactor]
    causes: list[OtherCause]
    flags: list[RedFlag]

    @property
    def ranked(self) -> list[Tick]:
        """Symptoms and risk factors; other causes and red flags say nothing of a nutrient."""
        ticks = [Tick("symptom", symptom.slug) for symptom in self.symptoms]
        return [*ticks, *(Tick("risk", risk.slug) for risk in self.risks)]

    @property
    def risks_and_causes(self) -> list[RiskFactor | OtherCause]:
        """What the form asks under food, habits, health and medicines."""
        return [*self.risks, *self.causes]

    @property
    def count(self) -> int:
        """How many things were ticked."""
        return len(self.symptoms) + len(self.risks) + len(self.causes) + len(self.flags)


@dataclass(frozen=True, slots=True)
class PossibleCause:
    """A cause that is not a nutrient, with the ticked signs it brings on and ticks that name it."""

    cause: OtherCause
    symptoms: list[Symptom]
    named_by: list[str]


@dataclass(frozen=True, slots=True)
class NutrientMatch:
    """A suggested nutrient: the ticks on the side of too little, of too much, and the others."""

    nutrient: Nutrient
    matched: int
    low: list[Association]
    high: list[Association]
    lowered_by: list[RiskFactor]
    raised_by: list[RiskFactor]
    unexplained: list[Symptom]
    unrelated: list[RiskFactor]
    foods: list[RichFood]
    other_sources: list[FoodSource]

    @property
    def reasons(self) -> list[str]:
        """The ticks it matches, each once, in words for the middle of a sentence."""
        signs = [sign.symptom.phrase for sign in self.signs]
        return list(dict.fromkeys([*signs, *(risk.name for risk in self.risks)]))

    @property
    def signs(self) -> list[Association]:
        """The matching associations, of too little and then of too much."""
        return [*self.low, *self.high]

    @property
    def risks(self) -> list[RiskFactor]:
        """The matching risk factors."""
        return [*self.lowered_by, *self.raised_by]

    @property
    def is_low(self) -> bool:
        """Whether a tick fits too little of it. Foods are named only then."""
        return bool(self.low or self.lowered_by)

    @property
    def is_high(self) -> bool:
        """Whether a tick fits too much of it."""
        return bool(self.high or self.raised_by)


@dataclass(frozen=True, slots=True)
class ChecklistResult:
    """The answer to the ticks. In an emergency nothing but `ticked` and `urgent` is filled."""

    ticked: Ticked
    urgent: Urgent
    causes: list[PossibleCause] = field(default_factory=list)
    order: tuple[str, ...] = tuple(step.words for step in ORDER)
    in_full: list[NutrientMatch] = field(default_factory=list)
    in_brief: list[NutrientMatch] = field(default_factory=list)
    against: list[Association] = field(default_factory=list)
    interactions: list[Interaction] = field(default_factory=list)
    unexplained: list[Symptom] = field(default_factory=list)
    watch_for: list[RedFlag] = field(default_factory=list)

    @property
    def is_emergency(self) -> bool:
        """Whether the emergency card stands alone."""
        return self.urgent.level == Level.EMERGENCY

    @property
    def main_causes(self) -> list[PossibleCause]:
        """Every cause that was ticked, and others up to a handful."""
        return self.causes[: max(CAUSES_IN_FULL, sum(bool(row.named_by) for row in self.causes))]

    @property
    def other_causes(self) -> list[PossibleCause]:
        """The causes that get a line."""
        return self.causes[len(self.main_causes) :]

    @property
    def suggested(self) -> int:
        """How many nutrients are linked with a tick."""
        return len(self.in_full) + len(self.in_brief)

    @property
    def at_home(self) -> list[Symptom]:
        """Ticked symptoms that can wait, each with what would make it more urgent."""
        return [s for s in self.ticked.symptoms if s.urgency == Urgency.SELF_CARE]

    @property
    def names_medicine(self) -> bool:
        """Whether a medicine is ticked or shown."""
        return any(risk.kind == RiskKind.MEDICINE for risk in self.ticked.risks) or any(
            possible.cause.kind == "medicine" for possible in self.causes
        )


def checklist_result(ticks: Collection[Tick], *, at: datetime) -> ChecklistResult:
    """The answer to the ticks. The number of queries depends only on whether it is an emergency."""
    ticked, urgent = _ticked(ticks, at=at), urgency_of(ticks, at=at)
    if urgent.level == Level.EMERGENCY:
        return ChecklistResult(ticked, urgent)
    signs = associations_by_nutrient(at=at, symptoms=[symptom.pk for symptom in ticked.symptoms])
    against = [sign for rows in signs.values() for sign in rows if sign.is_against]
    speaking = {key: [sign for sign in rows if not sign.is_against] for key, rows in signs.items()}
    explained = {sign.symptom_id for rows in speaking.values() for sign in rows}
    suggestions = _suggestions(ticked, speaking, at=at)
    return ChecklistResult(
        ticked,
        urgent,
        causes=_causes(ticked, at=at),
        in_full=suggestions[:NUTRIENTS_IN_FULL],
        in_brief=suggestions[NUTRIENTS_IN_FULL:],
        against=against,
        interactions=_interactions(ticked, at=at),
        unexplained=[symptom for symptom in ticked.symptoms if symptom.pk not in explained],
        watch_for=_watch_for(ticked, at=at),
    )


def _ticked(ticks: Collection[Tick], *, at: datetime) -> Ticked:
    def slugs(kind: str) -> list[str]:
        return [tick.slug for tick in ticks if tick.kind == kind]

    risks = RiskFactor.objects.published(at=at).filter(slug__in=slugs("risk"))
    return Ticked(
        list(Symptom.objects.published(at=at).filter(slug__in=slugs("symptom"))),
        list(risks.prefetch_related("lowers", "raises")),
        list(OtherCause.objects.published(at=at).filter(slug__in=slugs("risk"), is_asked=True)),
        list(RedFlag.objects.published(at=at).filter(slug__in=slugs("flag"))),
    )


def _suggestions(
    ticked: Ticked, signs: dict[int, list[Association]], *, at: datetime
) -> list[NutrientMatch]:
    nutrients = {nutrient.slug: nutrient for nutrient in Nutrient.objects.published(at=at)}
    candidates = [
        Candidate(
            slug,
            nutrient.name,
            (*links(signs.get(nutrient.pk, ())), *_risk_links(nutrient, ticked)),
        )
        for slug, nutrient in nutrients.items()
    ]
    found = rank(ticked.ranked, candidates)
    diets = [risk.diet for risk in ticked.risks if risk.diet]
    foods, others = richest_foods(at=at, diets=diets), unmeasured_foods(at=at, diets=diets)
    return [
        _match(
            row, nutrients[row.slug], signs.get(nutrients[row.slug].pk, []), ticked, foods, others
        )
        for row in found
    ]


def _risk_links(nutrient: Nutrient, ticked: Ticked) -> Iterable[Link]:
    for risk in ticked.risks:
        if nutrient in risk.lowers.all() or nutrient in risk.raises.all():
            yield Link(Tick("risk", risk.slug))


def _match(
    suggestion: Suggestion,
    nutrient: Nutrient,
    signs: list[Association],
    ticked: Ticked,
    foods: dict[int, list[RichFood]],
    others: dict[int, list[FoodSource]],
) -> NutrientMatch:
    left = set(suggestion.unexplained)
    return NutrientMatch(
        nutrient,
        len(suggestion.matched),
        low=[sign for sign in signs if sign.relation != Relation.EXCESS],
        high=[sign for sign in signs if sign.relation == Relation.EXCESS],
        lowered_by=[risk for risk in ticked.risks if nutrient in risk.lowers.all()],
        raised_by=[risk for risk in ticked.risks if nutrient in risk.raises.all()],
        unexplained=[s for s in ticked.symptoms if Tick("symptom", s.slug) in left],
        unrelated=[r for r in ticked.risks if Tick("risk", r.slug) in left],
        foods=foods.get(nutrient.pk, []),
        other_sources=others.get(nutrient.pk, []),
    )


def _causes(ticked: Ticked, *, at: datetime) -> list[PossibleCause]:
    """Common causes of the ticked signs, and every cause that was ticked: those come first."""
    rows = OtherCause.objects.published(at=at).prefetch_related("symptoms", "risk_factors")
    found = []
    for cause in rows:
        symptoms = [symptom for symptom in ticked.symptoms if symptom in cause.symptoms.all()]
        named = [cause.name] if cause in ticked.causes else []
        named += [risk.name for risk in ticked.risks if risk in cause.risk_factors.all()]
        if cause in ticked.causes or (symptoms and (cause.is_common or named)):
            found.append(PossibleCause(cause, symptoms, named))
    return sorted(found, key=lambda row: (not row.named_by, -len(row.symptoms), row.cause.position))


def _interactions(ticked: Ticked, *, at: datetime) -> list[Interaction]:
    rows = Interaction.objects.published(at=at).filter(risk_factors__in=ticked.risks)
    return list(rows.distinct())


def _watch_for(ticked: Ticked, *, at: datetime) -> list[RedFlag]:
    """Emergency signs that go with the ticked symptoms."""
    flags = RedFlag.objects.published(at=at).filter(level=Urgency.EMERGENCY)
    return list(flags.filter(related_symptoms__in=ticked.symptoms).distinct())
