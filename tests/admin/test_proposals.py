"""A proposal changes what is asked of it alone, and readers see nothing of it until it is out."""

from datetime import timedelta
from io import StringIO

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from reversion.models import Revision

from nutrients.admin.articles import UNSOURCED
from nutrients.admin.guard import REASON
from nutrients.models import (
    Article,
    ArticleSection,
    Association,
    BookOverride,
    ChangeNote,
    Nutrient,
    NutrientAmount,
    Proposal,
    ProposedRow,
    Source,
    State,
)
from nutrients.proposals import add_row, begin, lay_over
from tests import factories
from tests.admin.forms import INSIST, Screen
from tests.revisions import versions_of

pytestmark = pytest.mark.django_db
WORDS = "Calms muscle and nerve"


@pytest.fixture
def magnesium(content):
    return Nutrient.objects.get(slug="magnesium")


@pytest.fixture
def article(content):
    return Article.objects.get(slug="nutrients-and-muscle-jerking")


def propose(form, **changes):
    """Save a form as a proposal; give the proposal that was changed last."""
    answer = form.save(_propose="Save as proposal", **changes)
    assert answer.status_code == 302, answer.context["errors"]
    return Proposal.objects.first()


def over(row, proposal, pk=None):
    """The address of a row's form over a proposal."""
    return f"{Screen.address_of(row)}?proposal={proposal.pk}"


def dump():
    """All content as it is, to see that it stayed so."""
    return {
        model: list(model._base_manager.order_by("pk").values())
        for model in admin.site._registry
        if model._meta.app_label == "nutrients" and model is not Proposal
    }


def test_form_is_kept_as_a_proposal_and_the_rows_stay_as_they_are(
    screen, magnesium, client, editor
):
    before, source = dump(), Source.objects.exclude(pk__in=magnesium.sources.all())[0]

    proposal = propose(
        screen(magnesium),
        tagline=WORDS,
        sources=[source.pk],
        **{"associations-0-note": "Seen in people who are very short of it."},
    )

    assert dump() == before
    assert not Revision.objects.exists()
    assert WORDS not in client.get("/nutrients/magnesium/").content.decode()
    assert (proposal.maker, proposal.state) == (editor, State.WRITING)
    rows = {one.model: one for one in proposal.rows.all()}
    assert set(rows) == {"nutrients.nutrient", "nutrients.association"}
    kept = rows["nutrients.nutrient"]
    assert kept.values == {"tagline": WORDS, "sources": [[source.slug]]}
    assert kept.before["tagline"] == magnesium.tagline


def test_proposal_is_checked_by_the_form_of_the_row(screen, magnesium):
    form = screen(magnesium)

    answer = form.save(_propose="yes", tagline="You have a deficiency", job="Other words.")

    assert answer.status_code == 200
    assert "never written here" in answer.content.decode()
    assert answer.context["adminform"].form["job"].value() == "Other words."
    assert not Proposal.objects.exists()


def test_saving_what_is_there_already_begins_no_proposal(screen, magnesium):
    answer = screen(magnesium).save(_propose="yes")

    assert answer.status_code == 302
    assert not Proposal.objects.exists()


def test_article_goes_on_from_its_proposed_sections(screen, article, editor_client):
    before = dump()
    first, second = list(article.sections.all())[:2]
    number, cited = article.sections.count(), Source.objects.first().slug
    new = {f"sections-{number}-{name}": text for name, text in NEW_SECTION.items()}
    proposal = propose(
        screen(article),
        **{"sections-0-body": f"Quite new words. [@{cited}]", "sections-1-DELETE": "on"},
        **{"sections-TOTAL_FORMS": str(number + 1)},
        **new,
    )
    assert {(one.kind, one.title) for one in proposal.rows.all()} == {
        ("change", first.title),
        ("delete", second.title),
        ("add", "A part"),
    }

    again = Screen(editor_client, article, over(article, proposal))
    html = again.response.content.decode()
    assert "Quite new words." in html
    assert "You write in the proposal" in html
    assert 'name="_save"' not in html
    titles = [form.instance.title for form in sections_of(again)]
    assert "A part" in titles
    assert second.title not in titles
    place = titles.index("A part")
    propose(again, **{f"sections-{place}-title": "Another part", "title": "A title"})

    kept = {one.title: one for one in proposal.rows.all()}
    assert set(kept) == {"A title", first.title, second.title, "Another part"}
    assert kept["Another part"].values["body"] == NEW_SECTION["body"]
    assert dump() == before


