"""Rows that leave the site: those that others need stay, and readers are told or led elsewhere."""

import pytest
from django.utils import timezone
from model_bakery import baker
from reversion.models import Revision

from nutrients.content.versions import FIRST, write_revision
from nutrients.models import (
    Answer,
    Article,
    ArticleSection,
    Nutrient,
    NutrientAmount,
    Question,
    RedFlagRule,
    Redirect,
    Source,
    Symptom,
)
from nutrients.proposals.rows import add_row, begin_proposal
from tests import factories
from tests.admin.forms import GONE, INSIST, Screen, act, address_of, delete, send
from tests.revisions import address_of_version, versions_of

WORDS = "We took this page down because a trial was withdrawn."


@pytest.fixture
def rule(no_content):
    """One rule that names a row of every kind, and a case that names them too."""
    swelling = factories.symptom("swelling")
    travel, plaster = factories.risk("travel"), factories.cause("plaster")
    calf = baker.make(Answer, slug="calf", question__slug="where")
    flag = factories.flag("clot", "urgent", is_asked=False)
    rule = factories.rule(flag, [swelling], [travel], [plaster])
    rule.answers.add(calf)
    return rule


def delete_several(client, *rows, **more):
    return act(client, "delete_selected", *rows, **GONE | more)


def names(rule):
    links = (rule.symptoms, rule.risk_factors, rule.other_causes, rule.answers)
    return [str(row) for link in links for row in link.all()]


@pytest.mark.parametrize(
    ("model", "slug"), [(Symptom, "swelling"), (Answer, "calf"), (Question, "where")]
)
def test_row_that_a_rule_names_is_not_deleted(rule, admin_client, model, slug):
    row, before = model.objects.get(slug=slug), names(rule)

    for answer in (
        admin_client.get(address_of(row, "delete")),
        delete(admin_client, row),
        delete_several(admin_client, row),
        delete_several(admin_client, row, post="yes"),
    ):
        assert f'<a href="{address_of(rule)}">clot-rule</a>' in answer.text
        assert 'name="post"' not in answer.text
    needed, below = "because it is needed: red flag rule “clot-rule”", "answers-0-DELETE"
    assert model is not Question or needed in Screen(admin_client, row).save(**{below: "on"}).text
    assert names(rule) == before
    if model is Question:
        # An earlier version without an answer would delete it.
        write_revision([row], "Before")
        rule.answers.add(baker.make(Answer, slug="thigh", question=row))
        assert needed in admin_client.get(address_of_version(versions_of(row)[0]), follow=True).text


@pytest.fixture
def linked(no_content):
    """Cramps and iron, with a row of every kind that names either."""
    iron, cramps = factories.nutrient("iron"), factories.symptom("cramps")
    other = factories.symptom("twitches")
    source = factories.source()
    article = baker.make(Article, slug="on-cramps", **factories.PUBLISHED)
    article.related_symptoms.set([cramps])
    article.related_nutrients.set([iron])
    flag = factories.flag("clot", "urgent")
    flag.related_symptoms.set([cramps, other])
    cause = factories.cause("coffee", [cramps, other])
    food = factories.food("lentils", factories.nutrient("zinc"), 3)
    food.unmeasured_nutrients.set([iron])
    case = factories.case("iron-for-cramps", [cramps], suggest=[iron])
    for row in (iron, cramps, article, flag, cause, food):
        type(row).objects.filter(pk=row.pk).update(verification="two-pages")
        if type(row) is not Article:
            row.sources.add(source)
    return {"cramps": [article, flag, cause, case], "iron": [article, food, case]}


def links_of(row):
    """Return the linked rows of a row, by field."""
    return {
        field.name: sorted(map(str, getattr(row, field.name).all()))
        for field in row._meta.many_to_many
    }


