"""How soon ticks need a person, by rules, and the questions that the rules wait for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, NamedTuple

from nutrients.evidence.ranking import (
    Level,
    Rule,
    Tick,
    Triage,
    answer_tick,
    deciding,
    urgency,
)
from nutrients.models import Answer, Question, RedFlag, RedFlagRule, Symptom, Urgency
from nutrients.models.red_flags import CALL

from .content import ChecklistContent

# A longer list would hold a reader up.
REASONS_SHOWN = 3
# The answer “I do not know”.
UNKNOWN = "unknown"


class Line(NamedTuple):
    """A line of the answer: what it is about, and what is said of it.

    `row` is the row that says it, whose review may be overdue; `items` follow below the line. The
    name leads to `address`.
    """

    name: str
    text: str
    row: Any = None
    items: list[str] = []
    address: str = ""

    def said(self) -> tuple[str, ...]:
        return (f"{self.name} {self.text}", *self.items)


class Advice(NamedTuple):
    """Why a level was reached: the reader's own ticks, why they matter and what to do."""

    ticks: str
    why: str
    action: str
    flag: RedFlag | None = None

    @property
    def line(self) -> Line:
        return Line(f"{self.ticks}.", f"{self.why} {self.action}")

    @property
    def line_of_card(self) -> Line:
        """The line without calling, which the emergency card says once for all reasons."""
        return self._replace(action=self.action.removeprefix(CALL).strip()).line


@dataclass(frozen=True, slots=True)
class Urgent:
    """How soon the ticks need a person, with the reasons for every level that was reached."""

    triage: Triage
    emergency: list[Advice]
    urgent: list[Advice]
    see_a_doctor: list[Advice]

    @property
    def level(self) -> Level:
        return self.triage.level

    @property
    def reasons(self) -> list[Advice]:
        return [*self.emergency, *self.urgent, *self.see_a_doctor]

    @property
    def raised(self) -> set[str]:
        """The slugs of every flag that was raised."""
        subjects = (rule.subject for rule in self.triage.fired)
        return {subject.slug for subject in subjects if subject.kind == "flag"}

    @property
    def is_not_nutritional(self) -> bool:
        """Whether care is needed the same day for something that no nutrient is behind."""
        reasons = [*self.emergency, *self.urgent]
        return any(reason.flag and reason.flag.is_not_nutritional for reason in reasons)


def urgency_of(ticks: Collection[Tick], content: ChecklistContent) -> Urgent:
    """The urgency of the ticks: flags ticked, flags raised, and signs urgent by themselves."""
    given = frozenset(ticks)
    told = given | _left_open(given, content)
    triage = urgency(told, content.once(urgency_rules))
    reasons = _reasons(triage, given, content)
    return Urgent(
        triage,
        emergency=reasons[Level.EMERGENCY][:REASONS_SHOWN],
        urgent=reasons[Level.URGENT][:REASONS_SHOWN],
        see_a_doctor=reasons[Level.SEE_A_DOCTOR],
    )


def _left_open(given: frozenset[Tick], content: ChecklistContent) -> set[Tick]:
    """“I do not know” to each open question that only the answer asks, and that offers it.

    So an answer can calm what silence must not.
    """
    return {
        answer_tick(slug, UNKNOWN)
        for slug, ticks in content.once(answer_ticks).items()
        if not content.questions[slug].is_in_form and given.isdisjoint(ticks)
    }


def _reasons(
    triage: Triage, given: frozenset[Tick], content: ChecklistContent
) -> dict[Level, list[Advice]]:
    """The reasons for each level: flags in their order, then symptoms.

    Ticks that a more urgent reason, or one before, has named already give no reason again.
    """
    raised: dict[Level, dict[Tick, set[Tick]]] = defaultdict(lambda: defaultdict(set))
    for rule in triage.fired:
        raised[rule.level][rule.subject] |= rule.named.union(*rule.answers) & given
    said: set[Tick] = set()
    reasons: dict[Level, list[Advice]] = defaultdict(list)
    for level in sorted(raised, reverse=True):
        for subject, row in content.once(_subjects).items():
            if subject not in raised[level]:
                continue
            told = raised[level][subject]
            ticks = {tick for tick in told if tick.kind != "answer"}
            if not ticks <= said:
                reasons[level].append(_advice(row, _words(told, content)))
                said |= ticks
    return reasons


def _subjects(content: ChecklistContent) -> dict[Tick, RedFlag | Symptom]:
    """The row behind each subject of a rule, in the order in which reasons are given."""
    place = attrgetter("position", "slug")
    flags = sorted(content.flags.values(), key=place)
    symptoms = sorted(content.symptoms.values(), key=place)
    return {Tick("flag", row.slug): row for row in flags} | {
        Tick("symptom", row.slug): row for row in symptoms
    }


def _advice(row: RedFlag | Symptom, ticks: str) -> Advice:
    if isinstance(row, Symptom):
        return Advice(ticks, "", row.help_note)
    return Advice(ticks, row.why_it_matters, row.action, row)


