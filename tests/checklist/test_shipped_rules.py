"""Each shipped rule alone: its least set of ticks raises its flag, and no other rule would."""

from datetime import UTC, datetime
from itertools import combinations, product

import pytest

from nutrients.checklist.content import ChecklistContent
from nutrients.checklist.urgency import answer_ticks, follow_up_questions, urgency_rules
from nutrients.evidence.ranking import Level, Tick, urgency


@pytest.fixture
def shipped(content):
    return ChecklistContent(at=datetime(2100, 1, 1, tzinfo=UTC))


def combined(rules):
    """Return the rules that combine ticks; a ticked flag or symptom fires without one."""
    return [rule for rule in rules if {tick.kind for tick in rule.ticks} != {"flag"} and rule.named]


def least_ticks(rule):
    """Every least set of ticks that is enough for the rule, without answers."""
    number = rule.at_least if rule.some else 0
    return [rule.ticks | set(some) for some in combinations(sorted(rule.some), number)]


def wholes_of(rule):
    """Every least set of ticks and answers that meets the rule."""
    groups = [sorted(group) for group in rule.answers]
    return [
        frozenset(ticks.union(answers))
        for ticks, answers in product(least_ticks(rule), product(*groups))
    ]


def test_no_rule_is_covered_by_another_of_its_flag_and_every_tick_counts(shipped):
    rules = combined(urgency_rules(shipped))
    for rule in rules:
        others = [other for other in rules if other.subject == rule.subject and other is not rule]
        wholes = wholes_of(rule)
        alone = [whole for whole in wholes if not urgency(whole, others).fired]
        assert alone, f"another rule covers {rule}: this one must go"
        assert not any(urgency(whole - {tick}, [rule]).fired for whole in wholes for tick in whole)


def test_question_that_a_rule_waits_for_is_asked_or_stands_in_the_form(shipped):
    rules, questions = urgency_rules(shipped), answer_ticks(shipped)
    for rule in combined(rules):
        for ticks in least_ticks(rule) if rule.answers else []:
            triage = urgency(ticks, rules)
            if rule.subject in {fired.subject for fired in triage.fired}:
                continue
            follow_ups = {row.row.slug for row in follow_up_questions(ticks, triage.level, shipped)}
            for slug, answers in questions.items():
                if any(group & answers for group in rule.answers):
                    assert slug in follow_ups, (rule.subject, sorted(ticks))


def test_no_question_is_asked_for_nothing(shipped):
    assert follow_up_questions([], Level.SELF_CARE, shipped) == []
    restless = [Tick("symptom", "restless-legs")]
    assert follow_up_questions(restless, Level.SEE_A_DOCTOR, shipped) == []


def test_answered_question_stays_in_an_emergency_and_no_other_is_asked(shipped):
    ticks = {Tick("symptom", "headache"), Tick("symptom", "muscle-twitches")}
    before = follow_up_questions(ticks, Level.SEE_A_DOCTOR, shipped)
    assert {"duration", "places"} <= {row.row.slug for row in before}

    answered = {*ticks, Tick("answer", "duration:over-two-weeks")}
    (after,) = follow_up_questions(answered, Level.EMERGENCY, shipped)
    assert after.row.slug == "duration"
    assert after.chosen