@pytest.mark.parametrize(("model", "slug"), [(Symptom, "cramps"), (Nutrient, "iron")])
def test_rows_that_a_deletion_unlinks_are_listed_and_restored_with_it(
    linked, admin_client, model, slug
):
    deleted, losing = model.objects.get(slug=slug), linked[slug]
    before = {row: links_of(row) for row in losing}
    dates = {row: row.changed_at for row in losing if hasattr(row, "changed_at")}

    confirmation = admin_client.get(address_of(deleted, "delete"))
    for answer in (confirmation, delete_several(admin_client, deleted)):
        # Links are listed once, and not among the rows that are deleted too.
        assert "relationship" not in answer.text
        _, _, listed = answer.text.partition('<ul id="unlinked-objects">')
        listed, _, _ = listed.partition("</ul>")
        assert listed.count("<li>") == len(losing)
        assert all(f'<a href="{address_of(row)}">{row}</a>' in listed for row in losing)

    delete(admin_client, deleted, **INSIST)

    for row in losing:
        newest, first = versions_of(row)
        assert newest.revision.comment == f"Deleted: {deleted._meta.verbose_name} “{deleted}”"
        assert newest.revision.user.username == "admin"
        assert links_of(row) != before[row]
        for name, names in before[row].items():
            assert len(first.field_dict[name]) == len(names)
            assert len(newest.field_dict[name]) == len(links_of(row)[name])
    for row, date in dates.items():
        row.refresh_from_db()
        assert row.changed_at > date

    back = address_of(model, "recover", versions_of(deleted)[0].pk)
    assert Screen(admin_client, None, back).save(**INSIST).status_code == 302
    assert {row: links_of(row) for row in before} == before


@pytest.fixture
def sources(no_content):
    """Two sources, and a published nutrient, detail and article that rest on the first."""
    old, new = factories.source("old"), factories.source("new")
    twice = {"sources": [old], "how_common_source": old, "verification": "two-pages"}
    iron = factories.nutrient("iron", **twice)
    factories.symptom("cramps", verification="two-pages", sources=[old, new])
    factories.food("lentils", iron, 3)
    NutrientAmount.objects.update(source=old)
    article = baker.make(Article, slug="on-iron", title="On iron", **factories.PUBLISHED)
    baker.make(ArticleSection, article=article, title="Foods", body="Words. [@old; @new]")
    return old, new


def test_last_source_of_a_published_row_and_what_cites_one_are_not_deleted(sources, admin_client):
    old, _ = sources
    NutrientAmount.objects.all().delete()
    Nutrient.objects.get().sources.add(baker.make(Source, slug="ours", kind="editorial"))

    page = admin_client.get(address_of(old, "delete")).text
    delete(admin_client, old)
    delete_several(admin_client, old, post="yes")

    assert "Iron</a>. It is published and has no other source" in page
    assert "Foods</a>. Its text cites the source" in page
    assert "Cramps</a>. " not in page
    assert address_of(old, "replace") in page
    assert Source.objects.filter(pk=old.pk).exists()

    article, foods = Article.objects.get(), ArticleSection.objects.get()
    plain = baker.make(ArticleSection, article=article, title="More", body="Words.")
    page = admin_client.get(address_of(foods, "delete")).text
    delete(admin_client, foods)
    delete_several(admin_client, foods, plain, post="yes")
    assert "On iron. A published article needs a section that cites a source." in page
    assert ArticleSection.objects.count() == 2
    Article.objects.update(status="draft")
    delete_several(admin_client, foods, plain, post="yes")
    assert not ArticleSection.objects.exists()
    assert versions_of(article)[-1].revision.comment == FIRST


def test_source_is_deleted_after_it_is_replaced_or_if_only_drafts_rest_on_it(sources, admin_client):
    old, new = sources
    replace = address_of(old, "replace")
    assert "On iron" not in admin_client.get(replace).text
    assert "Foods" in admin_client.get(replace).text

    editorial = baker.make(Source, kind="editorial")
    assert admin_client.post(replace, {"by": editorial.pk}).context["form"].errors
    assert admin_client.post(replace, {"by": new.pk}).status_code == 302

    section = ArticleSection.objects.get()
    assert section.body == "Words. [@new]"
    assert [*Nutrient.objects.get(how_common_source=new).sources.all()] == [new]
    assert NutrientAmount.objects.get().source == new
    assert versions_of(section)[0].revision.comment == "Source “old” replaced by “new”"
    assert delete(admin_client, old).status_code == 302
    assert not Source.objects.filter(pk=old.pk).exists()
    assert [*Symptom.objects.get().sources.all()] == [new]

    # The last source of a draft is deleted, and restored with its link.
    ArticleSection.objects.all().delete()
    NutrientAmount.objects.all().delete()
    Nutrient.objects.update(status="draft", how_common_source=None)
    Symptom.objects.update(status="draft")
    assert delete(admin_client, new).status_code == 302
    assert not Nutrient.objects.get().sources.exists()
    back = address_of(Source, "recover", versions_of(new)[0].pk)
    Screen(admin_client, None, back).save()
    assert [*Nutrient.objects.get().sources.all()] == [new]


