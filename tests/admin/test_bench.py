"""The bench for red flags: ticks are tried with the rules of the form, and nothing is saved."""

from urllib.parse import parse_qs, urlsplit

import pytest

from nutrients.admin.bench import TICK
from nutrients.models import RedFlag, RedFlagRule, SafetyCase, Symptom
from nutrients.proposals import add_row, begin

from .forms import address_of


@pytest.fixture
def rule(content):
    """A rule that wants two ticks or more and nothing else, of a flag that is published."""
    rules = RedFlagRule.objects.filter(answers=None, some_symptoms=None, some_risk_factors=None)
    rules = rules.filter(symptoms__is_noticeable=True, red_flag__status="published")
    return next(one for one in rules.distinct() if one.symptoms.count() > 1)


@pytest.fixture
def other(rule):
    """A symptom that the rule does not name."""
    rows = Symptom.objects.filter(is_noticeable=True, status="published")
    return rows.exclude(pk__in=rule.symptoms.all()).first()


@pytest.fixture
def ticks(rule):
    kinds = {"symptom": rule.symptoms, "risk": rule.risk_factors}
    ticks = [f"{kind}:{one.slug}" for kind, rows in kinds.items() for one in rows.all()]
    return ticks + [f"risk:{one.slug}" for one in rule.other_causes.all()]


@pytest.fixture
def bench(editor_client):
    return lambda row, **sent: editor_client.post(address_of(row, "bench"), sent)


def tried(answer, rule):
    """What the bench says of a rule."""
    assert answer.status_code == 200
    return next(one for one in answer.context["tried"].rules if one.rule.pk == rule.pk)


@pytest.mark.parametrize("whose", ["flag", "rule"])
def test_bench_says_which_rules_fire_and_what_is_missing(bench, rule, ticks, whose):
    row = rule if whose == "rule" else rule.red_flag
    some = tried(bench(row, **{TICK: ticks[:-1]}), rule)
    answer = bench(row, **{TICK: ticks})

    assert (some.fires, tried(answer, rule).fires) == (False, True)
    assert [is_on for _, is_on in some.ticks].count(False) == 1
    assert "The flag is raised" in answer.content.decode()
    assert rule.red_flag.action in answer.content.decode()


def test_bench_tries_the_form_that_is_sent_and_saves_nothing(screen, bench, rule, other):
    sent = screen(rule).data | {TICK: [f"symptom:{other.slug}"]}
    alone = {"symptoms": [other.pk], "risk_factors": [], "other_causes": []}
    answer = bench(rule, **sent | alone)

    assert tried(answer, rule).fires
    assert "which is not saved" in answer.content.decode()
    assert other not in rule.symptoms.all()
    # The form goes along with each further try.
    again = {name: value for name, value in answer.context["sent"] if name == "symptoms"}
    assert again == {"symptoms": str(other.pk)}
    assert "has errors" in bench(rule, **sent | {"at_least": "many"}).content.decode()


def test_draft_is_tried_as_if_it_were_published(bench, rule, ticks):
    RedFlag.objects.filter(pk=rule.red_flag_id).update(status="draft")

    assert bench(rule.red_flag, **{TICK: ticks}).context["tried"].is_raised
    assert RedFlag.objects.get(pk=rule.red_flag_id).status == "draft"


def test_what_was_tried_becomes_a_case_that_passes(screen, bench, rule, ticks):
    address = bench(rule.red_flag, **{TICK: ticks}).context["tried"].case
    assert parse_qs(urlsplit(address).query)["must_warn"] == [str(rule.red_flag_id)]
    form = screen(SafetyCase, address)
    form.data = {name: value for name, value in form.data.items() if value}
    named = {"title": "Tried", "slug": "tried", "why": "To hold it.", "group": "combination"}
    assert form.save(**named).status_code == 302

    case = SafetyCase.objects.get(slug="tried")
    assert set(case.symptoms.all()) == set(rule.symptoms.all())
    assert set(case.must_warn.all()) == {rule.red_flag}


def test_bench_tries_the_form_over_its_proposal(screen, editor, bench, rule, other):
    proposal = begin("A wider rule", by=editor)
    alone = {"symptoms": [other], "risk_factors": [], "other_causes": []}
    add_row(proposal, rule, alone, by=editor)
    sent = screen(rule, f"{address_of(rule)}?proposal={proposal.pk}").data
    sent |= {"proposal": str(proposal.pk), TICK: [f"symptom:{other.slug}"]}

    assert tried(bench(rule, **sent), rule).fires
    assert other not in rule.symptoms.all()
