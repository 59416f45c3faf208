"""The checklist in an emergency shows how to get help and nothing else; nothing lowers urgency."""

import re
from datetime import UTC, datetime

import pytest

from nutrients.checklist.content import ChecklistContent
from nutrients.checklist.urgency import urgency_rules
from nutrients.evidence.ranking import Level, Tick, urgency
from nutrients.models import OtherCause, RedFlag, RedFlagRule, RiskFactor, Symptom
from nutrients.models.red_flags import CALL
from tests import factories
from tests.checklist.answers import HTMX, PICTURE, RESULTS, nutrient_names, result, send, slugs_of
from tests.site.pages import links_of, text_of


def everything_in_an_emergency(response):
    """Assert that the answer is the emergency card and nothing that could hold a reader up."""
    text = text_of(response, RESULTS)
    assert "Call for help now" in text
    assert "Call 999, 112, 911" in text
    assert nutrient_names(text) == set()
    links = links_of(response, RESULTS)
    assert links == ["tel:999", "tel:112", "tel:911"]
    # The card says once to call, for all reasons.
    for words in ("Nutrients worth", "Rich foods", CALL, "()"):
        assert words not in text


def test_every_emergency_gives_only_the_card(client, content):
    flags = RedFlag.objects.filter(status="published", is_asked=True, level="emergency")
    signs = Symptom.objects.filter(status="published", is_noticeable=True, urgency="emergency")
    rules = RedFlagRule.objects.filter(red_flag__status="published", red_flag__level="emergency")
    assert all([flags, signs, rules])
    for slug in slugs_of(flags):
        everything_in_an_emergency(send(client, flag=[slug], **PICTURE))
    for slug in slugs_of(signs):
        everything_in_an_emergency(send(client, symptom=[slug, "muscle-cramps"]))
    for rule in rules:
        risks = [*slugs_of(rule.risk_factors), *slugs_of(rule.other_causes)]
        risks += [*slugs_of(rule.some_risk_factors), *slugs_of(rule.some_other_causes)]
        answers = dict(rule.answers.values_list("question__slug", "slug"))
        symptoms = [*slugs_of(rule.symptoms), *slugs_of(rule.some_symptoms)]
        everything_in_an_emergency(send(client, symptom=symptoms, risk=risks, **answers))


def test_urgent_card_stands_above_the_results_and_advice_before_the_causes(client, small_world):
    factories.flag("swelling", "urgent")
    factories.flag("two-weeks", "see-a-doctor")
    text = result(client, flag=["swelling"], symptom=["cramps"])
    assert text.index("Get medical care the same day") < text.index("What matches your ticks")
    assert "Tick for swelling" in text
    assert "Act on swelling." in text
    assert "Nutrients worth looking into" in text
    RedFlag.objects.update(is_not_nutritional=True)
    text = result(client, flag=["swelling"], symptom=["cramps"])
    assert "Nutrients: No nutrient is named, because care comes first here." in text
    assert "Linked with" not in text
    text = result(client, flag=["two-weeks"], symptom=["cramps"])
    assert "Get medical care the same day" not in text
    assert text.index("Act on two-weeks.") < text.index("Common causes")


def test_card_says_the_readers_own_ticks_once_and_at_most_three_reasons(client, content):
    text = result(client, symptom=["tingling", "muscle-weakness"], onset="days")
    assert "Muscle weakness + Tingling (pins and needles) (Over days)" in plain(text)
    every = [*slugs_of(Symptom.objects.filter(is_noticeable=True, status="published"))]
    same_day = ["hand-foot-spasm", "abnormal-eye-movements", "one-leg-swelling"]
    for ticks, reasons in (
        ({"symptom": every, "flag": ["first-seizure"]}, 3),
        ({"symptom": ["seizures"]}, 1),
        ({"symptom": same_day, "flag": ["cramp-over-10-minutes", "statin-muscle-pain"]}, 3),
    ):
        first_list = send(client, HTMX, **ticks).text.split("</ul>")[0]
        assert first_list.count("<li>") == reasons, ticks


def test_emergency_is_in_the_title_and_keeps_ticks_and_answers_to_change(client, content):
    ticks = {"symptom": ["headache", "muscle-cramps"], "risk": ["high-dose-b6"]}
    answers = {"onset": "sudden", "severity": "severe"}
    response, form = send(client, **ticks, **answers), send(client, change="1", **ticks).text
    everything_in_an_emergency(response)
    html = response.text
    assert "<title>Call for help now: " in html
    assert "take the tick off" in html
    # Only what raised it is a button: the others may name a nutrient.
    raised = re.findall(r'name="\w+" value="-([\w-]+)"', html)
    assert raised == ["headache", *answers.values()]
    for name, value in answers.items():
        assert f'name="{name}" value="{value}"' in html
    for name, slugs in ticks.items():
        for slug in slugs:
            assert f'<input type="hidden" name="{name}" value="{slug}">' in html
            assert f'value="{slug}" checked' in form
    assert "Call for help now" not in result(client, symptom=["headache"], onset="sudden")


def plain(text):
    return " ".join(text.split())


LEVELS = {
    "nothing": {},
    "self-care": {"symptom": ["eyelid-twitch"]},
    "see-a-doctor": {"symptom": ["tremor"]},
    "same-day": {"symptom": ["palpitations"], "risk": ["ppi"]},
    "emergency": {"flag": ["stroke-signs"]},
}


@pytest.mark.parametrize("level", LEVELS)
def test_outermost_element_says_the_level(client, content, level):
    fragment = send(client, HTMX, **LEVELS[level]).text
    assert re.match(rf'\s*<div class="[\w-]+" data-level="{level}">', fragment)
    if level not in ("nothing", "emergency"):
        text = text_of(send(client, HTMX, **LEVELS[level]))
        assert "What to do:" in text
        assert " if it " in text or "sooner if" in text


def test_of_two_answers_the_worse_counts(client, content):
    ticks = {"symptom": ["tingling", "muscle-weakness"]}
    for onset in (["months", "days"], ["days", "months"]):
        assert 'data-level="emergency"' in send(client, HTMX, **ticks, onset=onset).text


def test_ticks_that_are_mild_alone_are_no_emergency_together_without_an_answer(content):
    """More ticks never lower the urgency, so that none of the sets of them is an emergency.

    A baby's age is no mild tick: NHS advice on babies is that the same signs need help at once, so
    a baby with a mild sign is excepted.
    """
    rules = urgency_rules(ChecklistContent(at=datetime(2100, 1, 1, tzinfo=UTC)))
    rows = {"symptom": Symptom, "risk": RiskFactor, "flag": RedFlag}
    ticks = [Tick(kind, slug) for kind, row in rows.items() for slug in slugs_of(row.objects.all())]
    ticks += [Tick("risk", slug) for slug in slugs_of(OtherCause.objects.filter(is_asked=True))]
    ticks.remove(Tick("risk", "infancy"))
    mild = [tick for tick in ticks if urgency([tick], rules).level < Level.URGENT]
    assert len(mild) > 90
    assert urgency(mild, rules).level < Level.EMERGENCY
