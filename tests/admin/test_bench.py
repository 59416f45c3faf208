"""The bench for red flags: ticks are tried with rules of the site or of a proposal."""

from urllib.parse import parse_qs, urlsplit

import pytest

from nutrients.admin.bench import TICK
from nutrients.models import RedFlag, RedFlagRule, SafetyCase, Symptom
from nutrients.proposals.rows import add_row, begin_proposal
from tests.admin.forms import address_of

TICKS = ["symptom:confusion", "symptom:muscle-twitches"]


@pytest.fixture
def rule(content):
    """Return a rule that needs `TICKS` and nothing else."""
    return RedFlagRule.objects.get(slug="confusion-spasms--muscle-twitches")


@pytest.fixture
def bench(editor_client):
    return lambda row, **sent: editor_client.get(address_of(row, "bench"), sent)


def tried(answer, rule):
    """Return the text of the bench about a rule."""
    assert answer.status_code == 200
    return next(line for line in answer.context["trial"].rules if line.rule.pk == rule.pk)


@pytest.mark.parametrize("table", ["flag", "rule"])
def test_bench_shows_which_rules_fire_and_what_is_missing(bench, rule, table):
    row = rule if table == "rule" else rule.red_flag
    too_few = tried(bench(row, **{TICK: TICKS[:1]}), rule)
    answer = bench(row, **{TICK: TICKS})

    assert (too_few.fires, tried(answer, rule).fires) == (False, True)
    assert [is_on for _, is_on in too_few.ticks].count(False) == 1
    assert "The flag is raised" in answer.text
    assert rule.red_flag.action in answer.text
    unsure = RedFlagRule.objects.get(slug="weakness-days--days")
    assert tried(bench(unsure, **{TICK: ["symptom:muscle-weakness", "onset:days"]}), unsure).fires

    # A draft is tried as if it were published.
    RedFlag.objects.filter(pk=rule.red_flag_id).update(status="draft")
    assert bench(row, **{TICK: TICKS}).context["trial"].is_raised
    assert RedFlag.objects.get(pk=rule.red_flag_id).status == "draft"


def test_bench_proposes_a_case_that_passes(screen, bench, rule):
    address = bench(rule.red_flag, **{TICK: TICKS}).context["trial"].case
    assert parse_qs(urlsplit(address).query)["must_warn"] == [str(rule.red_flag_id)]
    form = screen(SafetyCase, address)
    form.data = {name: value for name, value in form.data.items() if value}
    named = {"title": "Tried", "slug": "tried", "why": "To hold it.", "group": "combination"}
    assert form.save(**named).status_code == 302

    case = SafetyCase.objects.get(slug="tried")
    assert set(case.symptoms.all()) == set(rule.symptoms.all())
    assert set(case.must_warn.all()) == {rule.red_flag}


def test_bench_tries_the_rules_of_a_proposal_and_saves_nothing(screen, editor, bench, rule):
    proposal, tremor = begin_proposal("A wider rule", by=editor), Symptom.objects.get(slug="tremor")
    add_row(proposal, rule, {"symptoms": [tremor]}, by=editor)
    query = f"?proposal={proposal.pk}"
    form = screen(rule, address_of(rule) + query)
    assert f'href="{address_of(rule, "bench")}{query}"' in form.html
    answer = bench(rule.red_flag, proposal=proposal.pk, **{TICK: ["symptom:tremor"]})

    assert tried(answer, rule).fires
    # The next ticks are tried with the same rules.
    assert f'name="proposal" value="{proposal.pk}"' in answer.text
    assert tremor not in rule.symptoms.all()
