"""What the checklist asks and answers from: the published content of one moment, fetched once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from nutrients.evidence.content import EvidenceContent, by_slug
from nutrients.evidence.ranking import Tick, answer_slug
from nutrients.models import (
    Answer,
    Interaction,
    OtherCause,
    Question,
    RedFlag,
    RedFlagRule,
    RiskEffect,
    RiskFactor,
)

# What a rule names, and the kind of tick that it is.
TICK_KINDS = {"symptoms": "symptom", "risk_factors": "risk", "other_causes": "risk"}
SOME_KINDS = {f"some_{relation}": kind for relation, kind in TICK_KINDS.items()}


class ChecklistContent(EvidenceContent):
    """Everything that is published at the moment `at`, each part fetched when first asked for.

    One reader's answer asks for little, and the test book asks the same content many times. Rows
    stand under their slugs in their own order; links between rows are ids under ids.
    """

    @cached_property
    def risks(self) -> dict[str, RiskFactor]:
        """Every risk factor."""
        return by_slug(RiskFactor.objects.published(at=self.at))

    @cached_property
    def causes(self) -> dict[str, OtherCause]:
        """Every cause that is not a nutrient."""
        return by_slug(OtherCause.objects.published(at=self.at))

    @cached_property
    def flags(self) -> dict[str, RedFlag]:
        """Every red flag."""
        return by_slug(RedFlag.objects.published(at=self.at))

    @cached_property
    def interactions(self) -> list[Interaction]:
        """Every pair of foods, nutrients and medicines."""
        return list(Interaction.objects.published(at=self.at))

    @cached_property
    def rules(self) -> list[RedFlagRule]:
        """Every rule, also those of flags that are not published."""
        return list(RedFlagRule.objects.all())

    @cached_property
    def questions(self) -> dict[str, Question]:
        """Every question, in the order in which they are asked."""
        return by_slug(Question.objects.all())

    @cached_property
    def answers(self) -> Mapping[int, list[Answer]]:
        """The answers to each question, in their order."""
        grouped: dict[int, list[Answer]] = defaultdict(list)
        for answer in Answer.objects.order_by("position", "slug"):
            grouped[answer.question_id].append(answer)
        return grouped

    @cached_property
    def lowered(self) -> Mapping[int, set[int]]:
        """The nutrients that each risk factor lowers."""
        return _linked(RiskFactor.lowers)

    @cached_property
    def raised(self) -> Mapping[int, set[int]]:
        """The nutrients that each risk factor raises."""
        return _linked(RiskFactor.raises)

    @cached_property
    def effects(self) -> dict[tuple[int, int], RiskEffect]:
        """What each risk factor does to each nutrient, under the ids of both."""
        return {(row.risk_factor_id, row.nutrient_id): row for row in RiskEffect.objects.all()}

    @cached_property
    def cause_not_with(self) -> Mapping[int, set[int]]:
        """The symptoms beside which each cause is not shown."""
        return _linked(OtherCause.not_with_symptoms)

    @cached_property
    def flag_withholds(self) -> Mapping[int, set[int]]:
        """The nutrients of which no food is named while a flag may be raised."""
        return _linked(RedFlag.keeps_foods_of)

    @cached_property
    def cause_symptoms(self) -> Mapping[int, set[int]]:
        """The symptoms that each cause brings on."""
        return _linked(OtherCause.symptoms)

    @cached_property
    def cause_risks(self) -> Mapping[int, set[int]]:
        """The risk factors that point to each cause."""
        return _linked(OtherCause.risk_factors)

    @cached_property
    def interaction_risks(self) -> Mapping[int, set[int]]:
        """The risk factors that show each interaction."""
        return _linked(Interaction.risk_factors)

    @cached_property
    def flag_symptoms(self) -> Mapping[int, set[int]]:
        """The symptoms that each red flag goes with."""
        return _linked(RedFlag.related_symptoms)

    @cached_property
    def flag_only_for(self) -> Mapping[int, set[int]]:
        """The risk factors of those whom each red flag is about; none where it is everybody."""
        return _linked(RedFlag.only_for)

    @cached_property
    def rule_ticks(self) -> Mapping[int, set[Tick]]:
        """The ticks that each rule names. One that is not published is named all the same.

        Nobody can tick it, so that its rule rests. Without it the rule would ask for less.
        """
        return _named(TICK_KINDS)

    @cached_property
    def rule_some(self) -> Mapping[int, set[Tick]]:
        """The ticks of which each rule asks for some."""
        return _named(SOME_KINDS)

    @cached_property
    def rule_answers(self) -> Mapping[int, frozenset[frozenset[Tick]]]:
        """The answers that each rule names, a group for each question."""
        named: dict[int, dict[str, set[Tick]]] = defaultdict(lambda: defaultdict(set))
        rows = RedFlagRule.objects.filter(answers__isnull=False)
        for rule, question, slug in rows.values_list(
            "pk", "answers__question__slug", "answers__slug"
        ):
            named[rule][question].add(Tick("answer", answer_slug(question, slug)))
        groups = {
            rule: frozenset(map(frozenset, by_question.values()))
            for rule, by_question in named.items()
        }
        return defaultdict(frozenset, groups)


def _named(relations: Mapping[str, str]) -> Mapping[int, set[Tick]]:
    """The ticks that each rule names in these relations, under the rule's id."""
    named: dict[int, set[Tick]] = defaultdict(set)
    for relation, kind in relations.items():
        rows = RedFlagRule.objects.filter(**{f"{relation}__isnull": False})
        for rule, slug in rows.values_list("pk", f"{relation}__slug"):
            named[rule].add(Tick(kind, slug))
    return named


def _linked(link: Any) -> Mapping[int, set[int]]:
    """The ids at the far end of a many-to-many link, under the id at its near end.

    Ids alone: rows fetched along with each other would be built once for every link.
    """
    near, far = f"{link.field.m2m_field_name()}_id", f"{link.field.m2m_reverse_field_name()}_id"
    ids: dict[int, set[int]] = defaultdict(set)
    for one, other in link.through.objects.values_list(near, far):
        ids[one].add(other)
    return ids
