"""What the checklist asks and answers from: the published content of one moment, as choices too."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from nutrients.evidence.content import EvidenceContent, by_slug
from nutrients.evidence.ranking import Tick, answer_tick
from nutrients.models import (
    Answer,
    BodyArea,
    CauseKind,
    Interaction,
    OtherCause,
    Question,
    RedFlag,
    RedFlagRule,
    RiskEffect,
    RiskFactor,
    RiskKind,
    Urgency,
)

# What a rule names, and the kind of tick that it is.
TICK_KINDS = {"symptoms": "symptom", "risk_factors": "risk", "other_causes": "risk"}
SOME_KINDS = {f"some_{relation}": kind for relation, kind in TICK_KINDS.items()}
# A cause that is asked is in the group in which a reader looks for it.
CAUSE_GROUPS = {
    CauseKind.NORMAL: RiskKind.LIFESTYLE,
    CauseKind.LIFESTYLE: RiskKind.LIFESTYLE,
    CauseKind.STIMULANT: RiskKind.LIFESTYLE,
    CauseKind.MIND: RiskKind.LIFESTYLE,
    CauseKind.MEDICINE: RiskKind.MEDICINE,
    CauseKind.CONDITION: RiskKind.CONDITION,
}


def _linked(link: Any) -> cached_property[Mapping[int, set[int]]]:
    """A property: the ids at the far end of a many-to-many link, under the id at its near end.

    Ids alone: rows fetched along with each other would be built once for every link.
    """
    near, far = f"{link.field.m2m_field_name()}_id", f"{link.field.m2m_reverse_field_name()}_id"

    def linked(content: ChecklistContent) -> Mapping[int, set[int]]:
        ids: dict[int, set[int]] = defaultdict(set)
        for near_id, far_id in link.through.objects.values_list(near, far):
            ids[near_id].add(far_id)
        return ids

    return cached_property(linked)


def _named(relations: Mapping[str, str]) -> cached_property[Mapping[int, set[Tick]]]:
    """A property: the ticks that each rule names in these relations, under the rule's id."""

    def named(content: ChecklistContent) -> Mapping[int, set[Tick]]:
        ticks: dict[int, set[Tick]] = defaultdict(set)
        for relation, kind in relations.items():
            rows = RedFlagRule.objects.filter(**{f"{relation}__isnull": False})
            for rule, slug in rows.values_list("pk", f"{relation}__slug"):
                ticks[rule].add(Tick(kind, slug))
        return ticks

    return cached_property(named)


