"""Editors give a reason for taking a page off; readers are redirected or read why it is gone."""

import pytest
from django.utils import timezone
from reversion.models import Revision

from nutrients.models import Article, Nutrient, RedFlagRule, Redirect
from nutrients.proposals import add_row, begin
from tests.admin.forms import GONE, act, address_of, delete
from tests.revisions import versions_of

pytestmark = pytest.mark.django_db
WORDS = "We took this page down because a trial was withdrawn."


def test_form_that_unpublishes_a_page_asks_why(screen, article, client):
    form = screen(article)

    response = form.save(status="draft", title="A title")
    assert response.status_code == 200
    assert "takes a page off the site" in response.text
    assert 'name="gone-reason"' in response.text
    assert response.context["adminform"].form["title"].value() == "A title"
    assert not Revision.objects.exists()

    form.save(status="draft", **GONE, **{"gone-words": WORDS})
    assert GONE["gone-reason"] in versions_of(article)[0].revision.comment
    page = client.get(article.get_absolute_url())
    assert page.status_code == 410
    assert WORDS in page.text

    screen(article).save(status="published")
    assert client.get(article.get_absolute_url()).status_code == 200


def test_deletion_of_a_page_asks_why_and_redirects(editor_client, article, client):
    address, other = article.get_absolute_url(), "/articles/eyelid-twitching/"

    refused = delete(editor_client, article, **{"gone-reason": ""}).text
    itself = delete(editor_client, article, **{"gone-to": address}).text
    assert 'name="gone-reason"' in refused
    assert 'class="errorlist"' in refused
    assert "no other page" in itself
    assert client.get(address).status_code == 200

    delete(editor_client, article, **{"gone-to": other})
    page = client.get(address)
    assert (page.status_code, page["Location"]) == (301, other)


def test_deletion_of_several_pages_asks_why_and_tells_readers(editor_client, article, client):
    rows, sent = (article, Article.objects.get(slug="night-leg-cramps")), {"post": "yes"}

    assert 'name="gone-reason"' in act(editor_client, "delete_selected", *rows, **sent).text
    assert client.get(rows[1].get_absolute_url()).status_code == 200
    sent |= GONE | {"gone-words": WORDS}
    act(editor_client, "delete_selected", *rows, **sent)
    for row in rows:
        page = client.get(row.get_absolute_url())
        assert (page.status_code, WORDS in page.text) == (410, True)


def test_redirect_leads_to_a_page_that_readers_can_see(screen, client):
    form, typed = screen(Redirect), {"path": "/old/", "reason": "It moved."}
    for target, sentence in (
        ("/nowhere/", "/nowhere/ leads nowhere"),
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
    proposal = begin("Copper goes", by=editor)
    add_row(proposal, row, None, by=editor)
    where = address_of(proposal, "publish")

    assert "say why" in editor_client.post(where, {"now": ""}).text
    proposal.why = "It is out of date."
    proposal.save()
    assert editor_client.post(where, {"now": ""}).status_code == 302

    assert client.get(row.get_absolute_url()).status_code == 410
    assert Redirect.objects.get().reason == "It is out of date."
