"""The public test book: all shipped cases pass, the book is complete, and it finds faults."""

from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from nutrients.evidence.ranking import Level
from nutrients.models import (
    CaseGroup,
    CaseOutcome,
    Interaction,
    Nutrient,
    OtherCause,
    RedFlag,
    RedFlagRule,
    RiskFactor,
    SafetyCase,
    Symptom,
)
from nutrients.site.views import CASES_A_PAGE
from nutrients.testbook.cases import published_cases
from nutrients.testbook.running import CaseAnswer, failing, faults, run_book
from tests import factories
from tests.site.pages import links_of, text_of

MISSED, NOT_OFFERED = "It does not show “", "does not offer one of its ticks"
CALM = CaseAnswer(Level.SELF_CARE, ["Iron"], ["Iron can cause", "this."])


def failures():
    checked = run_book(at=timezone.now())
    return {case.slug: sentences for case, sentences in failing(checked)}


def test_every_shipped_case_passes_and_the_content_is_fetched_once_for_all(
    content, django_assert_max_num_queries
):
    with django_assert_max_num_queries(60):
        assert failures() == {}


def test_book_is_large_has_every_group_and_nutrient_and_was_run_by_the_load(content):
    cases = SafetyCase.objects.filter(status="published")
    assert cases.count() >= 100
    assert set(cases.values_list("group", flat=True)) == set(CaseGroup.values)
    pictures = cases.filter(group=CaseGroup.PICTURE).values_list("must_suggest__name", flat=True)
    nutrients = Nutrient.objects.published(at=timezone.now()).values_list("name", flat=True)
    assert set(nutrients) <= set(pictures)
    outcomes = CaseOutcome.objects.all()
    assert outcomes.count() == cases.count()
    assert all(outcome.content_version for outcome in outcomes)


def test_every_red_flag_that_is_asked_has_a_case_of_its_own(content):
    cases = [case for case in published_cases() if not (case.symptom_list or case.risk_list)]
    alone = {case.flag_list[0].slug for case in cases if len(case.flag_list) == 1}
    flags = RedFlag.objects.filter(status="published", is_asked=True)
    assert set(flags.values_list("slug", flat=True)) == alone


def test_every_rule_has_a_case_with_exactly_its_ticks(content):
    rules = RedFlagRule.objects.filter(red_flag__status="published").prefetch_related(
        *("symptoms", "risk_factors", "other_causes", "answers"),
        *("some_symptoms", "some_risk_factors", "some_other_causes"),
    )
    cases = published_cases()
    uncovered = [
        rule.slug
        for rule in rules
        if not any(
            is_just_enough({*case.symptom_list, *case.risk_list, *case.cause_list}, rule)
            and set(case.answer_list) <= set(rule.answers.all())
            and rule.red_flag_id in {flag.pk for flag in case.must_warn_list}
            for case in cases
        )
    ]
    assert rules
    assert uncovered == []


def is_just_enough(ticks, rule):
    """Whether these are all of the rule's ticks, and the required number of `some`."""
    every = {*rule.symptoms.all(), *rule.risk_factors.all(), *rule.other_causes.all()}
    some = {*rule.some_symptoms.all(), *rule.some_risk_factors.all(), *rule.some_other_causes.all()}
    more = ticks - every
    return every <= ticks and more <= some and len(more) == (rule.at_least if some else 0)


def rows_in_answers():
    """Return the published interactions and causes that ticks can show, with their texts.

    An interaction comes with a risk factor that can be ticked, and so does a cause, unless it is
    common or asked itself.
    """
    now = timezone.now()
    ticked = RiskFactor.objects.published(at=now)
    with_a_tick = Exists(ticked.filter(interactions=OuterRef("pk")))
    for pair in Interaction.objects.published(at=now).filter(with_a_tick):
        yield pair, f"{pair}. {pair.effect} {pair.advice}"
    by_a_tick = Exists(ticked.filter(other_causes=OuterRef("pk")))
    causes = OtherCause.objects.published(at=now)
    for cause in causes.filter(Q(is_common=True) | Q(is_asked=True) | by_a_tick):
        yield cause, f"{cause.name}. {cause.mechanism} {cause.what_helps}"


def test_book_fails_without_any_interaction_or_cause_that_answers_show(content):
    texts = {row: text.casefold() for row, text in rows_in_answers()}
    Interaction.objects.update(status="draft")
    OtherCause.objects.update(status="draft")
    sentences = [fault for checked in run_book(at=timezone.now()) for fault in checked.failures]
    missed = {fault[len(MISSED) : -2].casefold() for fault in sentences if MISSED in fault}
    not_offered = " ".join(fault for fault in sentences if NOT_OFFERED in fault)

    # A phrase counts for a row only if no other row has it.
    named = [[row for row, text in texts.items() if phrase in text] for phrase in missed]
    noticed = {row for rows in named if len(rows) == 1 for row in rows}
    noticed |= {row for row in texts if f"“{row.slug}”" in not_offered}
    assert len(texts) > 30
    assert [row.slug for row in texts if row not in noticed] == []


