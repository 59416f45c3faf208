"""What readers can choose from: the symptoms, risk factors and red flags that forms offer."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from nutrients.evidence.content import Choice, ChoiceGroup, SymptomChoices, grouped, symptom_choices
from nutrients.models import (
    CauseKind,
    OtherCause,
    RedFlag,
    RiskFactor,
    RiskKind,
    Urgency,
)

from .content import ChecklistContent

# A cause that is asked stands in the group where a reader looks for it.
CAUSE_GROUPS = {
    CauseKind.NORMAL: RiskKind.LIFESTYLE,
    CauseKind.LIFESTYLE: RiskKind.LIFESTYLE,
    CauseKind.STIMULANT: RiskKind.LIFESTYLE,
    CauseKind.MIND: RiskKind.LIFESTYLE,
    CauseKind.MEDICINE: RiskKind.MEDICINE,
    CauseKind.CONDITION: RiskKind.CONDITION,
}


@dataclass(frozen=True, slots=True)
class ChecklistChoices:
    """Everything that the checklist asks.

    `who` holds the ages, of which one is chosen. `answers` are those that can be given, under the
    question's slug.
    `symptoms` stand in the form; the others of `every_symptom` are searched for.
    """

    who: ChoiceGroup
    flags: ChoiceGroup
    symptoms: list[ChoiceGroup]
    other_flags: ChoiceGroup
    risks: list[ChoiceGroup]
    answers: Mapping[str, frozenset[str]]
    every_symptom: SymptomChoices

    @property
    def flag_slugs(self) -> frozenset[str]:
        """The slugs of the red flags that are asked."""
        return _slugs([self.flags, self.other_flags])

    @property
    def unticked_flags(self) -> list[Choice]:
        """The red flags that are asked and not ticked."""
        asked = (*self.flags.choices, *self.other_flags.choices)
        return [choice for choice in asked if not choice.is_ticked]

    @property
    def symptom_slugs(self) -> Collection[str]:
        """The slugs of the symptoms that a reader can notice."""
        return self.every_symptom.labels.keys()

    @property
    def risk_slugs(self) -> frozenset[str]:
        """The slugs of risk factors and of the causes that are asked beside them."""
        return _slugs([self.who, *self.risks])

    def ticked(
        self, flags: Collection[str], symptoms: Collection[str], risks: Collection[str]
    ) -> ChecklistChoices:
        """The same choices with these slugs ticked."""
        return replace(
            self,
            who=self.who.ticked(risks),
            flags=self.flags.ticked(flags),
            symptoms=[group.ticked(symptoms) for group in self.symptoms],
            other_flags=self.other_flags.ticked(flags),
            risks=[group.ticked(risks) for group in self.risks],
        )


def checklist_choices(content: ChecklistContent) -> ChecklistChoices:
    """What the checklist asks: emergencies, symptoms by body area, other flags, risk factors."""
    flags = [flag for flag in content.flags.values() if flag.is_asked]
    causes = (cause for cause in content.causes.values() if cause.is_asked)
    symptoms = symptom_choices(
        symptom for symptom in content.symptoms.values() if symptom.is_noticeable
    )
    kinds = [(risk.kind, _risk_choice(risk)) for risk in content.risks.values()]
    kinds += [(CAUSE_GROUPS[CauseKind(cause.kind)], _risk_choice(cause)) for cause in causes]
    groups = grouped(RiskKind, kinds)
    ages = [choice for group in groups if group.slug == RiskKind.AGE for choice in group.choices]
    return ChecklistChoices(
        ChoiceGroup("who", "Who is this for, and how old are they?", tuple(ages)),
        _flag_group("First, any of these?", [flag for flag in flags if _is_emergency(flag)]),
        symptoms.groups,
        _flag_group(
            "Does any of this fit too?", [flag for flag in flags if not _is_emergency(flag)]
        ),
        [group for group in groups if group.slug != RiskKind.AGE],
        {
            slug: frozenset(answer.slug for answer in content.answers[question.pk])
            for slug, question in content.questions.items()
        },
        symptoms,
    )


def _slugs(groups: Iterable[ChoiceGroup]) -> frozenset[str]:
    return frozenset(choice.slug for group in groups for choice in group.choices)


def _flag_group(title: str, flags: Iterable[RedFlag]) -> ChoiceGroup:
    return ChoiceGroup("flags", title, tuple(map(_flag_choice, flags)))


def _flag_choice(flag: RedFlag) -> Choice:
    return Choice(flag.slug, flag.tick_label, is_emergency=_is_emergency(flag))


def _is_emergency(flag: RedFlag) -> bool:
    return flag.level == Urgency.EMERGENCY


def _risk_choice(row: RiskFactor | OtherCause) -> Choice:
    return Choice(row.slug, row.name, is_common=row.is_common)
