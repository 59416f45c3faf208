"""Editors resolve the conflicts of an upgrade of the shipped content."""

import pytest
from django.utils import timezone

from nutrients.models import Nutrient, Proposal, ShippedChange
from tests.admin.forms import act, address_of, messages_of, send
from tests.revisions import versions_of


@pytest.fixture
def magnesium(magnesium):
    magnesium.tagline = "Our <b>own</b> words"
    magnesium.save()
    return magnesium


@pytest.fixture
def change(magnesium):
    return create_conflict("nutrients.nutrient", "magnesium", "tagline", "Old words", "Their words")


def create_conflict(model, slug, field, before, theirs):
    return ShippedChange.objects.create(
        model=model,
        natural_key=f'["{slug}"]',
        field=field,
        before={field: before} if field else None,
        theirs={field: theirs} if field else {},
        reason="It was edited here as well.",
        noticed_at=timezone.now(),
    )


def take(client, *changes):
    """Propose what comes with the site, and return the page and the proposal."""
    answer = act(client, "take", *changes)
    return answer, Proposal.objects.get()


def test_list_and_form_show_all_sides_and_ours_stays(editor_client, change, magnesium):
    changes = editor_client.get(address_of(ShippedChange, "changelist")).text
    assert ">Nutrients</a>" in changes
    form = editor_client.get(address_of(change)).text
    assert "Nutrient magnesium: tagline" in changes
    for words in ("Old words", "Our &lt;b&gt;own&lt;/b&gt; words", "Their words"):
        assert words in form
    # The values in words, not as they are stored.
    assert "{&quot;" not in form

    assert messages_of(act(editor_client, "keep", change)) == ["Settled: 1."]
    assert not ShippedChange.objects.exists()
    assert Nutrient.objects.get(slug="magnesium").tagline == "Our <b>own</b> words"
    assert not versions_of(magnesium)


def test_theirs_goes_into_a_proposal_and_is_published_from_there(
    editor_client, client, editor, change
):
    answer, proposal = take(editor_client, change)
    assert answer["Location"] == proposal.get_absolute_url()
    assert not ShippedChange.objects.exists()
    assert "Their words" not in client.get("/nutrients/magnesium/").text

    send(editor_client, proposal, "publish", now="yes")
    assert "Their words" in client.get("/nutrients/magnesium/").text
    assert versions_of(Nutrient.objects.get(slug="magnesium"))[0].revision.user == editor
    again = create_conflict("nutrients.nutrient", "magnesium", "tagline", "Old", "Their words")
    assert "see all of this already" in messages_of(act(editor_client, "take", again))[-1]


def test_several_are_taken_and_a_row_that_was_deleted_here_stays_open(editor_client, change):
    lost = create_conflict("nutrients.nutrient", "gone", "tagline", "Old", "New")
    left_out = create_conflict("nutrients.nutrient", "magnesium", "also_known_as", "Old", None)
    ShippedChange.objects.filter(pk=left_out.pk).update(theirs={})
    # A row that is no longer shipped can be deleted.
    whole = create_conflict("nutrients.nutrient", "copper", "", None, None)

    page = editor_client.get(address_of(whole)).text
    assert "It was deleted here" not in page
    assert '<div class="readonly">Copper</div>' in page

    _, proposal = take(editor_client, change, lost, left_out, whole)

    rows = {row.natural_key: (row.kind, row.values) for row in proposal.rows.all()}
    values = {"tagline": "Their words", "also_known_as": ""}
    assert rows == {'["magnesium"]': ("change", values), '["copper"]': ("delete", {})}
    assert ShippedChange.objects.get() == lost
    message = messages_of(act(editor_client, "take", lost))[-1]
    assert "nothing can be taken" in message
