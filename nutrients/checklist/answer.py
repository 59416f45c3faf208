"""The checklist's answer to a form or a link: one object for every page and the test book."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, NamedTuple

from django.http import QueryDict

from nutrients.common.parameters import Reading, ignored_sentence
from nutrients.evidence.ranking import ORDER, Level, Tick, answer_tick
from nutrients.models import CauseKind, RedFlag, Strength, Urgency, group_by
from nutrients.models.red_flags import RESERVED_PARAMETERS

from .content import ChecklistChoices, ChecklistContent, checklist_choices
from .suggesting import Suggestions, Ticked, suggest, ticked_rows
from .urgency import (
    Line,
    QuestionField,
    UrgencyAdvice,
    assess_urgency,
    follow_up_questions,
    form_questions,
    tick_names,
)

# The prefix of a value that unticks it.
OFF = "-"


class LevelText(NamedTuple):
    """The text for a level of urgency: a title, when to get help, and when to do so sooner.

    Other programs read its `slug` in the answer's outermost element.
    """

    slug: str
    title: str
    when: str
    sooner: str


NOTHING = LevelText("nothing", "Nothing ticked yet", "", "")
LEVELS = {
    Level.SELF_CARE: LevelText(
        "self-care",
        "You can look after this at home",
        "Nothing you ticked needs a doctor today. A pharmacist can help, without an appointment.",
        "Come back, or see a doctor, if it gets worse, something new comes with it, or it is no "
        "better in 2 weeks, or sooner where we say so below.",
    ),
    Level.SEE_A_DOCTOR: LevelText(
        "see-a-doctor",
        "See a doctor within a few days",
        "Ask your doctor’s surgery for an appointment in the next 2 to 3 days, or as soon as they "
        "can offer one.",
        "Call 111 sooner if it gets worse, spreads, or stops you from doing what you usually do. "
        "Call 999, 112 or 911 for sudden weakness, chest pain, trouble breathing, a fit or "
        "confusion.",
    ),
    Level.URGENT: LevelText(
        "same-day",
        "Get medical care the same day",
        "Call 111, your doctor’s surgery or an urgent care centre today. At night, do not wait "
        "for the morning.",
        "Call 999, 112 or 911 if it gets worse fast, or with chest pain, trouble breathing, a fit, "
        "fainting, confusion, or weakness on one side.",
    ),
    Level.EMERGENCY: LevelText(
        "emergency",
        "Call for help now",
        "Call 999, 112, 911 or your local number. Stay with someone. Do not drive yourself.",
        "If it has passed, phone a doctor or 111 today. But call now for anything that says “even "
        "if it passed”.",
    ),
}
WATCH_FOR = {
    Urgency.EMERGENCY: "Call 999, 112 or 911 for any of these:",
    Urgency.URGENT: "Get medical care the same day for any of these:",
    Urgency.SEE_A_DOCTOR: "Book an appointment for any of these:",
}


@dataclass(frozen=True, slots=True)
class ChecklistAnswer:
    """The answer to the ticks. In an emergency nothing is suggested."""

    ticks: list[Tick]
    ticked: Ticked
    urgency: UrgencyAdvice
    suggestions: Suggestions
    questions: list[QuestionField] = field(default_factory=list)
    ignored: str = ""

    # Some warnings, as on statins, say to ask before the next dose, so this must not contradict.
    no_stopping: ClassVar[str] = (
        "Do not stop a prescribed medicine. Ask a doctor or pharmacist first, and before the next "
        "dose where we say so."
    )

    @property
    def is_emergency(self) -> bool:
        return self.urgency.level == Level.EMERGENCY

    @property
    def level(self) -> LevelText:
        return LEVELS[self.urgency.level] if self.ticked.count else NOTHING

    @property
    def first_cause(self) -> str:
        """The first cause of a ticked symptom, and for care at home the first thing that helps.

        For a medicine that was ticked it is said before a visit to a doctor too: it may be to ask
        before the next dose. The symptoms that the cause brings on are named unless they are all
        that were ticked.
        """
        causes = self.suggestions.causes
        first = next((row for row in causes if row.symptoms or not self.ticked.symptoms), None)
        if not first:
            return ""
        symptoms = ", ".join(symptom.phrase for symptom in first.symptoms)
        is_part = 0 < len(first.symptoms) < len(self.ticked.symptoms)
        name = f"{first.cause.name} (for {symptoms})" if is_part else first.cause.name
        is_own_medicine = first.named_by and first.cause.kind == CauseKind.MEDICINE
        if self.urgency.level > (Level.SEE_A_DOCTOR if is_own_medicine else Level.SELF_CARE):
            return f"{name}."
        return f"{name}. {first.cause.what_helps.partition('. ')[0].rstrip('.')}."

    @property
    def first_nutrient(self) -> str:
        """The nutrient that comes first, and what to do about a strong risk of it."""
        if not self.suggestions.top_matches:
            return ""
        first = self.suggestions.top_matches[0]
        side = "too little or too much" if first.low else "too much"
        name = f"{first.nutrient.name} ({side})." if first.high else f"{first.nutrient.name}."
        strong = [row.risk_factor for row in first.effects if row.strength == Strength.STRONG]
        if not strong or self.urgency.level >= Level.URGENT:
            return name
        return f"{name} {strong[0].name}: {strong[0].what_to_do}"

    @property
    def open_questions(self) -> int:
        return sum(not question.chosen for question in self.questions)

    @property
    def order(self) -> str:
        words = [step.words for step in ORDER]
        if any(match.is_tied for match in self.suggestions.top_matches):
            words.append("Some of these are equal, and are listed from A to Z.")
        if self.ticked.causes or self.ticked.flags:
            words.append("Ticks that are not about nutrients are not counted.")
        words.append("The order says nothing about you: only an examination and tests can.")
        return " ".join(words)

    @property
    def reasons(self) -> list[Line]:
        """The reasons for the level: the emergency ones alone, or those for the same day."""
        if self.is_emergency:
            return [reason.line_of_card for reason in self.urgency.emergency]
        return [reason.line for reason in self.urgency.same_day]

    @property
    def see_a_doctor(self) -> list[Line]:
        return [reason.line for reason in self.urgency.see_a_doctor]

    @property
    def watch_for(self) -> list[tuple[str, list[RedFlag]]]:
        """What to do about signs that may come, with their flags."""
        groups = group_by(self.suggestions.watch_for, WATCH_FOR, "level")
        return [(WATCH_FOR[level], flags) for level, flags in groups]


class ChecklistForm(NamedTuple):
    """The form with its ticks."""

    choices: ChecklistChoices
    questions: list[QuestionField]
    ticks: frozenset[Tick]

    @property
    def has_answers(self) -> bool:
        return any(question.chosen for question in self.questions)


class AnswerForm(NamedTuple):
    """The form of an answer, which sends its ticks again.

    `hidden` are parameter and value of each tick, without those that the questions of the answer
    send. `take_off` are parameter, value and label of the buttons that remove a tick each.
    """

    hidden: list[tuple[str, str]]
    take_off: list[tuple[str, str, str]]


def read_ticks(data: QueryDict, choices: ChecklistChoices) -> tuple[list[Tick], list[str]]:
    """Return the ticks and answers of a form or a link, and the values that were ignored.

    Two answers that contradict each other are both read: the rules take the worse.
    """
    reading = Reading(data)
    ticks = []
    for name, slugs in choices.values.items():
        values = reading.values(name, {*slugs, *(f"{OFF}{slug}" for slug in slugs)})
        make = Tick if name in RESERVED_PARAMETERS else answer_tick
        ticks += [
            make(name, value)
            for value in values
            if not value.startswith(OFF) and f"{OFF}{value}" not in values
        ]
    reading.ignore_rest("change")
    return ticks, reading.ignored


def checklist_answer(data: QueryDict, content: ChecklistContent) -> ChecklistAnswer:
    """Return the answer to the ticks of a form or a link."""
    ticks, ignored = read_ticks(data, content.once(checklist_choices))
    ticked, urgency = ticked_rows(ticks, content), assess_urgency(ticks, content)
    return ChecklistAnswer(
        ticks,
        ticked,
        urgency,
        suggest(ticked, urgency, content),
        # An answer alone changes nothing: it describes a tick.
        follow_up_questions(ticks, urgency.level, content) if ticked.count else [],
        ignored_sentence(ignored),
    )


def checklist_form(answer: ChecklistAnswer, content: ChecklistContent) -> ChecklistForm:
    return ChecklistForm(
        content.once(checklist_choices),
        form_questions(answer.ticks, content),
        frozenset(answer.ticks),
    )


def answer_form(answer: ChecklistAnswer, content: ChecklistContent) -> AnswerForm:
    """Return the form of an answer. In an emergency only ticks that raised it can be taken off.

    Other ticks may name a nutrient, which an emergency must not show.
    """
    fired = [rule for rule in answer.urgency.triage.fired if rule.level == Level.EMERGENCY]
    raised = set().union(*(rule.named.union(*rule.answers) for rule in fired))
    names, on_page = content.once(tick_names), {row.row.slug for row in answer.questions}
    hidden, take_off = [], []
    for tick in answer.ticks:
        question, _, value = tick.slug.rpartition(":")
        name = question if tick.kind == "answer" else tick.kind
        if name not in on_page:
            hidden.append((name, value))
        if tick in raised or not fired:
            take_off.append((name, f"{OFF}{value}", names[tick]))
    return AnswerForm(hidden, take_off)