class ChecklistContent(EvidenceContent):
    """Everything that is published at the moment `at`, each part fetched when first asked for.

    One reader's answer asks for little, and the test book asks the same content many times. Rows
    are kept by their slugs in their own order; links between rows are ids under ids.
    """

    @cached_property
    def risks(self) -> dict[str, RiskFactor]:
        return by_slug(RiskFactor.objects.published(at=self.at))

    @cached_property
    def causes(self) -> dict[str, OtherCause]:
        return by_slug(OtherCause.objects.published(at=self.at))

    @cached_property
    def flags(self) -> dict[str, RedFlag]:
        return by_slug(RedFlag.objects.published(at=self.at))

    @cached_property
    def interactions(self) -> list[Interaction]:
        return list(Interaction.objects.published(at=self.at))

    @cached_property
    def rules(self) -> list[RedFlagRule]:
        """Every rule, also those of flags that are not published."""
        return list(RedFlagRule.objects.all())

    @cached_property
    def questions(self) -> dict[str, Question]:
        return by_slug(Question.objects.all())

    @cached_property
    def answers(self) -> Mapping[int, list[Answer]]:
        grouped: dict[int, list[Answer]] = defaultdict(list)
        for answer in Answer.objects.order_by("position", "slug"):
            grouped[answer.question_id].append(answer)
        return grouped

    @cached_property
    def effects(self) -> dict[tuple[int, int], RiskEffect]:
        """What each risk factor does to each nutrient, under the ids of both."""
        return {(row.risk_factor_id, row.nutrient_id): row for row in RiskEffect.objects.all()}

    # The nutrients that each risk factor lowers and raises.
    lowered = _linked(RiskFactor.lowers)
    raised = _linked(RiskFactor.raises)
    # The symptoms that each cause brings on, those beside which it is not shown, and the risk
    # factors that point to it.
    cause_symptoms = _linked(OtherCause.symptoms)
    cause_not_with = _linked(OtherCause.not_with_symptoms)
    cause_risks = _linked(OtherCause.risk_factors)
    # The risk factors that show each interaction.
    interaction_risks = _linked(Interaction.risk_factors)
    # The symptoms that each red flag goes with, the risk factors that it is limited to, and the
    # nutrients of which no food is named while it may be raised.
    flag_symptoms = _linked(RedFlag.related_symptoms)
    flag_only_for = _linked(RedFlag.only_for)
    flag_withholds = _linked(RedFlag.keeps_foods_of)

    # The ticks that each rule names, and those of which it asks for some. One that is not
    # published is named all the same: it cannot be ticked, so its rule never fires. Without it the
    # rule would ask for less.
    rule_ticks = _named(TICK_KINDS)
    rule_some = _named(SOME_KINDS)

    @cached_property
    def rule_answers(self) -> Mapping[int, frozenset[frozenset[Tick]]]:
        """The answers that each rule names, a group for each question."""
        named: dict[int, dict[str, set[Tick]]] = defaultdict(lambda: defaultdict(set))
        rows = RedFlagRule.objects.filter(answers__isnull=False)
        for rule, question, slug in rows.values_list(
            "pk", "answers__question__slug", "answers__slug"
        ):
            named[rule][question].add(answer_tick(question, slug))
        groups = {
            rule: frozenset(map(frozenset, by_question.values()))
            for rule, by_question in named.items()
        }
        return defaultdict(frozenset, groups)


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to tick: its slug and words, and whether it is ticked."""

    slug: str
    label: str
    help: str = ""
    is_common: bool = True
    is_emergency: bool = False
    is_ticked: bool = False


@dataclass(frozen=True)
class ChoiceGroup:
    """Choices under one heading; those that are not common are behind “more”."""

    slug: str
    title: str
    choices: tuple[Choice, ...]

    @cached_property
    def common(self) -> list[Choice]:
        return [choice for choice in self.choices if choice.is_common]

    @cached_property
    def more(self) -> list[Choice]:
        return [choice for choice in self.choices if not choice.is_common]

    @property
    def is_answered(self) -> bool:
        return any(choice.is_ticked for choice in self.choices)

    @property
    def is_open(self) -> bool:
        """Whether something behind “more” is ticked: a tick is never hidden."""
        return any(choice.is_ticked for choice in self.more)

    def ticked(self, slugs: Collection[str]) -> ChoiceGroup:
        """The group with these ticked; as it is, nothing is."""
        if not any(choice.slug in slugs for choice in self.choices):
            return self
        choices = (replace(choice, is_ticked=choice.slug in slugs) for choice in self.choices)
        return replace(self, choices=tuple(choices))


@dataclass(frozen=True)
class ChecklistChoices:
    """Everything that the checklist asks.

    `who` holds the ages, of which one is chosen. `answers` are those that can be given, under the
    question's slug.
    """

    who: ChoiceGroup
    flags: ChoiceGroup
    symptoms: list[ChoiceGroup]
    other_flags: ChoiceGroup
    risks: list[ChoiceGroup]
    answers: Mapping[str, frozenset[str]]

    @cached_property
    def flag_slugs(self) -> frozenset[str]:
        return _slugs([self.flags, self.other_flags])

    @cached_property
    def symptom_slugs(self) -> frozenset[str]:
        return _slugs(self.symptoms)

    @cached_property
    def risk_slugs(self) -> frozenset[str]:
        """The slugs of risk factors and of the causes that are asked beside them."""
        return _slugs([self.who, *self.risks])

    def ticked(self, ticks: Iterable[Tick]) -> ChecklistChoices:
        slugs: dict[str, set[str]] = defaultdict(set)
        for kind, slug in ticks:
            slugs[kind].add(slug)
        return replace(
            self,
            who=self.who.ticked(slugs["risk"]),
            flags=self.flags.ticked(slugs["flag"]),
            symptoms=[group.ticked(slugs["symptom"]) for group in self.symptoms],
            other_flags=self.other_flags.ticked(slugs["flag"]),
            risks=[group.ticked(slugs["risk"]) for group in self.risks],
        )


def checklist_choices(content: ChecklistContent) -> ChecklistChoices:
    """What the checklist asks: emergencies, symptoms by body area, other flags, risk factors."""
    flags = [
        Choice(flag.slug, flag.tick_label, is_emergency=flag.level == Urgency.EMERGENCY)
        for flag in content.flags.values()
        if flag.is_asked
    ]
    symptoms = [
        (
            row.body_area,
            Choice(
                row.slug,
                row.name,
                row.description,
                row.is_common,
                is_emergency=row.urgency == Urgency.EMERGENCY,
            ),
        )
        for row in content.symptoms.values()
        if row.is_noticeable
    ]
    asked: list[tuple[str, Any]] = [(risk.kind, risk) for risk in content.risks.values()]
    asked += [
        (CAUSE_GROUPS[CauseKind(cause.kind)], cause)
        for cause in content.causes.values()
        if cause.is_asked
    ]
    risks = [(kind, Choice(row.slug, row.name, is_common=row.is_common)) for kind, row in asked]
    groups = _grouped(RiskKind, risks)
    ages = [choice for group in groups if group.slug == RiskKind.AGE for choice in group.choices]
    return ChecklistChoices(
        ChoiceGroup("who", "Who is this for?", tuple(ages)),
        ChoiceGroup(
            "flags", "First, any of these?", tuple(flag for flag in flags if flag.is_emergency)
        ),
        _grouped(BodyArea, symptoms),
        ChoiceGroup(
            "flags", "Do any of these apply?", tuple(f for f in flags if not f.is_emergency)
        ),
        [group for group in groups if group.slug != RiskKind.AGE],
        {
            slug: frozenset(answer.slug for answer in content.answers[question.pk])
            for slug, question in content.questions.items()
        },
    )


def _grouped(
    kinds: type[BodyArea] | type[RiskKind], rows: list[tuple[str, Choice]]
) -> list[ChoiceGroup]:
    groups = [
        ChoiceGroup(kind.value, str(kind.label), tuple(row for value, row in rows if value == kind))
        for kind in kinds
    ]
    return [group for group in groups if group.choices]


def _slugs(groups: Iterable[ChoiceGroup]) -> frozenset[str]:
    return frozenset(choice.slug for group in groups for choice in group.choices)
