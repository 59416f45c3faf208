"""Each shipped rule by itself: what it names raises its flag, and nothing else would."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.conf import settings

from nutrients.loading import read_rows
from nutrients.models import RedFlagRule
from nutrients.queries.checklist_content import ChecklistContent
from nutrients.queries.questions import questions_asked
from nutrients.queries.urgency import urgency_rules
from nutrients.ranking import Level, Tick, answer_slug, urgency

pytestmark = pytest.mark.usefixtures("content")

NOW = datetime(2100, 1, 1, tzinfo=UTC)
RULES = {row.key[0]: row.fields for row in read_rows(settings.FIXTURES) if row.model is RedFlagRule}


def ticks_of(fields):
    """The ticks that a shipped rule names, without its answers."""
    kinds = {"symptoms": "symptom", "risk_factors": "risk", "other_causes": "risk"}
    return {Tick(kind, slug) for name, kind in kinds.items() for (slug,) in fields[name]}


def answers_of(fields):
    """The answers that a shipped rule names."""
    return [Tick("answer", answer_slug(*key)) for key in fields["answers"]]


def wholes_of(fields):
    """Every least set of ticks that meets the rule: one of its answers is enough."""
    ticks, answers = ticks_of(fields), answers_of(fields)
    assert len({answer.slug.partition(":")[0] for answer in answers}) <= 1
    return [frozenset(ticks | {answer}) for answer in answers] or [frozenset(ticks)]


def raised(ticks, rules):
    """The names of what the ticks raise, and the level."""
    triage = urgency(ticks, rules)
    return {rule.name for rule in triage.fired}, triage.level


@pytest.mark.parametrize("slug", RULES)
def test_rule_raises_its_flag_and_no_other_rule_would(slug):
    fields, content = RULES[slug], ChecklistContent(at=NOW)
    flag = content.flags[fields["red_flag"][0]]
    rules = list(urgency_rules(content))
    for whole in wholes_of(fields):
        names, level = raised(whole, rules)
        assert f"flag {flag.slug}" in names
        assert level >= Level[flag.level.upper().replace("-", "_")]

        (its_own,) = (r for r in rules if r.name == f"flag {flag.slug}" and r.fires(whole))
        without, _ = raised(whole, [rule for rule in rules if rule is not its_own])
        assert f"flag {flag.slug}" not in without, "another rule covers it: this one must go"


@pytest.mark.parametrize("slug", RULES)
def test_rule_needs_every_tick_that_it_names(slug):
    fields = RULES[slug]
    rules = list(urgency_rules(ChecklistContent(at=NOW)))
    for whole in wholes_of(fields):
        for tick in whole:
            names, _ = raised(whole - {tick}, rules)
            assert f"flag {fields['red_flag'][0]}" not in names


@pytest.mark.parametrize("slug", [slug for slug, fields in RULES.items() if fields["answers"]])
def test_question_of_a_rule_is_asked_where_its_ticks_stand(slug):
    fields = RULES[slug]
    asked = questions_asked(ticks_of(fields), ChecklistContent(at=NOW))
    assert fields["answers"][0][0] in {row.question.slug for row in asked}


def test_no_question_is_asked_for_nothing():
    content = ChecklistContent(at=NOW)
    assert questions_asked([], content) == []
    assert questions_asked([Tick("symptom", "restless-legs")], content) == []


def test_an_answered_question_stays_in_an_emergency_and_no_other_is_asked():
    ticks = {Tick("symptom", "headache"), Tick("symptom", "muscle-twitches")}
    content = ChecklistContent(at=NOW)
    before = questions_asked(ticks, content)
    assert [row.question.slug for row in before] == ["onset", "duration", "places"]

    after = questions_asked({*ticks, Tick("answer", "onset:sudden")}, content)
    assert [row.question.slug for row in after] == ["onset"]
    assert after[0].answer == "Suddenly, within minutes or hours"