NEW_SECTION = {"title": "A part", "anchor": "a-part", "position": "900", "body": "Words.", "id": ""}


def sections_of(form):
    (sections,) = (
        one.formset
        for one in form.response.context["inline_admin_formsets"]
        if one.formset.model is ArticleSection
    )
    return [one for one in sections.forms if one.instance.pk]


def test_new_row_is_proposed_and_written_on(screen, editor_client, content):
    form = screen(Source)
    proposal = propose(
        form, title="A tale", slug="a-tale", publisher="A publisher", kind="government"
    )
    assert not Source.objects.filter(slug="a-tale").exists()

    page = editor_client.get(proposal.get_absolute_url())
    (shown,) = page.context["rows"]
    again = Screen(editor_client, None, shown.address)
    propose(again, title="A better tale")

    (row,) = proposal.rows.all()
    assert (row.kind, row.values["title"]) == ("add", "A better tale")
    assert not Source.objects.filter(slug="a-tale").exists()


def test_row_says_which_open_proposals_change_it(screen, article, editor_client):
    proposal = propose(screen(article), **{"sections-0-body": "Quite new words."})

    for row in (article, article.sections.first()):
        html = editor_client.get(Screen.address_of(row)).content.decode()
        assert f'<a href="?proposal={proposal.pk}">' in html
    editor_client.post(
        reverse("admin:nutrients_proposal_move", args=[proposal.pk]), {"state": "dropped"}
    )
    html = editor_client.get(Screen.address_of(article)).content.decode()
    assert f"?proposal={proposal.pk}" not in html


def test_several_rows_go_into_one_proposal_and_come_out_one_by_one(
    screen, magnesium, article, editor_client
):
    proposal = propose(screen(magnesium), tagline=WORDS)
    propose(screen(article), title="A title", proposal=str(proposal.pk))
    editor_client.post(
        f"{Screen.address_of(Source.objects.first())}",
        {"_propose": "delete", "proposal": str(proposal.pk)},
    )
    assert Proposal.objects.count() == 1
    assert sorted(proposal.rows.values_list("kind", flat=True)) == ["change", "change", "delete"]

    row = proposal.rows.get(model="nutrients.article")
    editor_client.post(
        reverse("admin:nutrients_proposal_take-out", args=[proposal.pk]), {"row": row.pk}
    )
    assert proposal.rows.count() == 2


def test_second_of_two_is_told_what_was_saved_meanwhile(screen, magnesium):
    form = screen(magnesium)
    screen(magnesium).save(job="Helps muscles let go.")

    answer = form.save(_propose="yes", tagline=WORDS)

    assert "Saved since you opened this form" in answer.content.decode()
    assert not Proposal.objects.exists()


def test_note_for_readers_waits_with_the_change(screen, magnesium):
    proposal = propose(screen(magnesium), tagline=WORDS, note_for_readers="A better tagline.")

    assert not ChangeNote.objects.exists()
    assert proposal.rows.filter(model="nutrients.changenote", kind="add").count() == 1


