"""Proposals: saved from forms, shown to editors alone, checked, and published as one revision."""

import re

import pytest
from django.contrib import admin
from django.core.management import call_command
from django.utils import timezone
from reversion.models import Revision

from nutrients.admin.articles import UNSOURCED
from nutrients.admin.guard import REASON, Guard
from nutrients.admin.publishing import publish_due, publish_proposal
from nutrients.content.merging import RefusedError
from nutrients.models import (
    Association,
    BookOverride,
    FoodPortion,
    FoodSource,
    Nutrient,
    NutrientAmount,
    Proposal,
    Question,
    Source,
    State,
)
from nutrients.proposals.rows import add_row, begin_proposal, difference
from nutrients.testbook.running import FetchedBook
from tests import factories
from tests.admin.forms import GONE, INSIST, Screen, act, address_of, count_queries, delete, send
from tests.revisions import versions_of

WORDS = "Calms muscle and nerve"
NEW_SECTION = {"title": "A part", "anchor": "a-part", "position": "900", "body": "Words.", "id": ""}
TALE = {"slug": "a-tale", "title": "A tale", "kind": "government", "publisher": "A publisher"}


def propose(form, **changes):
    """Save a form as a proposal, and return the proposal."""
    response = form.save(_propose="Save as proposal", **changes)
    assert response.status_code == 302, response.context["errors"]
    return Proposal.objects.first()


def other_sections(article):
    """Return what the form of an article sends to delete its second section and add one."""
    number = article.sections.count()
    added = {f"sections-{number}-{name}": text for name, text in NEW_SECTION.items()}
    return added | {"sections-1-DELETE": "on", "sections-TOTAL_FORMS": str(number + 1)}


def publish(client, proposal, **data):
    return send(client, proposal, "publish", **data or {"now": ""})


def move(client, proposal, state):
    send(client, proposal, "move", state=state)
    return proposal.state


def dump():
    """Return all content, to compare it with what it was."""
    return {
        model: list(model._base_manager.order_by("pk").values())
        for model in admin.site._registry
        if model._meta.app_label == "nutrients" and model is not Proposal
    }


def test_form_is_saved_as_a_proposal_and_changes_no_row(screen, magnesium, client, editor):
    before, source = dump(), Source.objects.exclude(pk__in=magnesium.sources.all())[0]
    form = screen(magnesium)
    assert form.save(_propose="yes").status_code == 302
    wrong = form.save(_propose="yes", tagline="You have a deficiency", job="Other words.")
    assert "never written here" in wrong.text
    assert wrong.context["adminform"].form["job"].value() == "Other words."
    assert not Proposal.objects.exists()

    proposal = propose(
        form,
        tagline=WORDS,
        sources=[source.pk],
        note_for_readers="A better tagline.",
        **{"associations-0-note": "Seen in people who are very short of it."},
    )

    assert dump() == before
    assert not Revision.objects.exists()
    assert WORDS not in client.get("/nutrients/magnesium/").text
    assert (proposal.author, proposal.state) == (editor, State.WRITING)
    rows = {row.model: row for row in proposal.rows.all()}
    assert set(rows) == {"nutrients.nutrient", "nutrients.association", "nutrients.changenote"}
    proposed = rows["nutrients.nutrient"]
    assert proposed.values == {"tagline": WORDS, "sources": [[source.slug]]}
    assert proposed.before["tagline"] == magnesium.tagline
    screen(magnesium).save(job="Helps muscles let go.", proposal=proposal.pk)
    assert "Saved since you opened this form" in form.save(_propose="yes", tagline=WORDS).text


def test_form_of_an_article_opens_with_its_proposed_sections(screen, article, editor_client):
    before = dump()
    first, second = list(article.sections.all())[:2]
    body = f"Quite new words. [@{Source.objects.first().slug}]"
    proposal = propose(screen(article), **{"sections-0-body": body}, **other_sections(article))
    assert {(row.kind, row.title) for row in proposal.rows.all()} == {
        ("change", first.title),
        ("delete", second.title),
        ("add", "A part"),
    }

    link = f"?proposal={proposal.pk}"
    for row in (article, first):
        assert f'<a href="{link}">' in editor_client.get(address_of(row)).text
    again = Screen(editor_client, article, address_of(article) + link)
    assert "Quite new words." in again.html
    assert "You write in the proposal" in again.html
    assert 'name="_save"' not in again.html
    (inline,) = again.context["inline_admin_formsets"]
    titles = [form.instance.title for form in inline.formset.forms if form.instance.pk]
    assert "A part" in titles
    assert second.title not in titles
    number = titles.index("A part")
    propose(again, **{f"sections-{number}-title": "Another part", "title": "A title"})

    rows = {row.title: row for row in proposal.rows.all()}
    assert set(rows) == {"A title", first.title, second.title, "Another part"}
    assert rows["Another part"].values["body"] == NEW_SECTION["body"]
    assert dump() == before
    late = Screen(editor_client, article, address_of(article) + link)
    send(editor_client, proposal, "take-out", row=rows["Another part"].pk)
    assert "somebody deleted a row" in late.save(_propose="yes", title="Another title").text
    assert move(editor_client, proposal, "dropped") == State.DROPPED
    assert link not in editor_client.get(address_of(article)).text


