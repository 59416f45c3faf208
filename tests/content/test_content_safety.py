"""The shipped red flags: what calls for help, and which ticks raise it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from nutrients.checklist.content import ChecklistContent
from nutrients.checklist.urgency import urgency_rules
from nutrients.evidence.ranking import Tick, urgency
from nutrients.models import OtherCause, RedFlag, RedFlagRule, RiskFactor, Status, Symptom, Urgency

pytestmark = pytest.mark.usefixtures("content")

TICKS = ("symptoms", "risk_factors", "other_causes")
NOW = datetime(2100, 1, 1, tzinfo=UTC)
NUMBERS = "the emergency number (999, 112 or 911)"
# No tick can say that a child has swallowed something; it stands on the safety page.
READ_ONLY = {"overdose-child"}

RAISED = [
    ("confusion muscle-jerks", "confusion-spasms"),
    ("palpitations breathlessness now:yes", "chest-pain-palpitations"),
    ("throat-spasm", "breathing-trouble"),
    ("seizures", "first-seizure"),
    ("alcohol balance-problems abnormal-eye-movements", "wernicke"),
    ("vomiting balance-problems memory-problems onset:days", "wernicke"),
    ("bariatric-surgery vision-changes confusion", "wernicke"),
    ("alcohol tremor confusion", "alcohol-withdrawal"),
    ("ssris muscle-jerks diarrhoea onset:days", "serotonin-syndrome"),
    ("infancy muscle-jerks", "infant-fit"),
    ("mouth-tingling hand-foot-spasm", "hand-spasm-tingling"),
    ("hypoparathyroidism tingling", "after-neck-surgery"),
    ("nitrous-oxide numbness", "nitrous-numbness"),
    ("statins muscle-pain", "statin-muscle-pain"),
    ("statins stairs-difficulty", "statin-muscle-pain"),
    ("kidney-disease palpitations", "kidney-heart-medicines"),
    ("potassium-sparing muscle-weakness", "kidney-heart-medicines"),
    ("muscle-twitches muscle-weakness", "twitch-with-weakness"),
    ("muscle-twitches eyelid-twitch", "twitch-two-weeks"),
    ("burning-feet", "tingling-feet"),
    ("night-leg-cramps leg-swelling", "cramps-break-sleep"),
    ("restless-legs", "restless-evening"),
    ("pregnancy", "before-supplements"),
    ("muscle-weakness onset:sudden", "climbing-weakness"),
    ("numbness onset:sudden side:one-side", "stroke-signs"),
    ("tingling muscle-weakness onset:days", "climbing-weakness"),
    ("vision-changes onset:sudden", "sudden-vision-loss"),
    ("balance-problems double-vision:yes", "stroke-signs"),
    ("memory-problems onset:sudden", "stroke-signs"),
    ("headache onset:sudden severity:severe", "severe-headache"),
    ("headache muscle-weakness onset:sudden", "severe-headache"),
    ("headache vision-changes onset:sudden", "severe-headache"),
    ("headache pregnancy late-pregnancy:yes", "headache-pregnancy"),
    ("muscle-weakness numbness onset:days", "climbing-weakness"),
    ("stairs-difficulty onset:sudden", "climbing-weakness"),
    ("one-leg-swelling breathlessness", "sudden-breathlessness"),
    ("leg-swelling breathlessness one-leg:yes", "sudden-breathlessness"),
    ("leg-swelling one-leg:yes", "swollen-leg"),
    ("fatigue breathlessness", "tired-breathless"),
    ("muscle-pain muscle-weakness", "pain-with-weakness"),
    ("muscle-twitches duration:over-two-weeks", "twitch-two-weeks"),
    ("muscle-twitches places:more-than-one", "twitch-two-weeks"),
    ("muscle-cramps new-medicine:yes", "medicine-side-effect"),
    ("muscle-jerks new-medicine:yes", "jerks-new-medicine"),
]
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


def raised(words):
    """The flags that these ticks raise: slugs of any kind, and answers such as onset:sudden."""
    kinds = ("symptom", "risk", "answer")
    ticks = frozenset(Tick(kind, word) for word in words.split() for kind in kinds)
    rules = urgency_rules(ChecklistContent(at=NOW))
    subjects = (rule.subject for rule in urgency(ticks, rules).fired)
    return {subject.slug for subject in subjects if subject.kind == "flag"}


def wanted(rule):
    """The slugs of the ticks that the rule names."""
    links = [*TICKS, *(f"some_{ticks}" for ticks in TICKS)]
    return {row.slug for ticks in links for row in getattr(rule, ticks).all()}


@pytest.mark.parametrize(("ticks", "flag"), RAISED)
def test_ticks_raise_the_flag_that_they_describe(ticks, flag):
    assert flag in raised(ticks)


@pytest.mark.parametrize("ticks", [ticks for ticks, _ in RAISED if " " in ticks])
def test_no_part_of_a_combination_raises_its_flag(ticks):
    flag = dict(RAISED)[ticks]
    for tick in ticks.split():
        rest = " ".join(set(ticks.split()) - {tick})
        assert flag not in raised(rest)


@pytest.mark.parametrize("ticks", NOT_RAISED)
def test_everyday_ticks_raise_nothing(ticks):
    assert raised(ticks) - {"before-supplements"} == set()


def test_every_published_flag_can_be_raised():
    published = RedFlag.objects.filter(status=Status.PUBLISHED)
    silent = published.filter(is_asked=False, rules=None)
    assert {flag.slug for flag in silent} == READ_ONLY


def test_rules_are_made_of_published_ticks():
    ticks = {
        *Symptom.objects.filter(is_noticeable=True, status=Status.PUBLISHED),
        *RiskFactor.objects.filter(status=Status.PUBLISHED),
        *OtherCause.objects.filter(status=Status.PUBLISHED, is_asked=True),
    }
    slugs = {row.slug for row in ticks}
    for rule in RedFlagRule.objects.all():
        assert wanted(rule), rule
        assert wanted(rule) <= slugs, rule
        assert rule.red_flag.status == Status.PUBLISHED, rule


def test_asked_flags_come_in_the_order_of_urgency():
    levels = [Urgency(flag.level).rank for flag in RedFlag.objects.all()]
    assert levels == sorted(levels, reverse=True)
    asked = RedFlag.objects.filter(is_asked=True, status=Status.PUBLISHED)
    assert asked.filter(level=Urgency.EMERGENCY).count() == 13
    assert asked.count() == 16


def test_every_emergency_says_whom_to_call():
    for flag in RedFlag.objects.filter(level=Urgency.EMERGENCY):
        assert NUMBERS in flag.action, flag.slug
    for symptom in Symptom.objects.filter(urgency=Urgency.EMERGENCY):
        assert NUMBERS in symptom.help_note, symptom.slug


def test_emergencies_are_few_and_each_has_a_reason_of_its_own():
    reasons = RedFlag.objects.filter(level=Urgency.EMERGENCY).values_list("why_it_matters")
    assert len(reasons) == len(set(reasons)) <= 20


def test_what_no_symptom_tells_of_shows_on_the_safety_page_alone(client):
    (flag,) = RedFlag.objects.filter(slug__in=READ_ONLY)
    for symptom in ("seizures", "muscle-twitches"):
        assert flag.sign not in client.get(f"/symptoms/{symptom}/").content.decode()
    assert flag.sign in client.get("/safety/").content.decode()


def test_every_symptom_says_when_to_get_help():
    assert not Symptom.objects.filter(help_note="").exists()


def test_examination_signs_are_not_asked():
    hidden = Symptom.objects.filter(is_noticeable=False)
    assert {symptom.slug for symptom in hidden} == {
        "brisk-reflexes",
        "reduced-reflexes",
        "chvostek-sign",
        "trousseau-sign",
    }


def test_signs_that_readers_come_for_are_noticeable():
    common = Symptom.objects.filter(is_common=True)
    assert 12 <= common.count() <= 14
    assert not common.filter(is_noticeable=False).exists()
    assert not common.exclude(status=Status.PUBLISHED).exists()


def test_nobody_is_told_to_stop_a_medicine():
    for slug in ("statin-muscle-pain", "medicine-side-effect", "kidney-heart-medicines"):
        assert "do not stop a prescribed medicine" in RedFlag.objects.get(slug=slug).action.lower()
