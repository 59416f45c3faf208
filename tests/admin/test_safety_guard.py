"""A change that breaks the test book is shown in the admin before it is saved."""

import re
from collections import defaultdict
from datetime import timedelta

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from reversion.models import Revision

from nutrients.admin.guard import OVERRIDE, REASON, GuardedAdmin
from nutrients.admin.safety_cases import EXPECTED, TICKED
from nutrients.models import (
    Association,
    BookOverride,
    CaseOutcome,
    FoodSource,
    Nutrient,
    NutrientAmount,
    OtherCause,
    RedFlag,
    RedFlagRule,
    ReferenceIntake,
    SafetyCase,
    Source,
    Symptom,
)
from nutrients.testbook.reads import NEVER_READ, NOT_READ, TABLES
from nutrients.testbook.running import FetchedBook, run_book, save_outcomes
from tests import factories
from tests.admin.forms import GONE, INSIST, Screen, act, address_of, delete, messages_of
from tests.revisions import address_of_version, versions_of
from tests.site.pages import text_of


@pytest.fixture
def screen(world, admin_client):
    return lambda row, address=None: Screen(admin_client, row, address)


def broken(response):
    return [case.title for case in response.context["broken_cases"]]


def test_form_that_breaks_a_case_comes_back_and_is_saved_with_a_public_reason(screen, client):
    form = screen(Association.objects.get())

    answer = form.save(status="draft", note="Some new words.", **{REASON: "Without the tick."})
    assert broken(answer) == ["Iron-for-cramps"]
    case = SafetyCase.objects.get(slug="iron-for-cramps")
    for words in (
        *("Some new words.", "It does not suggest Iron."),
        *(address_of(case), f'name="{OVERRIDE}"'),
    ):
        assert words in answer.text
    assert not Revision.objects.exists()
    unexplained = form.save(status="draft", **{OVERRIDE: "on", REASON: " "})
    assert broken(unexplained) == ["Iron-for-cramps"]
    assert "Say why" in unexplained.text
    assert Association.objects.get().status == "published"
    assert not BookOverride.objects.exists()

    saved = form.save(status="draft", **INSIST)
    assert Association.objects.get().status == "draft"
    (message,) = messages_of(saved)
    assert "was changed successfully" in message
    failed = CaseOutcome.objects.get(case__slug="iron-for-cramps")
    assert failed.failures == "It does not suggest Iron."
    assert CaseOutcome.objects.get(case__slug="clot").passes
    override = BookOverride.objects.get()
    row = Association.objects.get()
    assert (override.change, override.created_by) == (f"Change {row}", "admin")
    text = text_of(client.get("/safety/test-book/"))
    assert "Reason given: The case is wrong. Cases: Iron-for-cramps." in text

    # A case that failed before does not block a save.
    cramps = Symptom.objects.get(slug="cramps")
    assert screen(cramps).save(help_note="See a doctor soon.").status_code == 302
    assert Symptom.objects.get(slug="cramps").help_note == "See a doctor soon."
    assert not CaseOutcome.objects.get(case__slug="iron-for-cramps").passes
    assert BookOverride.objects.get() == override


def test_scheduled_change_is_checked_at_its_moment(screen):
    later = timezone.now() + timedelta(days=2)
    valid = {"verification": "two-pages", "sources": Source.objects.all()}
    flag = factories.flag("later", "urgent", status="draft", is_asked=False, **valid)
    factories.rule(flag, symptoms=[Symptom.objects.get(slug="cramps")])
    day, time = f"{later:%Y-%m-%d}", f"{later:%H:%M:%S}"

    answer = screen(flag).save(status="published", publish_at_0=day, publish_at_1=time)

    assert broken(answer) == ["Iron-for-cramps"]
    assert answer.context["broken_cases"][0].since is not None
    assert RedFlag.objects.get(slug="later").status == "draft"


def test_public_test_book_shows_the_present_outcome(world, client):
    run_at = timezone.now() - timedelta(days=2)
    save_outcomes(run_book(at=run_at), at=run_at)
    assert "all pass" in text_of(client.get("/safety/test-book/"))

    flag = factories.flag("sudden", "urgent", publish_at=timezone.now() - timedelta(hours=1))
    factories.rule(flag, symptoms=[Symptom.objects.get(slug="cramps")])

    assert "1 fails" in text_of(client.get("/safety/test-book/"))


def test_change_in_an_inline_in_a_list_and_to_an_earlier_version_is_guarded(screen, admin_client):
    answer = screen(RedFlag.objects.get()).save(sign="New words", **{"rules-0-DELETE": "on"})

    assert broken(answer) == ["Clot"]
    assert RedFlagRule.objects.count() == 1
    assert RedFlag.objects.get().sign == "Clot"
    assert "New words" in answer.text

    cramps = Symptom.objects.get(slug="cramps")
    answer = screen(cramps).save(**{"associations-0-is_against": "on"})

    assert broken(answer) == ["Iron-for-cramps"]
    assert not Association.objects.get().is_against

    sign = Association.objects.get()
    (message,) = messages_of(act(admin_client, "back_to_draft", sign, **GONE))
    assert "it breaks these cases of the test book: Iron-for-cramps." in message
    assert Association.objects.get().status == "published"

    screen(sign).save(status="draft", **INSIST)
    screen(sign).save(status="published")
    _, draft, _ = versions_of(sign)
    assert broken(screen(sign, address_of_version(draft)).save()) == ["Iron-for-cramps"]
    assert Association.objects.get().status == "published"


