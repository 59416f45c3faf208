"""The shipped red flags: what calls for help, and which ticks raise nothing.

The cases of the test book prove that each rule raises its flag.
"""

from datetime import UTC, datetime

import pytest

from nutrients.checklist.content import ChecklistContent
from nutrients.checklist.urgency import urgency_rules
from nutrients.evidence.ranking import Tick, urgency
from nutrients.models import OtherCause, RedFlag, RedFlagRule, RiskFactor, Status, Symptom, Urgency

pytestmark = pytest.mark.usefixtures("content")

TICKS = ("symptoms", "risk_factors", "other_causes")
NUMBERS = "the emergency number (999, 112 or 911)"
# No tick can say that a child has swallowed something. It is on the safety page only.
READ_ONLY = "overdose-child"
# Slugs of any kind, and answers.
NOT_RAISED = [
    "muscle-twitches",
    "eyelid-twitch caffeine stress-anxiety lack-of-sleep",
    "muscle-cramps night-leg-cramps heavy-sweating",
    "fatigue pale-skin vegan-diet",
    "statins",
    "alcohol tremor",
    "balance-problems vision-changes",
    "muscle-twitches duration:up-to-two-weeks places:one new-medicine:no",
    "muscle-weakness onset:weeks",
    "headache pregnancy late-pregnancy:no onset:months",
    "onset:sudden",
]


def test_everyday_ticks_raise_nothing():
    rules = list(urgency_rules(ChecklistContent(at=datetime(2100, 1, 1, tzinfo=UTC))))
    for words in NOT_RAISED:
        kinds = ("symptom", "risk", "answer")
        ticks = {Tick(kind, word) for word in words.split() for kind in kinds}
        raised = {rule.subject for rule in urgency(frozenset(ticks), rules).fired}
        flags = {subject.slug for subject in raised if subject.kind == "flag"}
        assert flags <= {"before-supplements"}, words


def test_every_published_flag_can_be_raised_and_each_rule_is_made_of_published_ticks():
    published = RedFlag.objects.filter(status=Status.PUBLISHED)
    assert [flag.slug for flag in published.filter(is_asked=False, rules=None)] == [READ_ONLY]
    ticks = {
        *Symptom.objects.filter(is_noticeable=True, status=Status.PUBLISHED),
        *RiskFactor.objects.filter(status=Status.PUBLISHED),
        *OtherCause.objects.filter(status=Status.PUBLISHED, is_asked=True),
    }
    for rule in RedFlagRule.objects.all():
        links = [*TICKS, *(f"some_{ticks}" for ticks in TICKS)]
        wanted = {row for link in links for row in getattr(rule, link).all()}
        assert wanted, rule
        assert wanted <= ticks, rule
        assert rule.red_flag.status == Status.PUBLISHED, rule


def test_asked_flags_come_in_the_order_of_urgency():
    levels = [Urgency(flag.level).rank for flag in RedFlag.objects.all()]
    assert levels == sorted(levels, reverse=True)
    ticks = RedFlag.objects.filter(is_asked=True, status=Status.PUBLISHED)
    assert ticks.filter(level=Urgency.EMERGENCY).count() == 13
    assert ticks.count() == 16


def test_emergencies_are_few_and_each_says_why_and_whom_to_call():
    emergencies = RedFlag.objects.filter(level=Urgency.EMERGENCY)
    assert len(emergencies) == len({flag.why_it_matters for flag in emergencies}) <= 20
    assert all(NUMBERS in flag.action for flag in emergencies)
    for symptom in Symptom.objects.filter(urgency=Urgency.EMERGENCY):
        assert NUMBERS in symptom.help_note, symptom.slug
    assert not Symptom.objects.filter(help_note="").exists()


def test_what_no_symptom_tells_of_shows_on_the_safety_page_alone(client):
    sign = RedFlag.objects.get(slug=READ_ONLY).sign
    for symptom in ("seizures", "muscle-twitches"):
        assert sign not in client.get(f"/symptoms/{symptom}/").content.decode()
    assert sign in client.get("/safety/").content.decode()


def test_signs_that_readers_come_for_are_noticeable_and_those_of_an_examination_are_not_asked():
    common = Symptom.objects.filter(is_common=True)
    assert 12 <= common.count() <= 14
    assert not common.exclude(is_noticeable=True, status=Status.PUBLISHED).exists()
    hidden = Symptom.objects.filter(is_noticeable=False).values_list("slug", flat=True)
    reflexes = {"brisk-reflexes", "reduced-reflexes"}
    assert {*hidden} == {*reflexes, "chvostek-sign", "trousseau-sign"}


def test_nobody_is_told_to_stop_a_medicine():
    for slug in ("statin-muscle-pain", "medicine-side-effect", "kidney-heart-medicines"):
        assert "do not stop a prescribed medicine" in RedFlag.objects.get(slug=slug).action.lower()