def test_form_that_unpublishes_a_page_asks_why(screen, article, client):
    form = screen(article)

    response = form.save(status="draft", title="A title")
    assert response.status_code == 200
    assert "takes a page off the site" in response.text
    assert response.context["adminform"].form["title"].value() == "A title"
    assert not Revision.objects.exists()

    form.save(status="draft", **GONE, **{"gone-words": WORDS})
    assert GONE["gone-reason"] in versions_of(article)[0].revision.comment
    page = client.get(article.get_absolute_url())
    assert page.status_code == 410
    assert WORDS in page.text

    screen(article).save(status="published", publish_at_0=factories.LATER)
    screen(article).save(publish_at_0="2026-11-01")
    later, earlier = (screen(article, address_of_version(v)) for v in versions_of(article)[1:3])
    assert "Readers see this page now" in later.save().text
    assert 'name="gone-reason"' in earlier.save().text
    assert client.get(article.get_absolute_url()).status_code == 200
    assert earlier.save(**GONE).status_code == 302
    newest, before = versions_of(article)[:2]
    assert newest.revision.comment.endswith(f"UTC. {GONE['gone-reason']}")
    assert Article.objects.get(pk=article.pk).changed_at > before.revision.date_created
    assert client.get(article.get_absolute_url()).status_code == 410


def test_deletion_of_pages_asks_why_and_redirects_or_tells_readers(editor_client, article, client):
    address, other = article.get_absolute_url(), "/articles/eyelid-twitching/"

    refused = delete(editor_client, article, **{"gone-reason": ""}).text
    itself = delete(editor_client, article, **{"gone-to": address, "gone-words": "A cure."}).text
    assert 'name="gone-reason"' in refused
    assert "no other page" in itself
    assert "“cure” is never written here" in itself
    assert client.get(address).status_code == 200
    delete(editor_client, article, **{"gone-to": other})
    page = client.get(address)
    assert (page.status_code, page["Location"]) == (301, other)

    rows, sent = list(Article.objects.exclude(slug="eyelid-twitching")[:2]), {"post": "yes"}
    assert 'name="gone-reason"' in act(editor_client, "delete_selected", *rows, **sent).text
    assert client.get(rows[1].get_absolute_url()).status_code == 200
    delete_several(editor_client, *rows, **sent, **{"gone-words": WORDS})
    for row in rows:
        page = client.get(row.get_absolute_url())
        assert (page.status_code, WORDS in page.text) == (410, True)


def test_redirect_leads_to_a_page_that_readers_can_see(screen, client):
    form, typed = screen(Redirect), {"path": "/old/", "reason": "It moved."}
    for target, sentence in (
        ("/admin/", "/admin/ leads nowhere: there is no such page."),
        ("/sources/no-such/", "There is no published source “no-such”."),
        ("/foods/no-such/", "There is no published food “no-such”."),
        ("/old/", "There is no other page at this address."),
    ):
        assert sentence in form.errors(to=target, **typed)["to"][0]

    assert form.save(to="/foods/almonds/", **typed).status_code == 302
    assert client.get("/old/")["Location"] == "/foods/almonds/"


def test_list_unpublishes_rows_only_with_a_reason_and_a_draft_goes_without(
    editor_client, client, content
):
    articles = list(Article.objects.published(at=timezone.now()))

    response = act(editor_client, "back_to_draft", *articles)
    refused = act(editor_client, "back_to_draft", *articles, **{"gone-reason": " "})
    assert all(article.title in response.text for article in articles)
    assert "Say why" in refused.text
    assert Article.objects.published(at=timezone.now()).count() == len(articles)

    act(editor_client, "back_to_draft", *articles, **GONE, **{"gone-words": WORDS})
    assert not Article.objects.published(at=timezone.now()).exists()
    (revision,) = {versions_of(article)[0].revision for article in articles}
    assert revision.comment == "Draft, waiting for review, from the list: It is out of date."
    assert WORDS in client.get(articles[0].get_absolute_url()).text

    delete(editor_client, articles[0], **{"gone-reason": ""})
    assert not Article.objects.filter(pk=articles[0].pk).exists()


def test_proposal_that_deletes_a_page_needs_a_reason(editor_client, editor, client, content):
    RedFlagRule.objects.all().delete()
    row = Nutrient.objects.get(slug="copper")
    proposal = begin_proposal("Copper goes", by=editor)
    add_row(proposal, row, None, by=editor)

    assert "say why" in send(editor_client, proposal, "publish", now="").text
    proposal.why = "It is out of date."
    proposal.save()
    send(editor_client, proposal, "publish", now="")

    assert client.get(row.get_absolute_url()).status_code == 410
    assert Redirect.objects.get().reason == "It is out of date."
