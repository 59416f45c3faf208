"""The tables of risk factors, other causes, interactions and signs that need a person."""

from __future__ import annotations

from typing import Any

from nutrients.models import (
    CauseKind,
    Diet,
    Evidence,
    InteractionKind,
    RiskKind,
    Severity,
    StandsFor,
    Urgency,
)

from . import columns as c
from .cells import Value


def _answers(row: Any) -> Value:
    return sorted("/".join(answer.natural_key()) for answer in row.answers.all())


RISK_FACTORS = c.Table(
    "risk-factors",
    "Risk factors",
    "a diet, medicine, condition, age or habit that lowers or raises nutrients",
    (
        c.key("The risk factor’s stable identifier."),
        c.text("name", "Its name."),
        c.choice("kind", "What sort of risk factor it is.", RiskKind),
        c.ids("lowers", "The nutrients it lowers, as ids."),
        c.ids("raises", "The nutrients it raises, as ids."),
        c.choice("diet", "The diet that it is; empty where it is none.", Diet),
        c.text("mechanism", "How it lowers or raises the nutrients."),
        c.text("what_to_do", "What to do about it."),
        c.choice("stands_for", "Whom it is; empty where that is no matter of foods.", StandsFor),
        c.yes_no("has_own_food_advice", "Whether general advice on food is not for who has it."),
        c.yes_no("is_common", "Whether the checklist shows it at once."),
        c.number("position", "Its place in lists: the lowest comes first."),
        c.ids("sources", c.SOURCES),
        *c.checked(),
    ),
)

OTHER_CAUSES = c.Table(
    "other-causes",
    "Other causes",
    "a cause of signs that is not a nutrient",
    (
        c.key("The cause’s stable identifier."),
        c.text("name", "Its name."),
        c.choice("kind", "What sort of cause it is.", CauseKind),
        c.ids("symptoms", "The symptoms it causes, as ids."),
        c.text("mechanism", "How it brings the signs on."),
        c.text("what_helps", "What helps."),
        c.text("when_to_seek_care", "When to seek care."),
        c.choice("evidence", "How good the evidence is that it causes the signs.", Evidence),
        c.yes_no("is_common", "Whether results show it before nutrients."),
        c.yes_no("is_asked", "Whether it has a tick of its own in the checklist."),
        c.ids("risk_factors", "Risk factors that point to it, as ids."),
        c.number("position", "Its place in lists: the lowest comes first."),
        c.ids("sources", c.SOURCES),
        *c.checked(),
    ),
)

INTERACTIONS = c.Table(
    "interactions",
    "Interactions",
    "a pair of food, nutrient or medicine worth knowing",
    (
        c.key("The pair’s stable identifier."),
        c.text("item_a", "The first of the pair."),
        c.text("item_b", "The second of the pair."),
        c.choice("kind", "What meets what.", InteractionKind),
        c.ids("nutrients", "The nutrients concerned, as ids."),
        c.ids("risk_factors", "Risk factors whose tick shows this pair, as ids."),
        c.text("effect", "What happens."),
        c.text("advice", "What to do."),
        c.choice("severity", "How much it matters.", Severity),
        c.ids("sources", c.SOURCES),
        *c.checked(),
    ),
)

RED_FLAGS = c.Table(
    "red-flags",
    "Red flags",
    "a sign that needs a person",
    (
        c.key("The flag’s stable identifier."),
        c.address(),
        c.choice("level", "How soon it needs a person.", Urgency),
        c.text("sign", "What the reader notices."),
        c.text("why_it_matters", "Why it matters."),
        c.text("action", "What to do."),
        c.text("possible_causes", "What may be behind it."),
        c.ids("related_symptoms", "The symptoms it goes with, as ids."),
        c.yes_no("is_asked", "Whether it has a tick of its own in the checklist."),
        c.text("tick_label", "The wording of that tick."),
        c.ids("only_for", "Risk factors that it is about, as ids; empty means everybody."),
        c.number("position", "Its place in lists: the lowest comes first."),
        c.ids("sources", c.SOURCES),
        *c.checked(),
    ),
)

RULES = c.Table(
    "rules",
    "Rules of red flags",
    "one way for a red flag to be raised: every tick that it names is ticked",
    (
        c.key("The rule’s stable identifier."),
        c.text("red_flag", "The flag that it raises, as an id.", "red_flag.slug"),
        c.ids("symptoms", "Symptoms that must be ticked, as ids."),
        c.ids("risk_factors", "Risk factors that must be ticked, as ids."),
        c.ids("other_causes", "Other causes that must be ticked, as ids."),
        c.Column(
            "answers",
            "Answers, as question/answer; of several to one question, one is enough.",
            _answers,
            c.Kind.LIST,
        ),
        c.Column(
            "sources",
            "The sources of the red flag, as ids in the table of sources.",
            lambda row: sorted(source.slug for source in row.red_flag.sources.all()),
            c.Kind.LIST,
        ),
    ),
)

ANSWERS = c.Table(
    "answers",
    "Questions and answers",
    "an answer to a question that the checklist asks where a rule of a red flag turns on it",
    (
        c.key("Question and answer."),
        c.text("question", "The question, as an id.", "question.slug"),
        c.text("question_text", "The question in words.", "question.text"),
        c.text("question_why", "Why it is asked.", "question.why"),
        c.number("question_position", "The question’s place in lists.", path="question.position"),
        c.text("answer", "The answer, as an id within its question.", "slug"),
        c.text("label", "The answer in words."),
        c.number("position", "Its place among the answers: the lowest comes first."),
    ),
)
