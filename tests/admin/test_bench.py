"""The bench for red flags: ticks are tried with the rules of the form, and nothing is saved."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse

from nutrients.admin.bench import TICK
from nutrients.models import RedFlag, RedFlagRule, SafetyCase, Symptom
from nutrients.proposals import add_row, begin

from .forms import Screen


@pytest.fixture
def rule(content):
    """A rule that wants two ticks or more and nothing else, of a flag that is published."""
    rules = RedFlagRule.objects.filter(answers=None, some_symptoms=None, some_risk_factors=None)
    rules = rules.filter(symptoms__is_noticeable=True, red_flag__status="published")
    return next(one for one in rules.distinct() if one.symptoms.count() > 1)


def ticks_of(rule):
    return [
        *(f"symptom:{one.slug}" for one in rule.symptoms.all()),
        *(f"risk:{one.slug}" for one in rule.risk_factors.all()),
        *(f"risk:{one.slug}" for one in rule.other_causes.all()),
    ]


def bench_of(row):
    return reverse(f"admin:nutrients_{row._meta.model_name}_bench", args=[row.pk])


def tried(answer, rule):
    """What the bench says of a rule."""
    assert answer.status_code == 200
    return next(one for one in answer.context["tried"].rules if one.rule.pk == rule.pk)


@pytest.mark.parametrize("whose", ["flag", "rule"])
def test_bench_says_which_rules_fire_and_what_is_missing(editor_client, rule, whose):
    address = bench_of(rule if whose == "rule" else rule.red_flag)
    ticks = ticks_of(rule)
    some = tried(editor_client.post(address, {TICK: ticks[:-1]}), rule)
    answer = editor_client.post(address, {TICK: ticks})
    every = tried(answer, rule)

    assert (some.fires, every.fires) == (False, True)
    assert [is_on for _, is_on in some.ticks].count(False) == 1
    assert "The flag is raised" in answer.content.decode()
    assert rule.red_flag.action in answer.content.decode()


def test_bench_tries_the_form_that_is_sent_and_saves_nothing(screen, editor_client, rule):
    other = Symptom.objects.filter(is_noticeable=True, status="published")
    other = other.exclude(pk__in=rule.symptoms.all()).first()
    form = screen(rule)
    sent = form.data | {"symptoms": [other.pk], "risk_factors": [], "other_causes": []}
    answer = editor_client.post(bench_of(rule), sent | {TICK: [f"symptom:{other.slug}"]})

    assert tried(answer, rule).fires
    assert "which is not saved" in answer.content.decode()
    assert other not in rule.symptoms.all()
    # The form goes along with each further try.
    again = {name: value for name, value in answer.context["sent"] if name == "symptoms"}
    assert again == {"symptoms": str(other.pk)}


def test_form_with_errors_is_said(screen, editor_client, rule):
    sent = screen(rule).data | {"at_least": "many"}
    page = editor_client.post(bench_of(rule), sent).content.decode()

    assert "has errors" in page


def test_draft_is_tried_as_if_it_were_published(editor_client, rule):
    RedFlag.objects.filter(pk=rule.red_flag_id).update(status="draft")
    answer = editor_client.post(bench_of(rule.red_flag), {TICK: ticks_of(rule)})

    assert answer.context["tried"].is_raised
    assert RedFlag.objects.get(pk=rule.red_flag_id).status == "draft"


def test_what_was_tried_becomes_a_case_that_passes(screen, editor_client, rule):
    answer = editor_client.post(bench_of(rule.red_flag), {TICK: ticks_of(rule)})
    address = answer.context["tried"].case
    form = screen(SafetyCase, address)
    asked = parse_qs(urlsplit(address).query)
    assert asked["must_warn"] == [str(rule.red_flag_id)]
    form.data = {name: value for name, value in form.data.items() if value}
    named = {"title": "Tried", "slug": "tried", "why": "To hold it.", "group": "combination"}
    assert form.save(**named).status_code == 302

    case = SafetyCase.objects.get(slug="tried")
    assert set(case.symptoms.all()) == set(rule.symptoms.all())
    assert set(case.must_warn.all()) == {rule.red_flag}


def test_bench_is_for_editors_alone(client, rule):
    assert client.get(bench_of(rule)).status_code == 302


def test_form_leads_to_the_bench(screen, rule):
    page = screen(rule).response.content.decode()

    assert f'formaction="{bench_of(rule)}"' in page


def test_bench_tries_the_form_over_its_proposal(screen, editor, editor_client, rule):
    other = Symptom.objects.filter(is_noticeable=True, status="published")
    other = other.exclude(pk__in=rule.symptoms.all()).first()
    proposal = begin("A wider rule", by=editor)
    alone = {"symptoms": [other], "risk_factors": [], "other_causes": []}
    add_row(proposal, rule, alone, by=editor)
    sent = screen(rule, f"{Screen.address_of(rule)}?proposal={proposal.pk}").data
    sent |= {"proposal": str(proposal.pk), TICK: [f"symptom:{other.slug}"]}

    assert tried(editor_client.post(bench_of(rule), sent), rule).fires
    assert other not in rule.symptoms.all()
