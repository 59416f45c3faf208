"""The checklist in an emergency shows how to get help and nothing else; nothing lowers urgency."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nutrients.models import RedFlag, RedFlagRule, RiskFactor, Symptom
from nutrients.queries.checklist_content import ChecklistContent
from nutrients.queries.urgency import urgency_of
from nutrients.ranking import Level, Tick
from tests import factories
from tests.views.checklist_answers import PICTURE, RESULTS, nutrient_names, result, send, slugs_of
from tests.views.pages import links_of, text_of

# The content is only read, so one copy of it serves every example.
SHARED_CONTENT = [HealthCheck.function_scoped_fixture]


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
    for rule in rules.prefetch_related("symptoms", "risk_factors", "other_causes"):
        risks = [*rule.risk_factors.all(), *rule.other_causes.all()]
        symptoms = [sign.slug for sign in rule.symptoms.all()]
        response = send(client, symptom=symptoms, risk=[risk.slug for risk in risks])
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


@settings(max_examples=40, deadline=None, suppress_health_check=SHARED_CONTENT)
@given(data=st.data())
def test_no_tick_lowers_the_urgency_of_shipped_content(content, data):
    now = factories.PUBLISHED["publish_at"].replace(year=2100)
    rows = {"symptom": Symptom, "risk": RiskFactor, "flag": RedFlag}
    ticks = [Tick(kind, slug) for kind, row in rows.items() for slug in slugs_of(row.objects.all())]
    some = data.draw(st.lists(st.sampled_from(ticks), max_size=6))
    more = data.draw(st.sampled_from(ticks))
    shipped = ChecklistContent(at=now)
    before, after = urgency_of(some, shipped), urgency_of([*some, more], shipped)
    assert Level.SELF_CARE <= before.level <= after.level
