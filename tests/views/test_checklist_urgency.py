"""The checklist in an emergency shows how to get help and nothing else; nothing lowers urgency."""

from datetime import UTC, datetime
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from nutrients.models import Answer, OtherCause, RedFlag, RedFlagRule, RiskFactor, Symptom
from nutrients.queries.checklist_content import ChecklistContent
from nutrients.queries.urgency import urgency_rules
from nutrients.ranking import Tick, answer_slug, urgency
from tests import factories
from tests.views.checklist_answers import PICTURE, RESULTS, nutrient_names, result, send, slugs_of
from tests.views.pages import links_of, text_of


def everything_in_an_emergency(response):
    """Assert that the answer is the emergency card and nothing that could hold a reader up."""
    text = text_of(response, RESULTS)
    assert "Call for help now" in text
    assert "Call 112, 911, 999" in text
    assert nutrient_names(text) == set()
    links = links_of(response, RESULTS)
    assert links == ["tel:112", "tel:911", "tel:999"]
    assert "Nutrients worth" not in text
    assert "Rich foods" not in text


def test_every_emergency_flag_gives_only_the_card(client, content):
    flags = RedFlag.objects.filter(status="published", is_asked=True, level="emergency")
    assert flags
    for flag in flags:
        everything_in_an_emergency(send(client, flag=[flag.slug], **PICTURE))


def test_every_emergency_symptom_gives_only_the_card(client, content):
    signs = Symptom.objects.filter(status="published", is_noticeable=True, urgency="emergency")
    assert signs
    for sign in signs:
        everything_in_an_emergency(send(client, symptom=[sign.slug, "muscle-cramps"]))


def test_every_emergency_rule_fires(client, content):
    rules = RedFlagRule.objects.filter(red_flag__status="published", red_flag__level="emergency")
    assert rules
    for rule in rules:
        risks = [*slugs_of(rule.risk_factors), *slugs_of(rule.other_causes)]
        answers = dict(rule.answers.values_list("question__slug", "slug"))
        response = send(client, symptom=slugs_of(rule.symptoms), risk=risks, **answers)
        everything_in_an_emergency(response)


def test_a_combination_raises_what_its_parts_do_not(client, small_world):
    flag = factories.flag("burst", "emergency", is_asked=False)
    factories.rule(flag, [Symptom.objects.get(slug="cramps")], [RiskFactor.objects.get()])
    assert "Call for help now" not in result(client, symptom=["cramps"])
    assert "Call for help now" not in result(client, risk=["long-runs"])
    assert "Act on burst." in result(client, symptom=["cramps"], risk=["long-runs"])


def test_form_stays_ticked_in_an_emergency(client, content):
    html = send(client, symptom=["seizures"]).content.decode()
    assert 'value="seizures" checked' in html
    assert "take the tick off" in html


def test_urgent_card_stands_above_the_results(client, small_world):
    factories.flag("swelling", "urgent")
    text = result(client, flag=["swelling"], symptom=["cramps"])
    assert text.index("Get medical care the same day") < text.index("What your ticks fit")
    assert "Swelling. Act on swelling." in text
    assert "Nutrients worth looking into" in text


def test_see_a_doctor_advice_stands_before_the_causes(client, small_world):
    factories.flag("two-weeks", "see-a-doctor")
    text = result(client, flag=["two-weeks"], symptom=["cramps"])
    assert "Get medical care the same day" not in text
    assert text.index("Act on two-weeks.") < text.index("Common causes")


def test_emergency_keeps_what_was_answered_so_that_it_can_be_changed(client, content):
    response = send(client, symptom=["headache"], onset="sudden")
    everything_in_an_emergency(response)
    html = response.content.decode()
    assert 'name="onset" value="sudden" checked' in html
    assert "What you answered" in html
    assert "Call for help now" not in result(client, symptom=["headache"], onset="")


def every_tick():
    """Whatever can be ticked or answered."""
    rows = {"symptom": Symptom, "risk": RiskFactor, "flag": RedFlag}
    ticks = [Tick(kind, slug) for kind, row in rows.items() for slug in slugs_of(row.objects.all())]
    ticks += [Tick("risk", slug) for slug in slugs_of(OtherCause.objects.filter(is_asked=True))]
    return ticks + [
        Tick("answer", answer_slug(*key))
        for key in Answer.objects.values_list("question__slug", "slug")
    ]


def shipped_rules():
    return list(urgency_rules(ChecklistContent(at=datetime(2100, 1, 1, tzinfo=UTC))))


def test_no_second_tick_lowers_what_the_first_raised(content):
    rules, ticks = shipped_rules(), every_tick()
    alone = {tick: urgency([tick], rules) for tick in ticks}
    for one, other in combinations(ticks, 2):
        both = urgency([one, other], rules)
        assert both.level >= max(alone[one].level, alone[other].level)
        assert {*alone[one].fired, *alone[other].fired} <= set(both.fired)


@settings(max_examples=150)
@given(data=st.data())
def test_no_set_of_ticks_lowers_the_urgency_of_a_part_of_it(content, data):
    rules, ticks = shipped_rules(), every_tick()
    some = data.draw(st.lists(st.sampled_from(ticks), max_size=12, unique=True))
    more = data.draw(st.lists(st.sampled_from(ticks), min_size=1, max_size=12, unique=True))
    before, after = urgency(some, rules), urgency([*some, *more], rules)
    assert after.level >= before.level
    assert set(before.fired) <= set(after.fired)