def test_values_are_proposed_without_a_form(magnesium, editor):
    source = Source.objects.first()
    proposal = begin("Many rows", by=editor)

    add_row(proposal, magnesium, {"tagline": WORDS}, by=editor)
    add_row(proposal, magnesium, {"sources": [source], "upper_limit": None}, by=editor)
    tale = {"slug": "a-tale", "title": "A tale", "kind": "government", "publisher": "A publisher"}
    add_row(proposal, Source, tale, by=editor)
    add_row(proposal, Source, {"slug": "wrong", "kind": "none"}, by=editor)
    assert add_row(proposal, magnesium.associations.first(), {}, by=editor) is None

    row, new, _ = proposal.rows.all()
    assert row.values == {"tagline": WORDS, "sources": [[source.slug]], "upper_limit": None}
    assert (new.kind, new.natural_key) == ("add", '["a-tale"]')
    lay_over(proposal.rows.all())
    magnesium.refresh_from_db()
    assert magnesium.tagline == WORDS
    assert list(magnesium.sources.all()) == [source]
    assert Source.objects.get(slug="a-tale").title == "A tale"


def test_writer_proposes_in_every_form_and_saves_in_none(magnesium):
    account = User.objects.create_user("wanda", is_staff=True)
    account.groups.add(Group.objects.get(name="Writers"))
    client = Client()
    client.force_login(account)
    form = Screen(client, magnesium)
    assert 'name="_save"' not in form.response.content.decode()

    assert form.save(tagline=WORDS).status_code == 403
    proposal = propose(form, tagline=WORDS)
    assert proposal.rows.get().values == {"tagline": WORDS}
    for name, data in (("delete", {"post": "yes"}), ("changelist", LIST_ACTION)):
        args = [magnesium.pk] if name == "delete" else []
        client.post(reverse(f"admin:nutrients_nutrient_{name}", args=args), data)
    magnesium.refresh_from_db()
    assert magnesium.status == "published"


LIST_ACTION = {"action": "back_to_draft", "_selected_action": ["1", "2"], "reason": "x"}


def test_screen_of_a_proposal_costs_the_same_with_more_rows(editor_client, content, editor):
    proposal = begin("Many rows", by=editor)
    rows = list(Nutrient.objects.all())

    def cost(some):
        for row in some:
            add_row(proposal, row, {"tagline": WORDS}, by=editor)
        editor_client.get(proposal.get_absolute_url())
        with CaptureQueriesContext(connection) as asked:
            page = editor_client.get(proposal.get_absolute_url())
        assert page.content.decode().count(WORDS) >= proposal.rows.count()
        return len(asked)

    assert cost(rows[:2]) == cost(rows[2:12])
    assert ProposedRow.objects.count() == 12


def move(client, proposal, state):
    client.post(reverse("admin:nutrients_proposal_move", args=[proposal.pk]), {"state": state})
    proposal.refresh_from_db()
    return proposal.state


def publish(client, proposal, **data):
    """Send the form of the release; give the answer."""
    where = reverse("admin:nutrients_proposal_publish", args=[proposal.pk])
    answer = client.post(where, data or {"now": ""})
    proposal.refresh_from_db()
    return answer


def test_moves_are_those_of_the_table(screen, magnesium, editor_client):
    proposal = propose(screen(magnesium), tagline=WORDS)

    assert move(editor_client, proposal, "live") == State.WRITING
    page = editor_client.get(proposal.get_absolute_url()).content.decode()
    assert "It is “Being written” by now: read it again." in page
    assert move(editor_client, proposal, "ready") == State.READY
    propose(screen(magnesium), proposal=str(proposal.pk), job="Other words.")
    proposal.refresh_from_db()
    assert proposal.state == State.WRITING
    assert move(editor_client, proposal, "dropped") == State.DROPPED
    assert move(editor_client, proposal, "writing") == State.WRITING