@pytest.mark.parametrize(
    ("model", "values", "field", "value"),
    [
        (Source, TALE, "title", "A better tale"),
        # It has a field of true or false that is not empty.
        (Question, {"text": "How?", "slug": "how", "why": "It helps."}, "why", "It counts."),
        # A figure is part of its natural key.
        (FoodPortion, {"description": "½" * 120, "grams": "28"}, "grams", "30"),
    ],
)
def test_new_row_is_proposed_and_changed_again(
    screen, editor_client, content, model, values, field, value
):
    food = {"food": FoodSource.objects.first().pk} if model is FoodPortion else {}
    proposal = propose(screen(model), **food, **values)

    (line,) = editor_client.get(proposal.get_absolute_url()).context["rows"]
    form = Screen(editor_client, None, line["address"])
    assert "/history/" not in form.html
    propose(form, **{field: value})

    (row,) = proposal.rows.all()
    row.clean_fields(exclude=["before"])
    assert row.kind == "add"
    assert difference(model, row.values, {field: value}) == {}
    assert not model.objects.filter(**values).exists()


def test_writer_proposes_but_neither_saves_nor_publishes(account, magnesium):
    client = account("Writers")
    form = Screen(client, magnesium, address_of(magnesium))
    assert 'name="_save"' not in form.html
    assert address_of(Nutrient, "add") in client.get(address_of(Nutrient, "changelist")).text

    assert form.save(tagline=WORDS).status_code == 403
    proposal = propose(form, tagline=WORDS)
    assert proposal.rows.get().values == {"tagline": WORDS}
    assert publish(client, proposal).status_code == 403
    delete(client, magnesium)
    act(client, "back_to_draft", magnesium, **GONE)
    magnesium.refresh_from_db()
    assert (magnesium.status, proposal.state) == ("published", State.WRITING)


def test_screen_of_a_proposal_costs_the_same_with_more_rows(editor_client, content, editor):
    proposal = begin_proposal("Many rows", by=editor)
    rows = list(Nutrient.objects.all())

    def add_and_count_queries(added):
        for row in added:
            add_row(proposal, row, {"tagline": f"{WORDS}\n" * 99}, by=editor)
        # The first request renders the pages that change.
        page = editor_client.get(proposal.get_absolute_url())
        assert page.text.count(f"{WORDS}\n") >= 98 * proposal.rows.count()
        return count_queries(editor_client, proposal.get_absolute_url())

    assert add_and_count_queries(rows[:2]) == add_and_count_queries(rows[2:12])


def test_proposal_is_written_on_until_it_is_dropped(screen, magnesium, article, editor_client):
    proposal = propose(screen(magnesium), tagline=WORDS)
    assert move(editor_client, proposal, "live") == State.WRITING
    page = editor_client.get(proposal.get_absolute_url()).text
    assert "It is “Being written” by now: read it again." in page
    assert move(editor_client, proposal, "ready") == State.READY

    propose(screen(article), title="A title", proposal=str(proposal.pk))
    proposal.refresh_from_db()
    assert proposal.state == State.WRITING
    deletion = {"_propose": "delete", "proposal": str(proposal.pk)}
    editor_client.post(address_of(Source.objects.first()), deletion)
    assert Proposal.objects.count() == 1
    kinds = proposal.rows.values_list("kind", flat=True)
    assert sorted(kinds) == ["change", "change", "delete"]
    row = proposal.rows.get(model="nutrients.article")
    send(editor_client, proposal, "take-out", row=row.pk)
    assert sorted(kinds.all()) == ["change", "delete"]

    assert move(editor_client, proposal, "dropped") == State.DROPPED
    assert move(editor_client, proposal, "writing") == State.WRITING