@pytest.mark.parametrize(
    ("model", "slug", "case"),
    # The case itself names iron.
    [(RedFlagRule, "clot-rule", "clot"), (Nutrient, "iron", "iron-for-cramps")],
)
def test_deletion_that_breaks_a_case_needs_a_reason(world, admin_client, model, slug, case):
    row, harmless = model.objects.get(slug=slug), factories.cause("coffee")
    assert OVERRIDE not in admin_client.get(address_of(harmless, "delete")).text
    delete(admin_client, harmless)
    assert not OtherCause.objects.exists()
    if model is not RedFlagRule:
        # A row that a rule names is never deleted.
        RedFlagRule.objects.all().delete()
    page = delete(admin_client, row)
    refused = delete(admin_client, row, **{"gone-words": "We look at it again.", OVERRIDE: "on"})
    act(admin_client, "delete_selected", row, post="yes", **GONE)

    assert broken(page) == [case.capitalize()]
    assert f'name="{OVERRIDE}"' in page.text
    assert broken(refused) == broken(page)
    assert "Say why, in a sentence" in refused.text
    assert ("We look at it again." in refused.text) == hasattr(row, "get_absolute_url")
    assert model.objects.filter(pk=row.pk).exists()
    delete(admin_client, row, **INSIST)
    assert not model.objects.filter(pk=row.pk).exists()
    assert not CaseOutcome.objects.get(case__slug="clot").passes


def test_new_case_that_fails_is_refused_and_one_that_passes_is_saved_with_its_outcome(screen):
    cramps = Symptom.objects.get(slug="cramps")
    form = screen(SafetyCase)
    typed = {
        "title": "Cramps at night",
        "slug": "cramps-at-night",
        "why": "To see.",
        "group": "benign",
        **dict.fromkeys([*TICKED, *EXPECTED], ()),
        "symptoms": [cramps.pk],
        "level": "emergency",
        "must_show": "Call for help now",
        "status": "published",
    }

    refused = form.save(**typed)
    assert broken(refused) == ["Cramps at night"]
    assert "It says nothing urgent, and should say an emergency." in refused.text
    assert SafetyCase.objects.count() == 2

    saved = form.save(**(typed | {"level": "self-care", "must_show": "What matches your ticks"}))

    assert saved.status_code == 302
    assert [outcome.passes for outcome in CaseOutcome.objects.all()] == [True] * 3


def test_every_table_and_field_that_the_book_reads_is_guarded(cases, monkeypatch):
    read = defaultdict(set)

    def recorder(model):
        def get(row, name):
            read[model].add(name)
            return object.__getattribute__(row, name)

        return get

    for model in TABLES:
        monkeypatch.setattr(model, "__getattribute__", recorder(model))
    with CaptureQueriesContext(connection) as queries:
        run_book(at=timezone.now())
    monkeypatch.undo()

    sql = " ".join(query["sql"] for query in queries)
    tables = set(re.findall(r'(?:FROM|JOIN) "(\w+)"', sql))
    models = {model for model in admin.site._registry if model._meta.db_table in tables}
    assert models >= {FoodSource, NutrientAmount, ReferenceIntake}
    assert models - {*TABLES} == set()
    screens = map(admin.site.get_model_admin, models)
    assert [screen for screen in screens if not isinstance(screen, GuardedAdmin)] == []
    for model in TABLES:
        fields = {field.name for field in model._meta.get_fields()}
        # The page reads the day of the next review for a badge, which the book leaves out.
        unread = (NOT_READ.get(model, frozenset()) | NEVER_READ) & fields - {"review_due_on"}
        assert not unread & read[model], model


@pytest.mark.parametrize(
    ("changes", "runs"),
    [
        # And words of a detail, beside all the sources that it lists.
        ({"tagline": "Calms muscle and nerve", "review_due_on": "2027-05-01"}, 0),
        ({"test_used": "A blood test."}, 1),
        ({"associations-0-typicality": "rare"}, 1),
    ],
)
def test_book_runs_only_for_fields_that_it_reads(
    article, editor_client, monkeypatch, changes, runs
):
    type(article).objects.update(publish_at=timezone.now() + timedelta(days=2))
    books, run = [], FetchedBook.run
    monkeypatch.setattr(FetchedBook, "run", lambda book: books.append(book) or run(book))
    form = Screen(editor_client, Nutrient.objects.get(slug="magnesium"))
    form.data["details-0-body"] += "\n\nOther words."

    assert form.save(**changes, **INSIST).status_code == 302
    assert (len(books), BookOverride.objects.exists()) == (runs, False)
