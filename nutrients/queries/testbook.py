"""The test book: its cases for a run, and the book with its outcomes for the page."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from nutrients.models import CaseGroup, CaseOutcome, FoodSource, Nutrient, SafetyCase

TICKED = ("symptoms", "risk_factors", "other_causes", "red_flags", "answers__question")
EXPECTED = ("must_warn", "must_suggest", "must_not_suggest")


@dataclass(frozen=True, slots=True)
class BookCase:
    """A case as the page shows it: `outcome` is None where it has not been run."""

    case: SafetyCase
    ticked: list[str]
    query: str
    outcome: CaseOutcome | None


@dataclass(frozen=True, slots=True)
class BookGroup:
    """The cases of one group."""

    group: CaseGroup
    cases: list[BookCase]

    @property
    def failing(self) -> list[BookCase]:
        """The cases of the group that fail."""
        return [one for one in self.cases if one.outcome and not one.outcome.passes]


@dataclass(frozen=True, slots=True)
class Book:
    """The whole book by group. `last_run` is one outcome of the last run, or None."""

    groups: list[BookGroup]
    last_run: CaseOutcome | None

    @property
    def total(self) -> int:
        """How many cases there are."""
        return sum(len(group.cases) for group in self.groups)

    @property
    def failing(self) -> list[BookCase]:
        """Every case that fails."""
        return [one for group in self.groups for one in group.failing]

    @property
    def not_run(self) -> int:
        """How many cases have not been run yet."""
        return sum(one.outcome is None for group in self.groups for one in group.cases)


def counting_cases(slugs: Collection[str] | None = None) -> list[SafetyCase]:
    """The cases that count, each with all that it names; with `slugs` only those."""
    cases = SafetyCase.objects.counting().prefetch_related(*TICKED, *EXPECTED)
    return list(cases if slugs is None else cases.filter(slug__in=slugs))


def safety_book() -> Book:
    """The test book with what its last run found. The number of queries is always the same."""
    outcomes = {outcome.case_id: outcome for outcome in CaseOutcome.objects.all()}
    cases = counting_cases()
    groups = [
        BookGroup(
            group,
            [_book_case(case, outcomes.get(case.pk)) for case in cases if case.group == group],
        )
        for group in CaseGroup
    ]
    last = max(outcomes.values(), key=lambda outcome: outcome.checked_at, default=None)
    return Book([group for group in groups if group.cases], last)


def case_query(case: SafetyCase) -> str:
    """What a case ticks and answers, as the address of the checklist carries it."""
    fields = [("symptom", row.slug) for row in case.symptoms.all()]
    fields += [("risk", row.slug) for row in case.risk_factors.all()]
    fields += [("risk", row.slug) for row in case.other_causes.all()]
    fields += [("flag", row.slug) for row in case.red_flags.all()]
    fields += [(row.question.slug, row.slug) for row in case.answers.all()]
    return urlencode(fields)


def names_kept_from_emergencies(*, at: datetime) -> list[str]:
    """The names of all published nutrients, and of the foods that the checklist may name."""
    nutrients = Nutrient.objects.published(at=at).values_list("name", flat=True)
    foods = FoodSource.objects.published(at=at).curated().values_list("name", flat=True)
    return [*nutrients, *foods]


def _book_case(case: SafetyCase, outcome: CaseOutcome | None) -> BookCase:
    return BookCase(case, _ticked(case), case_query(case), outcome)


def _ticked(case: SafetyCase) -> list[str]:
    """What the case ticks and answers, in the words that a reader sees beside the boxes."""
    words = [flag.tick_label or flag.sign for flag in case.red_flags.all()]
    rows = (case.symptoms, case.risk_factors, case.other_causes)
    words += [row.name for ticked in rows for row in ticked.all()]
    return words + [f"{row.question} {row.label}" for row in case.answers.all()]
