"""The cases of the test book, for a run, and with their outcomes for the page."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Prefetch

from nutrients.models import (
    Answer,
    BookOverride,
    CaseGroup,
    CaseOutcome,
    FoodSource,
    Nutrient,
    OtherCause,
    RedFlag,
    RiskFactor,
    SafetyCase,
    Status,
    Symptom,
    lines_of,
)

# Names and slugs alone, as lists: fetching the texts too would take longer than the page.
CASE_ROWS = (
    Prefetch("symptoms", Symptom.objects.only("slug", "name"), "symptom_list"),
    Prefetch("risk_factors", RiskFactor.objects.only("slug", "name"), "risk_list"),
    Prefetch("other_causes", OtherCause.objects.only("slug", "name"), "cause_list"),
    Prefetch("red_flags", RedFlag.objects.only("slug", "sign", "tick_label"), "flag_list"),
    Prefetch("answers", Answer.objects.select_related("question"), "answer_list"),
    Prefetch("must_warn", RedFlag.objects.only("slug", "sign"), "must_warn_list"),
    Prefetch("must_suggest", Nutrient.objects.only("slug", "name"), "must_suggest_list"),
    Prefetch("must_not_suggest", Nutrient.objects.only("slug", "name"), "must_not_suggest_list"),
)
MOST_OVERRIDES = 50


@dataclass(frozen=True, slots=True)
class BookCase:
    """A case for the page, with its outcome."""

    case: SafetyCase
    outcome: CaseOutcome

    @property
    def fails(self) -> bool:
        return not self.outcome.passes

    @property
    def query(self) -> str:
        return case_query(self.case)

    @property
    def ticked(self) -> list[str]:
        """The ticks and answers of the case, in the words of the checklist."""
        case = self.case
        words = [flag.tick_label or flag.sign for flag in case.flag_list]
        words += [row.name for row in case.symptom_list]
        words += [row.name for row in case.risk_list] + [row.name for row in case.cause_list]
        return words + [f"{row.question} {row.label}" for row in case.answer_list]

    @property
    def to_show(self) -> list[str]:
        case = self.case
        suggested = [f"{row.name}, to look into" for row in case.must_suggest_list]
        return [*suggested, *(flag.sign for flag in case.must_warn_list), *lines_of(case.must_show)]

    @property
    def to_hide(self) -> list[str]:
        withheld = [f"{row.name}, to look into" for row in self.case.must_not_suggest_list]
        return [*withheld, *lines_of(self.case.must_not_show)]


@dataclass(frozen=True, slots=True)
class Book:
    """The whole book, failing cases first. `last_run` is an outcome of the last run, if any.

    `overrides` are the latest changes that were saved although cases fail.
    """

    cases: list[BookCase]
    last_run: CaseOutcome | None
    overrides: list[BookOverride]

    @property
    def failing(self) -> list[BookCase]:
        return [case for case in self.cases if case.fails]


def published_cases(slugs: Collection[str] | None = None) -> list[SafetyCase]:
    """Return the published cases, or those with `slugs`, each with the rows that it names."""
    rows: Any = SafetyCase.objects.filter(status=Status.PUBLISHED)
    cases = rows.prefetch_related(*CASE_ROWS)
    return list(cases if slugs is None else cases.filter(slug__in=slugs))


def safety_book(cases: Iterable[SafetyCase], outcomes: Mapping[int, CaseOutcome]) -> Book:
    """Return the test book of the cases with their outcomes."""
    rows = [BookCase(case, outcomes[case.pk]) for case in cases]
    groups = CaseGroup.values
    rows.sort(key=lambda row: (not row.fails, groups.index(row.case.group)))
    last = max(outcomes.values(), key=lambda outcome: outcome.checked_at, default=None)
    overrides = list(BookOverride.objects.all()[:MOST_OVERRIDES])
    return Book(rows, last, overrides)


def case_query(case: SafetyCase) -> str:
    """Return the ticks and answers of a case as the query of the checklist’s address."""
    fields = [("symptom", row.slug) for row in case.symptom_list]
    fields += [("risk", row.slug) for row in case.risk_list]
    fields += [("risk", row.slug) for row in case.cause_list]
    fields += [("flag", row.slug) for row in case.flag_list]
    fields += [(row.question.slug, row.slug) for row in case.answer_list]
    return urlencode(fields)


def names_hidden_in_emergencies(*, at: datetime) -> list[str]:
    """Return the names of published nutrients, and of the foods that the checklist may name."""
    nutrients = Nutrient.objects.published(at=at).values_list("name", flat=True)
    foods = FoodSource.objects.published(at=at).curated().values_list("name", flat=True)
    return [*nutrients, *foods]
