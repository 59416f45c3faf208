"""How soon ticks need medical help, by rules, and the questions that the rules depend on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from nutrients.evidence.ranking import Level, Rule, Tick, Triage, answer_tick, deciding, urgency
from nutrients.models import Answer, Publishable, Question, RedFlag, RedFlagRule, Symptom, Urgency
from nutrients.models.red_flags import CALL

from .content import ChecklistContent

# A longer list would delay a reader.
MOST_REASONS = 3
# The answer “I do not know”.
UNKNOWN = "unknown"


class Line(NamedTuple):
    """A line of the answer: a name, which leads to `address` if there is one, and a text.

    `row` is the row that the text comes from, whose review may be overdue.
    """

    name: str
    text: str
    row: Publishable | None = None
    address: str = ""


class Reason(NamedTuple):
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
        """The line without “Call”, which the emergency card says once for all reasons."""
        return self._replace(action=self.action.removeprefix(CALL)).line


@dataclass(frozen=True, slots=True)
class UrgencyAdvice:
    """How soon the ticks need medical help, with the reasons for each level that was reached."""

    triage: Triage
    emergency: list[Reason]
    same_day: list[Reason]
    see_a_doctor: list[Reason]

    @property
    def level(self) -> Level:
        return self.triage.level

    @property
    def reasons(self) -> list[Reason]:
        return [*self.emergency, *self.same_day, *self.see_a_doctor]

    @property
    def raised_flags(self) -> set[str]:
        """The slugs of all flags that were raised."""
        return _flags_of(self.triage.fired)

    @property
    def possible_flags(self) -> set[str]:
        """The slugs of all flags that were raised or that an answer could raise."""
        return _flags_of(self.triage.concerned)

    @property
    def is_not_nutritional(self) -> bool:
        """Whether care is needed the same day for something that no nutrient causes."""
        reasons = [*self.emergency, *self.same_day]
        return any(reason.flag and reason.flag.is_not_nutritional for reason in reasons)


def _flags_of(rules: Iterable[Rule]) -> set[str]:
    return {rule.subject.slug for rule in rules if rule.subject.kind == "flag"}


def assess_urgency(ticks: Collection[Tick], content: ChecklistContent) -> UrgencyAdvice:
    """Apply the rules: flags ticked, flags raised, and signs that are urgent alone."""
    ticked = frozenset(ticks)
    triage = urgency(ticked | _unknown_answers(ticked, content), content.once(urgency_rules))
    reasons = _reasons(triage, ticked, content)
    return UrgencyAdvice(
        triage,
        emergency=reasons[Level.EMERGENCY][:MOST_REASONS],
        same_day=reasons[Level.URGENT][:MOST_REASONS],
        see_a_doctor=reasons[Level.SEE_A_DOCTOR],
    )


def _unknown_answers(ticked: frozenset[Tick], content: ChecklistContent) -> set[Tick]:
    """Answer “I do not know” to open questions that only the answer page asks.

    So only an explicit answer can lower the level. No rule names it for a question that lacks it.
    """
    return {
        answer_tick(slug, UNKNOWN)
        for slug, answers in content.once(answer_ticks).items()
        if not content.questions[slug].is_in_form and ticked.isdisjoint(answers)
    }


def _reasons(
    triage: Triage, ticked: frozenset[Tick], content: ChecklistContent
) -> dict[Level, list[Reason]]:
    """Return the reasons for each level: flags in their order, then symptoms.

    A subject gives no reason if a more urgent one, or one before it, has named all its ticks.
    """
    raised: dict[Level, dict[Tick, set[Tick]]] = defaultdict(lambda: defaultdict(set))
    for rule in triage.fired:
        raised[rule.level][rule.subject] |= rule.named.union(*rule.answers) & ticked
    named: set[Tick] = set()
    reasons: dict[Level, list[Reason]] = defaultdict(list)
    for level in sorted(raised, reverse=True):
        for subject, row in content.once(_subjects).items():
            causes = raised[level][subject]
            ticks = {tick for tick in causes if tick.kind != "answer"}
            if not ticks <= named:
                reasons[level].append(_reason(row, _describe(causes, content)))
                named |= ticks
    return reasons


def _subjects(content: ChecklistContent) -> dict[Tick, RedFlag | Symptom]:
    """Map the subject of each rule to its row, in the order of reasons."""
    return {Tick("flag", slug): row for slug, row in content.flags.items()} | {
        Tick("symptom", slug): row for slug, row in content.symptoms.items()
    }


def _reason(row: RedFlag | Symptom, ticks: str) -> Reason:
    if isinstance(row, Symptom):
        return Reason(ticks, "", row.help_note)
    return Reason(ticks, row.why_it_matters, row.action, row)


def _describe(ticks: Collection[Tick], content: ChecklistContent) -> str:
    """Describe ticks in the words of the form: symptoms, risks, then answers in brackets."""
    names = [(tick, name) for tick, name in content.once(tick_names).items() if tick in ticks]
    ticked = " + ".join(name for tick, name in names if tick.kind != "answer")
    answers = "; ".join(name for tick, name in names if tick.kind == "answer")
    return f"{ticked} ({answers})" if answers else ticked


def tick_names(content: ChecklistContent) -> dict[Tick, str]:
    """Return the label of each box, in the order of the form."""
    names = {Tick("flag", row.slug): row.tick_label for row in content.flags.values()}
    names |= {Tick("symptom", row.slug): row.name for row in content.symptoms.values()}
    names |= {Tick("risk", row.slug): row.name for row in content.risks.values()}
    names |= {Tick("risk", row.slug): row.name for row in content.causes.values() if row.is_asked}
    for question in content.questions.values():
        for answer in question.answers.all():
            names[answer_tick(question.slug, answer.slug)] = answer.label
    return names


def urgency_rules(content: ChecklistContent) -> list[Rule]:
    """Return the rules: a tick raises its flag or symptom, and so does a stored rule of a flag."""
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
    """Convert a stored rule of a flag, with the ticks and answers that it names."""
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


class QuestionField(NamedTuple):
    """A question with its answers, worst first, and the one that the reader chose.

    `matters_for` lists the ticks to which it is relevant, as in “symptom:tingling symptom:tremor”.
    """

    row: Question
    answers: list[Answer]
    matters_for: str
    chosen: Answer | None = None

    def answered(self, ticks: Collection[Tick]) -> QuestionField:
        """Return the question with the answer that counts: the worse of two."""
        for answer in self.answers:
            if answer_tick(self.row.slug, answer.slug) in ticks:
                return self._replace(chosen=answer)
        return self


def follow_up_questions(
    ticks: Collection[Tick], level: Level, content: ChecklistContent
) -> list[QuestionField]:
    """Return the questions that the answer page asks: those whose answers could change the outcome.

    An answer that leads to a milder level changes nothing. A question that was answered stays, so
    that the answer can be changed, unless it is in the form. In an emergency nothing more is asked.
    """
    answers = content.once(answer_ticks)
    slugs = {
        slug
        for slug, choices in answers.items()
        if not choices.isdisjoint(ticks) and not content.questions[slug].is_in_form
    }
    if level < Level.EMERGENCY:
        rules = [rule for rule in content.once(urgency_rules) if rule.level >= level]
        slugs |= set(deciding(ticks, rules, answers))
    questions = content.once(_questions)
    return [question.answered(ticks) for slug, question in questions.items() if slug in slugs]


def form_questions(ticks: Collection[Tick], content: ChecklistContent) -> list[QuestionField]:
    questions = content.once(_questions).values()
    return [question.answered(ticks) for question in questions if question.row.is_in_form]


def _questions(content: ChecklistContent) -> dict[str, QuestionField]:
    """Return each question by its slug, with the ticks that rules combine with its answers."""
    rules, answers = content.once(urgency_rules), content.once(answer_ticks)
    questions: dict[str, QuestionField] = {}
    for slug, choices in answers.items():
        named: set[Tick] = set()
        for rule in rules:
            if any(group & choices for group in rule.answers):
                # An age or a medicine alone is no reason to ask, if the rule is about a symptom.
                named |= {tick for tick in rule.named if tick.kind == "symptom"} or rule.named
        row = content.questions[slug]
        matters_for = " ".join(sorted(f"{tick.kind}:{tick.slug}" for tick in named))
        questions[slug] = QuestionField(row, list(row.answers.all()), matters_for)
    return questions


def answer_ticks(content: ChecklistContent) -> dict[str, frozenset[Tick]]:
    """Return the ticks of the answers to each question, by its slug, in the order of questions."""
    return {
        slug: frozenset(answer_tick(slug, answer.slug) for answer in row.answers.all())
        for slug, row in content.questions.items()
    }