def test_run_reports_forbidden_words_in_the_content(small_world):
    cramps = Symptom.objects.get(slug="cramps")
    cramps.help_note = "You are deficient."
    cramps.save()
    factories.case("cramps", [cramps])
    assert failures() == {"cramps": ["It says “You are deficient”, which is never written here."]}


def test_run_reads_the_page_without_its_buttons_and_badges(small_world):
    cramps = Symptom.objects.get(slug="cramps")
    cramps.help_note, cramps.review_due_on = "Stretch. It’s <b>safe</b>.", date(2020, 1, 1)
    cramps.save()
    factories.case(
        "cramps",
        [cramps],
        must_show="What to do: Nothing you ticked\nCramps. Stretch. It’s <b>safe</b>. Tests that",
        must_not_show="review overdue\nChange or add ticks",
    )
    factories.case("nothing", must_show="Tick everything you noticed")
    assert failures() == {}


def make_case(level="self-care", suggested=(), withheld=(), warned=(), **phrases):
    case = SafetyCase(level=level, **phrases)
    case.must_suggest_list = [Nutrient(name=name) for name in suggested]
    case.must_not_suggest_list = [Nutrient(name=name) for name in withheld]
    case.must_warn_list = [RedFlag(slug=sign, sign=sign) for sign in warned]
    return case


@pytest.mark.parametrize(
    ("expected", "fault"),
    [
        (make_case("self-care", ["Iron"], ["Zinc"], must_show="iron CAN cause this"), None),
        (make_case(must_not_show="diet"), None),
        (make_case("urgent"), "It says nothing urgent, and should say medical care the same"),
        (make_case(suggested=["Zinc"]), "It does not suggest Zinc."),
        (make_case(withheld=["Iron"]), "It suggests Iron."),
        (make_case(warned=["Clot"]), "It does not warn of “Clot”."),
        (make_case(must_show="diet"), "It does not show “diet”."),
        (make_case(must_not_show="can cause"), "It shows “can cause”."),
    ],
)
def test_answer_is_compared_with_the_case(expected, fault):
    sentences = list(faults(expected, CALM, ["Iron"]))
    assert [sentence[: len(fault or "")] for sentence in sentences] == [fault] * bool(fault)


def test_emergency_names_no_nutrient_and_no_food():
    text = ["Call for help now.", "Ironing is no nutrient.", "Low iron.", "Some milk, whole, too."]
    answer = CaseAnswer(Level.EMERGENCY, [], text)
    assert list(faults(make_case("emergency"), answer, ["Iron", "Milk, whole", "Rice"])) == [
        "It is an emergency, and it names Iron.",
        "It is an emergency, and it names Milk, whole.",
    ]


def outcomes():
    return {outcome.case: outcome.passes for outcome in CaseOutcome.objects.all()}


def test_command_and_page_name_what_fails_first_and_the_last_run_counts(client, small_world):
    right, wrong = factories.case("right", position=1), factories.case("wrong", must_show="Nowhere")
    output, errors = StringIO(), StringIO()
    with pytest.raises(CommandError, match="1 of 2 cases fail"):
        call_command("run_test_book", stderr=errors)
    assert errors.getvalue() == "wrong: It does not show “Nowhere”.\n"
    assert outcomes() == {wrong: False, right: True}
    page = client.get("/safety/test-book/")
    assert "2 cases, 1 fails." in text_of(page, "test-book-summary")
    assert page.text.index("case-wrong") < page.text.index("case-right")
    assert "It does not show “Nowhere”." in text_of(page, "case-wrong")

    SafetyCase.objects.filter(pk=right.pk).update(status="draft")
    SafetyCase.objects.filter(pk=wrong.pk).update(must_show="Nothing ticked yet")
    call_command("run_test_book", stdout=output)
    assert output.getvalue() == "Test book: 1 cases, all pass.\n"
    assert outcomes() == {wrong: True}


def test_page_shows_the_whole_book_and_its_last_run(client, content):
    total = SafetyCase.objects.filter(status="published").count()
    pages = [f"/safety/test-book/?page={number + 1}" for number in range(-(-total // CASES_A_PAGE))]
    text = " ".join(text_of(client.get(page), "main") for page in pages)
    assert f"{total} cases, all pass." in text
    assert "Last run on" in text
    assert text.count(" passes. ") >= total
    for title in SafetyCase.objects.filter(status="published").values_list("title", flat=True):
        assert title in text
    assert all(group.label in text for group in CaseGroup)


def test_case_links_to_the_checklist_with_its_ticks(client, small_world):
    factories.case("cramps", [Symptom.objects.get(slug="cramps")])
    book = client.get("/safety/test-book/")
    # A page runs cases that no command and no save has run.
    assert "1 case, all pass." in text_of(book, "test-book-summary")
    [address] = links_of(book, "case-cramps")
    page = client.get(address)
    assert 'name="symptom" value="cramps"' in page.text
    assert "What matches your ticks" in text_of(page)