def test_release_is_one_revision_over_all_rows(screen, article, client, editor_client, editor):
    number, source = article.sections.count(), Source.objects.first()
    gone = article.sections.all()[1]
    new = {f"sections-{number}-{name}": text for name, text in NEW_SECTION.items()}
    proposal = propose(
        screen(article),
        title=WORDS,
        note_for_readers="We wrote this article again.",
        **{"sections-1-DELETE": "on", "sections-TOTAL_FORMS": str(number + 1)},
        **new,
    )
    add_row(proposal, source, {"title": WORDS}, by=editor)

    assert publish(editor_client, proposal).status_code == 302

    assert proposal.state == State.LIVE
    article.refresh_from_db()
    assert article.title == WORDS
    assert article.sections.get(anchor="a-part").pk < 10**9
    assert not article.sections.filter(pk=gone.pk).exists()
    newest = versions_of(article)[0].revision
    assert newest.user == editor
    assert newest.comment.startswith("Proposal “")
    kept = {one.content_type.model for one in newest.version_set.all()}
    assert kept >= {"article", "articlesection", "source", "changenote"}
    html = client.get(article.get_absolute_url()).content.decode()
    assert "We wrote this article again." in html
    assert f"<h1>{WORDS}" in html
    found = client.get("/search/", {"q": WORDS}).content.decode()
    assert article.get_absolute_url() in found


def test_what_changed_since_is_shown_and_settled_field_by_field(screen, magnesium, editor_client):
    proposal = propose(screen(magnesium), tagline=WORDS, job="Proposed.", test_used="A test.")
    screen(magnesium).save(tagline="Theirs", job="Theirs too.", food_summary="Nuts.")

    answer = publish(editor_client, proposal)

    assert proposal.state == State.WRITING
    shown = {one["conflict"].name: one for one in answer.context["conflicts"]}
    assert set(shown) == {"tagline", "job"}
    assert (shown["tagline"]["theirs"].new, shown["tagline"]["yours"].new) == ("Theirs", WORDS)
    where = reverse("admin:nutrients_proposal_settle", args=[proposal.pk])
    editor_client.post(where, {"conflict": shown["tagline"]["value"], "keep": ""})
    editor_client.post(where, {"conflict": shown["job"]["value"], "leave": ""})
    assert publish(editor_client, proposal).status_code == 302

    magnesium.refresh_from_db()
    assert (magnesium.tagline, magnesium.job) == (WORDS, "Theirs too.")
    assert (magnesium.test_used, magnesium.food_summary) == ("A test.", "Nuts.")


def test_row_that_came_or_went_since_is_a_conflict(screen, magnesium, editor_client, editor):
    proposal = begin("Rows", by=editor)
    source = factories.source("gone")
    add_row(proposal, source, {"title": WORDS}, by=editor)
    add_row(proposal, Source, TALE, by=editor)
    source.delete()
    factories.source("a-tale")

    answer = publish(editor_client, proposal)

    assert answer.status_code == 200
    where = reverse("admin:nutrients_proposal_settle", args=[proposal.pk])
    lost, taken = (one["value"] for one in answer.context["conflicts"])
    editor_client.post(where, {"conflict": lost, "leave": ""})
    editor_client.post(where, {"conflict": taken, "keep": ""})
    publish(editor_client, proposal)
    assert proposal.state == State.LIVE
    assert Source.objects.get(slug="a-tale").title == "A tale"


TALE = {"slug": "a-tale", "title": "A tale", "kind": "government", "publisher": "A publisher"}


def test_values_that_no_form_saw_are_checked_before_they_leave_the_desk(
    magnesium, editor_client, editor
):
    proposal = begin("Rows", by=editor)
    add_row(proposal, magnesium, {"tagline": "You have a deficiency", "sources": []}, by=editor)

    assert move(editor_client, proposal, "ready") == State.WRITING
    problems = publish(editor_client, proposal).context["problems"]
    assert any("Tagline" in one and "never written here" in one for one in problems)
    assert any("Sources" in one for one in problems)


def test_published_article_keeps_a_source_in_a_proposal(article, editor_client, editor):
    proposal = begin("Shorter", by=editor)
    first, *others = article.sections.all()
    add_row(proposal, first, {"body": "Words without a source."}, by=editor)
    for section in others:
        add_row(proposal, section, None, by=editor)

    problems = publish(editor_client, proposal).context["problems"]

    assert f"{article}: {UNSOURCED}" in problems
    assert proposal.state == State.WRITING


