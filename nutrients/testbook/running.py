"""Running the test book: each case is asked as a reader would ask, and what is found is kept.

The answer is the object that the pages draw, so that a run takes no time for HTML.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from inspect import getmembers_static
from typing import NamedTuple

from django.db import transaction
from django.http import QueryDict

from nutrients.checklist.answer import ChecklistAnswer, checklist_answer, read_ticks
from nutrients.checklist.content import ChecklistContent, checklist_choices
from nutrients.checklist.suggesting import eater_of, ticked_rows
from nutrients.common.schedule import came_due
from nutrients.common.version import content_version
from nutrients.common.wording import forbidden
from nutrients.evidence.ranking import Level
from nutrients.models import CaseOutcome, SafetyCase, Urgency

from .cases import case_query, counting_cases, names_kept_from_emergencies

# Answers to many cases share their sentences: of so many, what is wrong with each is known.
MOST_SENTENCES = 8192
LEVELS = {
    Level.SELF_CARE: "nothing urgent",
    Level.SEE_A_DOCTOR: "see a doctor",
    Level.URGENT: "medical care the same day",
    Level.EMERGENCY: "an emergency",
}


class Answered(NamedTuple):
    """What an answer was: its level, the names it suggests and its sentences.

    `warned` are the signs of the flags that were raised. `ignored` is the sentence about ticks
    that were not understood, and empty where all were.
    """

    level: Level
    suggested: Collection[str]
    said: Collection[str]
    ignored: str = ""
    warned: Collection[str] = ()


class CheckedCase(NamedTuple):
    """A case with what is wrong with the answer to it; no failure means that it passes."""

    case: SafetyCase
    failures: list[str]


@dataclass(frozen=True, slots=True)
class FetchedBook:
    """All that a run reads, in memory: it needs no database, so no lock is held while it runs.

    `cases` are judged. `later` are the same cases as they are after a deletion, which takes what
    is deleted out of them; None where they are the same.
    """

    at: datetime
    content: ChecklistContent
    names: list[str]
    cases: Sequence[SafetyCase]
    later: Sequence[SafetyCase] | None = None

    def run(self) -> list[CheckedCase]:
        return [_checked(case, self.content, self.names) for case in self.cases]

    def run_later(self, checked: list[CheckedCase]) -> list[CheckedCase]:
        """What is found after the change, if `run` found these."""
        if self.later is None:
            return checked
        return [_checked(case, self.content, self.names) for case in self.later]


def fetch_book(
    *,
    at: datetime,
    slugs: Collection[str] | None = None,
    cases: Sequence[SafetyCase] | None = None,
) -> FetchedBook:
    """Read every case that counts, and the content of the moment `at`.

    With `slugs` only those cases; with `cases` those, as `counting_cases` gave them before.
    """
    later = counting_cases(slugs)
    judged = later if cases is None else cases
    content = ChecklistContent(at=at)
    _fetch_all(content, judged)
    names = names_kept_from_emergencies(at=at)
    return FetchedBook(at, content, names, judged, None if cases is None else later)


def _fetch_all(content: ChecklistContent, cases: Iterable[SafetyCase]) -> None:
    """Fetch each part of the content, and the foods for everybody whom a case is about."""
    for name, value in getmembers_static(type(content)):
        if isinstance(value, cached_property):
            getattr(content, name)
    choices = content.once(checklist_choices)
    queries = {case_query(case) for case in cases if case.risk_list}
    for query in queries | {""}:
        ticks, _ = read_ticks(QueryDict(query), choices)
        eater = eater_of(ticked_rows(ticks, content))
        content.foods(eater)
        content.other_sources(eater)


def run_book(*, at: datetime, slugs: Collection[str] | None = None) -> list[CheckedCase]:
    """Every case that counts, checked against the content of the moment `at`."""
    return fetch_book(at=at, slugs=slugs).run()


def failing(checked: Iterable[CheckedCase]) -> list[CheckedCase]:
    return [checked_case for checked_case in checked if checked_case.failures]


def outcomes_of_now(*, at: datetime) -> dict[int, CaseOutcome]:
    """What the book finds at the moment, under the case's id.

    That is what the last run found, unless a row has begun to show by itself since then: then the
    book is run, and nothing is kept.
    """
    outcomes = {outcome.case_id: outcome for outcome in CaseOutcome.objects.all()}
    last = max((outcome.checked_at for outcome in outcomes.values()), default=None)
    if last is None or not came_due(since=last, at=at):
        return outcomes
    return {row.case.pk: row for row in _rows(run_book(at=at), at=at)}


def keep_outcomes(checked: Sequence[CheckedCase], *, at: datetime) -> None:
    """Keep the outcomes of a whole run in place of those of the run before."""
    keys = dict(SafetyCase.objects.values_list("slug", "pk"))
    checked = [checked_case for checked_case in checked if checked_case.case.slug in keys]
    for checked_case in checked:
        # A run may come before its case is saved for good.
        checked_case.case.pk = keys[checked_case.case.slug]
    rows = _rows(checked, at=at)
    with transaction.atomic():
        CaseOutcome.objects.exclude(
            case__in=[checked_case.case for checked_case in checked]
        ).delete()
        CaseOutcome.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["case"],
            update_fields=["failures", "content_version", "checked_at"],
        )


def _rows(checked: Sequence[CheckedCase], *, at: datetime) -> list[CaseOutcome]:
    version = content_version(at=at)
    label = version.label if version else ""
    return [
        CaseOutcome(
            case=checked_case.case,
            failures="\n".join(checked_case.failures),
            content_version=label,
            checked_at=at,
        )
        for checked_case in checked
    ]


def _checked(case: SafetyCase, content: ChecklistContent, names: Collection[str]) -> CheckedCase:
    answer = checklist_answer(QueryDict(case_query(case)), content)
    return CheckedCase(case, list(faults(case, _answered(answer, content), names)))


def _answered(answer: ChecklistAnswer, content: ChecklistContent) -> Answered:
    suggested = answer.suggested
    return Answered(
        answer.urgent.level,
        [match.nutrient.name for match in (*suggested.in_full, *suggested.in_brief)],
        tuple(answer.said()),
        answer.ignored,
        [content.flags[slug].sign for slug in sorted(answer.urgent.raised)],
    )


def faults(case: SafetyCase, answered: Answered, names: Collection[str] = ()) -> Iterator[str]:
    """What is wrong with the answer to a case, a sentence each; nothing if it is as expected.

    `names` are those of nutrients and foods: an emergency shows none of them. The case is one of
    `counting_cases`.
    """
    if answered.ignored:
        yield f"The checklist does not offer one of its ticks: {answered.ignored}"
    level = Level(Urgency(case.level).rank)
    if answered.level != level:
        yield f"It says {LEVELS[answered.level]}, and should say {LEVELS[level]}."
    for name in sorted({row.name for row in case.suggested} - set(answered.suggested)):
        yield f"It does not suggest {name}."
    for name in sorted({row.name for row in case.withheld} & set(answered.suggested)):
        yield f"It suggests {name}."
    for flag in case.warned_of:
        if flag.sign not in answered.warned:
            yield f"It does not warn of “{flag.sign}”."
    yield from _wrong_phrases(case, answered)
    forbidden_words = (words for sentence in answered.said for words in _forbidden_in(sentence))
    for words in dict.fromkeys(forbidden_words):
        yield f"It says “{words}”, which is never written here."
    yield from _in_the_way_of_help(answered, names)


def _wrong_phrases(case: SafetyCase, answered: Answered) -> Iterator[str]:
    text = " ".join(" ".join(answered.said).split()).casefold()

    def is_shown(phrase: str) -> bool:
        return " ".join(phrase.split()).casefold() in text

    for phrase in case.phrases_shown:
        if not is_shown(phrase):
            yield f"It does not show “{phrase}”."
    for phrase in case.phrases_hidden:
        if is_shown(phrase):
            yield f"It shows “{phrase}”."


@lru_cache(MOST_SENTENCES)
def _forbidden_in(sentence: str) -> list[str]:
    return forbidden(sentence)


def _in_the_way_of_help(answered: Answered, names: Collection[str]) -> Iterator[str]:
    if answered.level != Level.EMERGENCY:
        return
    # Between spaces, a name is found as a whole: the text has no other gaps.
    words = f" {' '.join(map(_plain, answered.said))} "
    for name in sorted(names):
        if f" {_plain(name)} " in words:
            yield f"It is an emergency, and it names {name}."


@lru_cache(MOST_SENTENCES)
def _plain(text: str) -> str:
    """The words alone, without capitals and signs."""
    letters = (character if character.isalnum() else " " for character in text.casefold())
    return " ".join("".join(letters).split())
