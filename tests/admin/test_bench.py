"""The bench for red flags: ticks are tried with the rules of the form, and nothing is saved."""

from urllib.parse import parse_qs, urlsplit

import pytest

from nutrients.admin.bench import TICK
from nutrients.models import RedFlag, RedFlagRule, SafetyCase, Symptom
from nutrients.proposals import add_row, begin

from .forms import address_of


@pytest.fixture
def rule(content):
    """Return a rule of a published flag that needs two or more ticks and nothing else."""
    rules = RedFlagRule.objects.filter(answers=None, some_symptoms=None, some_risk_factors=None)
    rules = rules.filter(symptoms__is_noticeable=True, red_flag__status="published")
    return next(rule for rule in rules.distinct() if rule.symptoms.count() > 1)


@pytest.fixture
def other(rule):
    """Return a symptom that the rule does not name."""
    rows = Symptom.objects.filter(is_noticeable=True, status="published")
    return rows.exclude(pk__in=rule.symptoms.all()).first()


@pytest.fixture
def ticks(rule):
    rows = [("symptom", row) for row in rule.symptoms.all()]
    rows += [("risk", row) for row in (*rule.risk_factors.all(), *rule.other_causes.all())]
    return [f"{kind}:{row.slug}" for kind, row in rows]


@pytest.fixture
def bench(editor_client):
    return lambda row, **sent: editor_client.post(address_of(row, "bench"), sent)


def tried(answer, rule):
    """Return the text of the bench about a rule."""
    assert answer.status_code == 200
    return next(line for line in answer.context["trial"].rules if line.rule.pk == rule.pk)


@pytest.mark.parametrize("table", ["flag", "rule"])
def test_bench_shows_which_rules_fire_and_what_is_missing(bench, rule, ticks, table):
    row = rule if table == "rule" else rule.red_flag
    too_few = tried(bench(row, **{TICK: ticks[:-1]}), rule)
    answer = bench(row, **{TICK: ticks})

    assert (too_few.fires, tried(answer, rule).fires) == (False, True)
    assert [is_on for _, is_on in too_few.ticks].count(False) == 1
    assert "The flag is raised" in answer.text
    assert rule.red_flag.action in answer.text


@pytest.mark.parametrize("table", ["flag", "rule"])
def test_bench_tries_the_form_that_is_sent_and_saves_nothing(screen, bench, rule, other, table):
    row, prefix = rule, ""
    if table == "flag":
        row = rule.red_flag
        prefix = f"rules-{list(row.rules.values_list('pk', flat=True)).index(rule.pk)}-"
    sent = screen(row).data | {TICK: [f"symptom:{other.slug}"]}
    alone = {"symptoms": [other.pk], "risk_factors": [], "other_causes": []}
    alone = {f"{prefix}{name}": pks for name, pks in alone.items()}
    answer = bench(row, **sent | alone)

    assert f'formaction="{address_of(row, "bench")}"' in screen(row, address_of(row)).html
    assert tried(answer, rule).fires
    assert "which is not saved" in answer.text
    assert other not in rule.symptoms.all()
    # The page sends the form again with the next ticks.
    assert (f"{prefix}symptoms", str(other.pk)) in answer.context["sent"]
    wrong = bench(row, **sent | {f"{prefix}at_least": "many"})
    assert "has errors" in wrong.text


def test_bench_tries_a_draft_as_if_it_were_published(bench, rule, ticks):
    RedFlag.objects.filter(pk=rule.red_flag_id).update(status="draft")

    assert bench(rule.red_flag, **{TICK: ticks}).context["trial"].is_raised
    assert RedFlag.objects.get(pk=rule.red_flag_id).status == "draft"


def test_bench_proposes_a_case_that_passes(screen, bench, rule, ticks):
    address = bench(rule.red_flag, **{TICK: ticks}).context["trial"].case
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