@pytest.fixture
def breaking(no_content, editor):
    """A proposal that takes away what a case of the test book must suggest."""
    iron, cramps = factories.nutrient("iron"), factories.symptom("cramps")
    sign = factories.association(iron, cramps, verification="two-pages")
    sign.sources.add(factories.source())
    factories.case("iron-for-cramps", [cramps], suggest=[iron])
    proposal = begin("Not any more", by=editor)
    add_row(proposal, sign, {"is_against": True}, by=editor)
    return proposal


def test_book_stops_a_release_unless_the_editor_says_why(breaking, editor_client):
    answer = publish(editor_client, breaking)
    assert [one.title for one in answer.context["broken_cases"]] == ["Iron-for-cramps"]
    assert not Association.objects.get().is_against

    assert publish(editor_client, breaking, now="", **INSIST).status_code == 302
    assert Association.objects.get().is_against
    assert BookOverride.objects.get().reason == INSIST[REASON]


def test_book_does_not_run_for_words_that_it_does_not_read(
    screen, magnesium, editor_client, monkeypatch
):
    proposal = propose(screen(magnesium), tagline=WORDS)
    monkeypatch.setattr("nutrients.admin.guard.fetch_book", None)

    assert publish(editor_client, proposal).status_code == 302


def test_scheduled_proposal_is_published_by_the_command_at_its_moment(breaking, editor_client):
    later = timezone.now() + timedelta(days=2)
    moment = {"moment_0": f"{later:%Y-%m-%d}", "moment_1": f"{later:%H:%M:%S}", "later": ""}
    answer = publish(editor_client, breaking, **moment)
    assert [one.title for one in answer.context["broken_cases"]] == ["Iron-for-cramps"]
    publish(editor_client, breaking, **moment, **INSIST)
    assert breaking.state == State.SCHEDULED
    assert not Association.objects.get().is_against

    call_command("publish_due")
    assert not Association.objects.get().is_against
    Proposal.objects.update(publish_at=timezone.now())
    call_command("publish_due")
    breaking.refresh_from_db()

    assert breaking.state == State.LIVE
    assert Association.objects.get().is_against
    assert BookOverride.objects.get().reason == INSIST[REASON]


def test_what_hinders_a_scheduled_proposal_is_told_and_nothing_is_written(
    screen, magnesium, editor_client
):
    proposal = propose(screen(magnesium), tagline=WORDS, job="Proposed.")
    publish(editor_client, proposal, later="", moment_0="2030-01-01", moment_1="09:00:00")
    Nutrient.objects.update(tagline="Theirs")
    Proposal.objects.update(publish_at=timezone.now())

    call_command("publish_due", stderr=StringIO())
    proposal.refresh_from_db()

    assert proposal.state == State.READY
    assert "other words by now" in editor_client.get(proposal.get_absolute_url()).content.decode()
    assert Nutrient.objects.get(pk=magnesium.pk).job == magnesium.job


def test_writer_cannot_publish(magnesium, editor):
    account = User.objects.create_user("wanda", is_staff=True)
    account.groups.add(Group.objects.get(name="Writers"))
    client = Client()
    client.force_login(account)
    proposal = begin("Rows", by=account)
    add_row(proposal, magnesium, {"tagline": WORDS}, by=account)

    assert publish(client, proposal).status_code == 403
    assert proposal.state == State.WRITING


def test_deletion_of_what_others_need_is_told_and_shown_nowhere(editor_client, editor, content):
    proposal = begin("A source goes", by=editor)
    source = NutrientAmount.objects.first().source
    add_row(proposal, source, None, by=editor)

    problems = publish(editor_client, proposal).context["problems"]

    assert any("Other rows need it" in one for one in problems)
    assert (
        editor_client.get(Screen.address_of(source) + f"?proposal={proposal.pk}").status_code == 200
    )
    assert Source.objects.filter(pk=source.pk).exists()