def _words(ticks: Iterable[Tick], content: ChecklistContent) -> str:
    """Ticks and answers in the words of the form: symptoms, then risks, then answers."""
    names, given = content.once(tick_names), set(ticks)
    told = [name for tick, name in names.items() if tick in given and tick.kind != "answer"]
    answers = [name for tick, name in names.items() if tick in given and tick.kind == "answer"]
    return " + ".join(told) + (f" ({'; '.join(answers)})" if answers else "")


def tick_names(content: ChecklistContent) -> dict[Tick, str]:
    """The words beside every box of the form, in the form's order."""
    names = {Tick("flag", row.slug): row.tick_label or row.sign for row in content.flags.values()}
    names |= {Tick("symptom", row.slug): row.name for row in content.symptoms.values()}
    names |= {Tick("risk", row.slug): row.name for row in content.risks.values()}
    names |= {Tick("risk", row.slug): row.name for row in content.causes.values() if row.is_asked}
    for question in content.questions.values():
        for answer in question.answers.all():
            names[answer_tick(question.slug, answer.slug)] = answer.label
    return names


def urgency_rules(content: ChecklistContent) -> list[Rule]:
    """A published flag fires when it is ticked or a rule is met; a symptom when it is ticked."""
    flags = {flag.pk: flag for flag in content.flags.values()}
    alone = {Tick("flag", row.slug): row.level for row in flags.values()}
    alone |= {Tick("symptom", row.slug): row.urgency for row in content.symptoms.values()}
    return [
        *(Rule(tick, _level(level), frozenset({tick})) for tick, level in alone.items()),
        *(
            rule_of(rule, flags[rule.red_flag_id])
            for rule in content.rules
            if rule.red_flag_id in flags
        ),
    ]


def rule_of(rule: RedFlagRule, flag: RedFlag) -> Rule:
    """A rule of a flag, with the ticks and answers that it names."""
    answers: dict[int, set[Tick]] = defaultdict(set)
    for answer in rule.answers.all():
        answers[answer.question_id].add(answer_tick(answer.question.slug, answer.slug))
    return Rule(
        Tick("flag", flag.slug),
        _level(flag.level),
        _named(rule.symptoms, rule.risk_factors, rule.other_causes),
        frozenset(map(frozenset, answers.values())),
        _named(rule.some_symptoms, rule.some_risk_factors, rule.some_other_causes),
        rule.at_least,
    )


def _named(symptoms: Any, risks: Any, causes: Any) -> frozenset[Tick]:
    rows = (("symptom", symptoms), ("risk", risks), ("risk", causes))
    return frozenset(Tick(kind, row.slug) for kind, named in rows for row in named.all())


def _level(value: str) -> Level:
    return Level(Urgency(value).rank)


class AskedQuestion(NamedTuple):
    """A question with its answers, worst first, and the one that was given.

    In the form it matters for the ticks that `matters_for` names, as “symptom:tingling”.
    """

    question: Question
    answers: list[Answer]
    answer: Answer | None
    matters_for: str = ""


def questions_asked(
    ticks: Collection[Tick], level: Level, content: ChecklistContent
) -> list[AskedQuestion]:
    """The questions that the answer asks: those of which an answer would change the outcome.

    One that was answered stays, so that it can be changed, unless it is in the form. In an
    emergency nothing more is asked.
    """
    answers = content.once(answer_ticks)
    asked = {
        slug
        for slug, own in answers.items()
        if not own.isdisjoint(ticks) and not content.questions[slug].is_in_form
    }
    if level < Level.EMERGENCY:
        asked |= set(deciding(ticks, content.once(urgency_rules), answers))
    return [
        _asked(question, ticks) for slug, question in content.questions.items() if slug in asked
    ]


def questions_of_form(ticks: Collection[Tick], content: ChecklistContent) -> list[AskedQuestion]:
    """The questions in the form, each with its answer if one is given."""
    matters = content.once(_matters_for)
    return [
        _asked(question, ticks, " ".join(matters[slug]))
        for slug, question in content.questions.items()
        if question.is_in_form
    ]


def _matters_for(content: ChecklistContent) -> dict[str, list[str]]:
    """The symptoms that a rule names beside an answer to each question."""
    rules, answers = content.once(urgency_rules), content.once(answer_ticks)
    matters: dict[str, list[str]] = {}
    for slug, own in answers.items():
        named = {
            tick
            for rule in rules
            if any(group & own for group in rule.answers)
            for tick in rule.named
        }
        matters[slug] = sorted(f"{tick.kind}:{tick.slug}" for tick in named)
    return matters


def answer_ticks(content: ChecklistContent) -> dict[str, frozenset[Tick]]:
    """The ticks of every answer under the slug of its question, in the order of questions."""
    return {
        slug: frozenset(answer_tick(slug, answer.slug) for answer in row.answers.all())
        for slug, row in content.questions.items()
    }


def _asked(question: Question, ticks: Collection[Tick], matters_for: str = "") -> AskedQuestion:
    """A question with the answer that counts: of two that were given the worse."""
    answers = list(question.answers.all())
    given = (row for row in answers if answer_tick(question.slug, row.slug) in ticks)
    return AskedQuestion(question, answers, next(given, None), matters_for)
