"""What readers can choose from: the symptoms, risk factors and red flags that forms offer."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from nutrients.models import (
    BodyArea,
    CauseKind,
    OtherCause,
    RedFlag,
    RiskFactor,
    RiskKind,
    Symptom,
    Urgency,
)

from .content import ChecklistContent

# Beyond so many symptoms a form holds the common ones, and the others are searched for.
MOST_IN_A_FORM = 100
MOST_FOUND = 24

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
class Choice:
    """One thing to tick: its slug and words, and whether it is ticked.

    `names` are all names that it is found by, in small letters.
    """

    slug: str
    label: str
    help: str = ""
    is_common: bool = True
    is_emergency: bool = False
    is_ticked: bool = False
    names: str = ""


@dataclass(frozen=True, slots=True)
class ChoiceGroup:
    """Choices under one heading; those that are not common stand behind “more”."""

    slug: str
    title: str
    choices: tuple[Choice, ...]

    @property
    def common(self) -> list[Choice]:
        """The choices that are always in sight."""
        return [choice for choice in self.choices if choice.is_common]

    @property
    def more(self) -> list[Choice]:
        """The choices behind “more”."""
        return [choice for choice in self.choices if not choice.is_common]

    @property
    def is_answered(self) -> bool:
        """Whether anything in the group is ticked."""
        return any(choice.is_ticked for choice in self.choices)

    @property
    def is_open(self) -> bool:
        """Whether something behind “more” is ticked: a tick is never hidden."""
        return any(choice.is_ticked for choice in self.more)

    def ticked(self, slugs: Collection[str]) -> ChoiceGroup:
        """The same group with these slugs ticked."""
        choices = (replace(choice, is_ticked=choice.slug in slugs) for choice in self.choices)
        return replace(self, choices=tuple(choices))


@dataclass(frozen=True, slots=True)
class SymptomChoices:
    """The symptoms of a form: `groups` stand in it, and `hidden` ones (by slug) are searched for.

    Few symptoms all stand in the form. Of many only the common ones do.
    """

    groups: list[ChoiceGroup]
    hidden: Mapping[str, Choice]
    labels: Mapping[str, str]

    def asked_for(self, ticked: Collection[str], words: str) -> FoundChoices:
        """The hidden symptoms that are ticked, and those whose names hold every word."""
        kept = [self.hidden[slug] for slug in ticked if slug in self.hidden]
        wanted = words.casefold().split()
        found = [
            choice
            for choice in (self.hidden.values() if wanted else ())
            if choice.slug not in ticked and all(word in choice.names for word in wanted)
        ]
        shown = [*(replace(choice, is_ticked=True) for choice in kept), *found[:MOST_FOUND]]
        return FoundChoices(words, shown, len(found), len(found) - len(found[:MOST_FOUND]))


@dataclass(frozen=True, slots=True)
class FoundChoices:
    """What a search for `words` adds to a form, whatever is ticked first.

    `found` counts what the words gave, and `left` how much of that is not shown.
    """

    words: str
    choices: list[Choice]
    found: int
    left: int


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
    symptoms = _symptom_choices(
        symptom for symptom in content.symptoms.values() if symptom.is_noticeable
    )
    kinds = [(risk.kind, _risk_choice(risk)) for risk in content.risks.values()]
    kinds += [(CAUSE_GROUPS[CauseKind(cause.kind)], _risk_choice(cause)) for cause in causes]
    groups = _grouped(RiskKind, kinds)
    ages = [choice for group in groups if group.slug == RiskKind.AGE for choice in group.choices]
    return ChecklistChoices(
        ChoiceGroup("who", "Who is this for?", tuple(ages)),
        _flag_group("First, any of these?", [flag for flag in flags if _is_emergency(flag)]),
        symptoms.groups,
        _flag_group("Do any of these apply?", [flag for flag in flags if not _is_emergency(flag)]),
        [group for group in groups if group.slug != RiskKind.AGE],
        {
            slug: frozenset(answer.slug for answer in content.answers[question.pk])
            for slug, question in content.questions.items()
        },
        symptoms,
    )


def _symptom_choices(symptoms: Iterable[Symptom]) -> SymptomChoices:
    groups = _by_area(symptoms)
    every = {choice.slug: choice for group in groups for choice in group.choices}
    hidden: dict[str, Choice] = {}
    if len(every) > MOST_IN_A_FORM:
        hidden = {slug: choice for slug, choice in every.items() if not choice.is_common}
        groups = [replace(group, choices=tuple(group.common)) for group in groups if group.common]
    return SymptomChoices(groups, hidden, {slug: one.label for slug, one in every.items()})


def _by_area(symptoms: Iterable[Symptom]) -> list[ChoiceGroup]:
    rows = [(symptom.body_area, _symptom_choice(symptom)) for symptom in symptoms]
    return _grouped(BodyArea, rows)


def _grouped(
    kinds: type[BodyArea] | type[RiskKind], rows: Iterable[tuple[str, Choice]]
) -> list[ChoiceGroup]:
    rows = list(rows)
    groups = [
        ChoiceGroup(kind.value, str(kind.label), tuple(row for value, row in rows if value == kind))
        for kind in kinds
    ]
    return [group for group in groups if group.choices]


def _slugs(groups: Iterable[ChoiceGroup]) -> frozenset[str]:
    return frozenset(choice.slug for group in groups for choice in group.choices)


def _flag_group(title: str, flags: Iterable[RedFlag]) -> ChoiceGroup:
    return ChoiceGroup("flags", title, tuple(map(_flag_choice, flags)))


def _flag_choice(flag: RedFlag) -> Choice:
    return Choice(flag.slug, flag.tick_label, is_emergency=_is_emergency(flag))


def _is_emergency(flag: RedFlag) -> bool:
    return flag.level == Urgency.EMERGENCY


def _symptom_choice(symptom: Symptom) -> Choice:
    names = f"{symptom.name} {symptom.clinical_term} {symptom.also_known_as}".casefold()
    return Choice(
        symptom.slug,
        symptom.name,
        symptom.description,
        symptom.is_common,
        is_emergency=symptom.urgency == Urgency.EMERGENCY,
        names=names,
    )


def _risk_choice(row: RiskFactor | OtherCause) -> Choice:
    return Choice(row.slug, row.name, is_common=row.is_common)