def test_proposal_is_published_as_one_revision_over_all_rows(
    screen, article, client, editor_client, editor
):
    source, deleted = Source.objects.first(), article.sections.all()[1]
    note = "We wrote this article again."
    changes = {"title": WORDS, "note_for_readers": note} | other_sections(article)
    proposal = propose(screen(article), **changes)
    add_row(proposal, source, {"title": WORDS}, by=editor)

    publish(editor_client, proposal, now="", digest="of other words")
    assert proposal.state == State.WRITING
    assert publish(editor_client, proposal).status_code == 302

    assert proposal.state == State.LIVE
    article.refresh_from_db()
    assert article.title == WORDS
    assert article.sections.get(anchor="a-part").pk < 10**9
    assert not article.sections.filter(pk=deleted.pk).exists()
    newest = versions_of(article)[0].revision
    assert newest.user == editor
    assert newest.comment.startswith("Proposal “")
    tables = {version.content_type.model for version in newest.version_set.all()}
    assert tables >= {"article", "articlesection", "source", "changenote"}
    html = client.get(article.get_absolute_url()).text
    assert note in html
    assert f"<h1>{WORDS}" in html
    results = client.get("/search/", {"q": WORDS}).text
    assert article.get_absolute_url() in results


def test_conflict_in_each_field_or_row_is_settled_alone(
    screen, magnesium, editor, editor_client, monkeypatch
):
    proposal = propose(
        screen(magnesium), tagline=WORDS, job="Proposed.", why_low_matters="It matters."
    )
    source = factories.source("gone")
    add_row(proposal, source, {"title": WORDS}, by=editor)
    add_row(proposal, Source, TALE, by=editor)
    screen(magnesium).save(tagline="Theirs", job="Theirs too.", food_summary="Nuts.")
    source.delete()
    factories.source("a-tale")
    page = editor_client.get(proposal.get_absolute_url()).text
    assert page.count(f"?proposal={proposal.pk}") == 2
    # The test book does not run for words that it does not read.
    monkeypatch.setattr("nutrients.admin.guard.fetch_book", None)

    answer = publish(editor_client, proposal)

    assert proposal.state == State.WRITING
    tagline, job, lost, taken = answer.context["conflicts"]
    assert (tagline["theirs"].new, tagline["yours"].new) == ("Theirs", WORDS)
    for row, choice in ((tagline, "keep"), (job, "leave"), (lost, "leave"), (taken, "keep")):
        send(editor_client, proposal, "settle", conflict=row["conflict"].id, **{choice: ""})
    assert publish(editor_client, proposal).status_code == 302

    magnesium.refresh_from_db()
    assert (magnesium.tagline, magnesium.job) == (WORDS, "Theirs too.")
    assert (magnesium.why_low_matters, magnesium.food_summary) == ("It matters.", "Nuts.")
    assert Source.objects.get(slug="a-tale").title == "A tale"
    # A colleague deletes the new source while the publication waits for the lock.
    late, proposal = factories.source("late"), begin_proposal("A source", by=editor)
    add_row(proposal, magnesium, {"sources": [late]}, by=editor)
    monkeypatch.setattr("nutrients.admin.guard.lock_content", late.delete)
    publish(editor_client, proposal)
    assert proposal.state == State.WRITING


def test_values_that_come_from_no_form_are_checked(magnesium, article, editor_client, editor):
    proposal, needed = begin_proposal("Rows", by=editor), NutrientAmount.objects.first().source
    add_row(proposal, magnesium, {"tagline": "You have a deficiency", "sources": []}, by=editor)
    first, *others = article.sections.all()
    add_row(proposal, first, {"body": "Words without a source."}, by=editor)
    for row in (*others, needed):
        add_row(proposal, row, None, by=editor)
    draft = factories.symptom("draft", status="draft", verification="unverified")
    add_row(proposal, draft, {"status": "published"}, by=editor)

    assert move(editor_client, proposal, "ready") == State.WRITING
    problems = publish(editor_client, proposal).context["problems"]

    assert proposal.state == State.WRITING
    assert any("Tagline" in problem and "never written here" in problem for problem in problems)
    for name in ("Sources", "Verification"):
        assert any(name in problem for problem in problems)
    assert f"{article}: {UNSOURCED}" in problems
    assert any("Other rows need it" in problem for problem in problems)
    over = f"{address_of(needed)}?proposal={proposal.pk}"
    assert editor_client.get(over).status_code == 200
    assert Source.objects.filter(pk=needed.pk).exists()


