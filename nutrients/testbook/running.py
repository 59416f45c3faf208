"""Run the test book: send the ticks of each case to the checklist, and check the answer.

The text is that of the page, as the checklist's own templates render it.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from html import unescape
from inspect import getmembers_static
from typing import NamedTuple

from django.db import transaction
from django.http import QueryDict
from django.template.loader import render_to_string

from nutrients.checklist.answer import (
    AnswerForm,
    ChecklistAnswer,
    checklist_answer,
    checklist_form,
    read_ticks,
)
from nutrients.checklist.content import ChecklistContent, checklist_choices
from nutrients.checklist.suggesting import ticked_rows
from nutrients.common.schedule import came_due
from nutrients.common.version import content_version
from nutrients.common.wording import forbidden
from nutrients.evidence.content import foods_for
from nutrients.evidence.ranking import Level
from nutrients.models import CaseOutcome, SafetyCase, Urgency, lines_of

from .cases import case_query, names_hidden_in_emergencies, published_cases
from .reads import TABLES

# Answers to many cases share their sentences, so each is searched once.
CACHED_SENTENCES = 8192
END_OF_SENTENCE = re.compile(r"</(?:h\d|label|legend|li|p|summary)>")
# No case is about a button, or about a badge, which says that a review is overdue.
IGNORED = re.compile(r'<button.*?</button>|<span class="badge.*?</span>|<.*?>', re.DOTALL)
LEVELS = {
    Level.SELF_CARE: "nothing urgent",
    Level.SEE_A_DOCTOR: "see a doctor",
    Level.URGENT: "medical care the same day",
    Level.EMERGENCY: "an emergency",
}


class CaseAnswer(NamedTuple):
    """What the checklist answers to a case.

    `raised_flags` are the slugs of the red flags that it raises. `ignored` is its sentence about
    ticks that it does not offer, or empty.
    """

    level: Level
    suggested: Collection[str]
    sentences: Collection[str]
    ignored: str = ""
    raised_flags: Collection[str] = ()


class CheckedCase(NamedTuple):
    """A case with the failures of the answer to it; it passes if there are none."""

    case: SafetyCase
    failures: list[str]


@dataclass(frozen=True, slots=True)
class FetchedBook:
    """All that a run reads, in memory, so that no lock is held on the database while it runs."""

    at: datetime
    content: ChecklistContent
    names: list[str]
    cases: Sequence[SafetyCase]

    def run(self) -> list[CheckedCase]:
        return [self._check(case) for case in self.cases]

    def _check(self, case: SafetyCase) -> CheckedCase:
        answer = checklist_answer(QueryDict(case_query(case)), self.content)
        suggested = (*answer.suggestions.top_matches, *answer.suggestions.more_matches)
        case_answer = CaseAnswer(
            level=answer.urgency.level,
            suggested=[match.nutrient.name for match in suggested],
            sentences=sentences_of(self._render(answer)),
            ignored=answer.ignored,
            raised_flags=answer.urgency.raised_flags,
        )
        return CheckedCase(case, list(faults(case, case_answer, self.names)))

    def _render(self, answer: ChecklistAnswer) -> str:
        """Render the answer as a reader sees it: without a tick, that is the form."""
        if answer.ticked.count:
            context = {"answer": answer, "answer_form": AnswerForm([], [])}
            return render_to_string("nutrients/checklist/_answer.html", context)
        context = {"answer": answer, "form": checklist_form(answer, self.content)}
        return render_to_string("nutrients/checklist/_form.html", context)


def fetch_book(
    *, at: datetime, slugs: Collection[str] | None = None, cases: Sequence[SafetyCase] | None = None
) -> FetchedBook:
    """Read every published case, or those with `slugs`, and the content of a moment.

    After a deletion, pass as `cases` what `published_cases` returned before it.
    """
    cases = published_cases(slugs) if cases is None else cases
    content = ChecklistContent(at=at)
    _fetch_all(content, cases)
    return FetchedBook(at, content, names_hidden_in_emergencies(at=at), cases)


def _fetch_all(content: ChecklistContent, cases: Iterable[SafetyCase]) -> None:
    """Fetch each part of the content, and the foods for all people that the cases are about."""
    for name, value in getmembers_static(type(content)):
        if isinstance(value, cached_property):
            getattr(content, name)
    choices = content.once(checklist_choices)
    queries = {case_query(case) for case in cases if case.risk_list}
    for query in queries | {""}:
        ticks, _ = read_ticks(QueryDict(query), choices)
        content.once(foods_for, ticked_rows(ticks, content).eater)


def run_book(*, at: datetime, slugs: Collection[str] | None = None) -> list[CheckedCase]:
    """Check every published case, or those with `slugs`, against the content of a moment."""
    return fetch_book(at=at, slugs=slugs).run()


def failing(checked: Iterable[CheckedCase]) -> list[CheckedCase]:
    return [checked_case for checked_case in checked if checked_case.failures]


def current_outcomes(cases: Sequence[SafetyCase], *, at: datetime) -> dict[int, CaseOutcome]:
    """Return the outcome of each published case at this moment, by the primary key of the case.

    Those of the last run still hold unless it lacked a case, or a row that the book reads has begun
    to show since. Then run the book again, and save nothing, because a page asks.
    """
    outcomes = {outcome.case_id: outcome for outcome in CaseOutcome.objects.all()}
    last_run = max((outcome.checked_at for outcome in outcomes.values()), default=None)
    is_whole = all(case.pk in outcomes for case in cases)
    if last_run and is_whole and not came_due(TABLES, since=last_run, at=at):
        return outcomes
    return _outcomes(fetch_book(at=at, cases=cases).run(), at=at)


def update_outcomes(*, at: datetime) -> list[CheckedCase]:
    """Run the whole book, and save and return the outcomes."""
    checked = run_book(at=at)
    save_outcomes(checked, at=at)
    return checked


def save_outcomes(checked: Iterable[CheckedCase], *, at: datetime) -> None:
    """Save the outcomes of a whole run in place of those of the previous run."""
    outcomes = _outcomes(checked, at=at)
    with transaction.atomic():
        CaseOutcome.objects.exclude(case__in=list(outcomes)).delete()
        CaseOutcome.objects.bulk_create(
            outcomes.values(),
            update_conflicts=True,
            unique_fields=["case"],
            update_fields=["failures", "content_version", "checked_at"],
        )


def _outcomes(checked: Iterable[CheckedCase], *, at: datetime) -> dict[int, CaseOutcome]:
    """Return the outcomes of cases that are in the database, by the primary key of the case.

    The key is looked up by slug: a new case is checked before it is saved for good.
    """
    keys = dict(SafetyCase.objects.values_list("slug", "pk"))
    version = content_version(at=at)
    return {
        keys[case.slug]: CaseOutcome(
            case_id=keys[case.slug],
            failures="\n".join(failures),
            content_version=version.label if version else "",
            checked_at=at,
        )
        for case, failures in checked
        if case.slug in keys
    }


def sentences_of(html: str) -> list[str]:
    """Return the text of each heading, paragraph, list item and choice."""
    return [_text(part) for part in END_OF_SENTENCE.split(html)]


@lru_cache(CACHED_SENTENCES)
def _text(html: str) -> str:
    text = " ".join(unescape(IGNORED.sub(" ", html)).split())
    # Tags leave a space before punctuation.
    return re.sub(r" (?=[.,;:])", "", text)


def faults(case: SafetyCase, answer: CaseAnswer, names: Collection[str] = ()) -> Iterator[str]:
    """Return the faults of the answer to a case from `published_cases`, a sentence each.

    `names` are those of nutrients and foods, of which an emergency shows none.
    """
    if answer.ignored:
        yield f"The checklist does not offer one of its ticks: {answer.ignored}"
    level = Level(Urgency(case.level).rank)
    if answer.level != level:
        yield f"It says {LEVELS[answer.level]}, and should say {LEVELS[level]}."
    yield from _wrong_names(case, answer)
    yield from _wrong_phrases(case, answer)
    if answer.level == Level.EMERGENCY:
        # Spaces on both sides match whole names only, because nothing else separates words here.
        words = f" {' '.join(map(_words, answer.sentences))} "
        for name in sorted(names):
            if f" {_words(name)} " in words:
                yield f"It is an emergency, and it names {name}."


def _wrong_names(case: SafetyCase, answer: CaseAnswer) -> Iterator[str]:
    for name in sorted({row.name for row in case.must_suggest_list} - set(answer.suggested)):
        yield f"It does not suggest {name}."
    for name in sorted({row.name for row in case.must_not_suggest_list} & set(answer.suggested)):
        yield f"It suggests {name}."
    for flag in case.must_warn_list:
        if flag.slug not in answer.raised_flags:
            yield f"It does not warn of “{flag.sign}”."


def _wrong_phrases(case: SafetyCase, answer: CaseAnswer) -> Iterator[str]:
    text = _folded(" ".join(answer.sentences))
    for phrase in lines_of(case.must_show):
        if _folded(phrase) not in text:
            yield f"It does not show “{phrase}”."
    for phrase in lines_of(case.must_not_show):
        if _folded(phrase) in text:
            yield f"It shows “{phrase}”."
    phrases = (phrase for sentence in answer.sentences for phrase in _forbidden(sentence))
    for phrase in dict.fromkeys(phrases):
        yield f"It says “{phrase}”, which is never written here."


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()


_forbidden = lru_cache(CACHED_SENTENCES)(forbidden)


@lru_cache(CACHED_SENTENCES)
def _words(text: str) -> str:
    """Return the words alone, without capitals and punctuation."""
    letters = (character if character.isalnum() else " " for character in text.casefold())
    return " ".join("".join(letters).split())
