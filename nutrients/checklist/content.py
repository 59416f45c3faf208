"""The published content behind the answers of the checklist, and the choices of its form."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import cached_property
from itertools import chain
from typing import Any, NamedTuple

from django.db.models import Prefetch

from nutrients.evidence.content import EvidenceContent, by_slug, published
from nutrients.evidence.ranking import Tick
from nutrients.models import (
    Answer,
    BodyArea,
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

# Rules are fetched with unpublished rows too: these cannot be ticked, so their rule never fires.
# Without them the rule would require less.
NAMED: tuple[Any, ...] = (
    Prefetch("answers", Answer.objects.select_related("question")),
    *("symptoms", "risk_factors", "other_causes"),
    *("some_symptoms", "some_risk_factors", "some_other_causes"),
)
ANSWERS: Any = Prefetch("answers", Answer.objects.order_by("position", "slug"))


def _linked(link: Any) -> cached_property[Mapping[int, set[int]]]:
    """Return a cached property that maps ids to linked ids of a many-to-many field.

    It has ids only, because prefetching would build a row for every link.
    """
    near, far = f"{link.field.m2m_field_name()}_id", f"{link.field.m2m_reverse_field_name()}_id"

    def linked(content: ChecklistContent) -> Mapping[int, set[int]]:
        ids: dict[int, set[int]] = defaultdict(set)
        for near_id, far_id in link.through.objects.values_list(near, far):
            ids[near_id].add(far_id)
        return ids

    return cached_property(linked)


class ChecklistContent(EvidenceContent):
    """Everything that is published at the moment `at`, each part fetched at its first use.

    An answer needs few parts, and the test book uses the same content many times. Rows are
    keyed by slug, in their order; links between rows map ids to ids.
    """

    risks = published(RiskFactor)
    causes = published(OtherCause)
    flags = published(RedFlag)
    interactions = published(Interaction)

    @cached_property
    def rules(self) -> list[RedFlagRule]:
        """Every rule with the rows that it names, also of flags that are not published."""
        return list(RedFlagRule.objects.prefetch_related(*NAMED))

    @cached_property
    def questions(self) -> dict[str, Question]:
        """Every question with its answers, worst first."""
        return by_slug(Question.objects.prefetch_related(ANSWERS))

    @cached_property
    def effects(self) -> Mapping[int, list[RiskEffect]]:
        """The effects of each risk factor, by its id."""
        effects: dict[int, list[RiskEffect]] = defaultdict(list)
        risks = Prefetch("risk_factor", RiskFactor.objects.published(at=self.at))
        for effect in RiskEffect.objects.prefetch_related(risks):
            effects[effect.risk_factor_id].append(effect)
        return effects

    # The symptoms that each cause brings on, those that rule it out, and the risk factors for it.
    cause_symptoms = _linked(OtherCause.symptoms)
    cause_not_with = _linked(OtherCause.not_with_symptoms)
    cause_risks = _linked(OtherCause.risk_factors)
    # The risk factors that show each interaction.
    interaction_risks = _linked(Interaction.risk_factors)
    # The symptoms that each red flag goes with, the risk factors that it is limited to, and the
    # nutrients of which no food is named while the flag may be raised.
    flag_symptoms = _linked(RedFlag.related_symptoms)
    flag_only_for = _linked(RedFlag.only_for)
    flag_withholds = _linked(RedFlag.withheld_nutrients)


class Choice(NamedTuple):
    """One thing to tick, and its words."""

    tick: Tick
    label: str
    help: str = ""
    is_common: bool = True
    is_emergency: bool = False


class ChoiceGroup:
    """Choices under a heading. Uncommon ones are folded away."""

    def __init__(self, title: str, choices: list[Choice], *, starts_open: bool = False) -> None:
        self.title, self.choices, self.starts_open = title, choices, starts_open
        self.common = [choice for choice in choices if choice.is_common]
        self.more = [choice for choice in choices if not choice.is_common]


class ChecklistChoices(NamedTuple):
    """Everything that the form offers. `who` holds the ages, of which one is chosen.

    `values` are the possible values of each parameter, questions included.
    """

    who: ChoiceGroup
    flags: ChoiceGroup
    symptoms: list[ChoiceGroup]
    other_flags: ChoiceGroup
    risks: list[ChoiceGroup]
    values: dict[str, set[str]]


def checklist_choices(content: ChecklistContent) -> ChecklistChoices:
    """Return the choices: emergencies, symptoms by body area, other flags and risk factors."""
    flags = [
        Choice(
            Tick("flag", flag.slug),
            flag.tick_label,
            is_emergency=flag.level == Urgency.EMERGENCY,
        )
        for flag in content.flags.values()
        if flag.is_asked
    ]
    symptoms: dict[str, list[Choice]] = defaultdict(list)
    for row in content.symptoms.values():
        if row.is_noticeable:
            tick, is_emergency = Tick("symptom", row.slug), row.urgency == Urgency.EMERGENCY
            choice = Choice(tick, row.name, row.description, row.is_common, is_emergency)
            symptoms[row.body_area].append(choice)
    risks: dict[str, list[Choice]] = defaultdict(list)
    offered: list[RiskFactor | OtherCause] = [*content.risks.values()]
    offered += [cause for cause in content.causes.values() if cause.is_asked]
    for risk in offered:
        # A cause is in the group in which readers look for it.
        kind = risk.kind if risk.kind in RiskKind.values else RiskKind.LIFESTYLE
        risks[kind].append(Choice(Tick("risk", risk.slug), risk.name, is_common=risk.is_common))
    values: dict[str, set[str]] = defaultdict(set)
    for choice in chain(flags, *symptoms.values(), *risks.values()):
        values[choice.tick.kind].add(choice.tick.slug)
    for slug, question in content.questions.items():
        values[slug] = {answer.slug for answer in question.answers.all()}
    areas = [area for area in BodyArea if area in symptoms]
    return ChecklistChoices(
        ChoiceGroup("Who is this for?", risks.pop(RiskKind.AGE, [])),
        ChoiceGroup("First, any of these?", [f for f in flags if f.is_emergency]),
        [ChoiceGroup(area.label, symptoms[area], starts_open=area == areas[0]) for area in areas],
        ChoiceGroup("Do any of these apply?", [f for f in flags if not f.is_emergency]),
        [ChoiceGroup(kind.label, risks[kind]) for kind in RiskKind if kind in risks],
        values={"symptom": set(), "risk": set(), "flag": set()} | values,
    )