def test_proposal_that_breaks_the_test_book_is_scheduled_and_published_with_a_reason(
    world, editor, editor_client, monkeypatch
):
    proposal = begin_proposal("Not any more", by=editor)
    add_row(proposal, Association.objects.get(), {"is_against": True}, by=editor)
    # What a colleague writes while the test book runs is not published unread.
    with monkeypatch.context() as m:
        m.setattr(FetchedBook, "run", lambda _: add_row(proposal, Source, TALE, by=editor) and [])
        publish(editor_client, proposal)
    moment = {"moment_0": factories.LATER, "moment_1": "09:00:00", "later": ""}

    for when in ({"now": ""}, moment):
        answer = publish(editor_client, proposal, **when)
        assert [case.title for case in answer.context["broken_cases"]] == ["Iron-for-cramps"]
    publish(editor_client, proposal, **moment, **INSIST)
    assert proposal.state == State.SCHEDULED
    call_command("publish_due")
    assert not Association.objects.get().is_against

    Proposal.objects.update(publish_at=timezone.now())
    call_command("publish_due")
    proposal.refresh_from_db()
    assert proposal.state == State.LIVE
    assert Association.objects.get().is_against
    assert BookOverride.objects.get().reason == INSIST[REASON]


def test_two_who_write_on_a_proposal_lose_nothing(screen, magnesium, editor_client, account):
    proposal = propose(screen(magnesium), tagline=WORDS)
    over = f"{address_of(magnesium)}?proposal={proposal.pk}"
    bea = account("Editors", "Bea Oak")
    first, second, late = (Screen(who, magnesium, over) for who in (bea, *[editor_client] * 2))
    propose(first, job="The first writes this.")
    propose(second, why_low_matters="The second writes this.")
    # The form of the row on the site does not have what is proposed.
    live = screen(magnesium)
    chosen = {"proposal": str(proposal.pk)}
    refused = live.save(_propose="yes", **chosen, food_summary="It can cure you.")
    live.data |= [refused.context["proposed_then"]]
    propose(live, **chosen, food_summary="Nuts.")
    assert "somebody proposed other words" in live.save(_propose="delete", **chosen).text

    changes = {"job": "Another job.", "symbol": "Mx"}
    refused = late.save(_propose="yes", **changes)

    assert "The first writes this." in refused.text
    assert refused.context["adminform"].form["job"].value() == "Another job."
    values = {"tagline": WORDS, "job": "The first writes this.", "food_summary": "Nuts."}
    values["why_low_matters"] = "The second writes this."
    assert proposal.rows.get().values == values
    late.data |= [refused.context["proposed_then"]]
    propose(late, **changes)
    assert proposal.rows.get().values == values | changes
    move(editor_client, proposal, "ready")
    assert send(bea, proposal, "sign", role="editor").status_code == 403
    move(editor_client, proposal, "dropped")
    page = late.save(_propose="yes", job="Another job.").text
    assert "is “Dropped” by now" in page
    assert "Another job." in page
    page = editor_client.get(over, follow=True).text
    assert "<p>Dropped. Begun by" in page
    assert not re.search("<a[^>]*(proposal=|/publish/)", page)


def test_proposal_that_changed_or_has_a_conflict_at_its_moment_is_not_published(
    editor, editor_client
):
    rows = Nutrient.objects.order_by("pk")[:3]
    proposals = [begin_proposal(str(row), by=editor) for row in rows]
    for proposal, row in zip(proposals, rows, strict=True):
        add_row(proposal, row, {"tagline": WORDS}, by=editor)
        publish(editor_client, proposal, later="", moment_0=factories.LATER, moment_1="09:00:00")
    Proposal.objects.update(publish_at=timezone.now())
    conflicting, taken_back, outdated = proposals
    Nutrient.objects.filter(pk=rows[0].pk).update(tagline="Theirs")

    due = publish_due(at=timezone.now())
    assert next(due) == outdated
    move(editor_client, taken_back, "writing")
    taken_back.rows.all().delete()
    assert list(due) == [conflicting]
    assert Proposal.objects.get(state=State.WRITING) == taken_back
    assert [row.tagline == WORDS for row in rows.all()] == [False, False, True]
    page = editor_client.get(conflicting.get_absolute_url())
    assert page.context["original"].state == State.READY
    assert "other words by now" in page.text
    with pytest.raises(RefusedError, match="It is “On the site” by now"):
        Guard(editor).save(lambda: publish_proposal(Guard(editor), outdated), None)


def test_second_of_two_who_reword_a_proposal_is_told_the_words_of_the_first(editor_client, editor):
    proposal = begin_proposal("Other words", by=editor)
    first, second = (Screen(editor_client, proposal) for _ in range(2))
    first.save(why="It was \u202eunclear.")

    refused = second.save(title="Better words")

    assert "It says now: “Other words”, “It was unclear.”, owned by anna" in refused.text
    assert refused.context["adminform"].form["title"].value() == "Better words"
    again = refused.context["adminform"].form["digest"].value()
    assert second.save(title="Better words", why="It was unclear.", digest=again).status_code == 302
    proposal.refresh_from_db()
    assert (proposal.title, proposal.why) == ("Better words", "It was unclear.")
