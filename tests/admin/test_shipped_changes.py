"""Editors resolve the conflicts of an upgrade of the shipped content."""

import json

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from nutrients.models import Nutrient, NutrientAmount, ShippedChange, Source
from tests import factories
from tests.admin.forms import INSIST, act, address_of
from tests.revisions import versions_of


@pytest.fixture
def magnesium(magnesium):
    magnesium.tagline = "Our <b>own</b> words"
    magnesium.save()
    return magnesium


@pytest.fixture
def change(magnesium):
    return unsettled("nutrients.nutrient", "magnesium", "tagline", "Old words", "Their words")


def unsettled(model, slug, field, before, theirs):
    return ShippedChange.objects.create(
        model=model,
        natural_key=f'["{slug}"]',
        field=field,
        before={field: before} if field else None,
        theirs={field: theirs} if field else {},
        reason="It was edited here as well.",
        noticed_at=timezone.now(),
    )


def settle(client, change, choice, **others):
    """Open the form, choose and save."""
    form = client.get(address_of(change)).context["adminform"].form
    sent = {"choice": choice, "digest": form["digest"].value()} | others
    return client.post(address_of(change), sent, follow=True)


def messages_of(answer):
    return [str(message) for message in get_messages(answer.wsgi_request)]


def test_list_and_form_show_the_row_and_all_sides(editor_client, change):
    page = editor_client.get(address_of(ShippedChange, "changelist")).text
    form = editor_client.get(address_of(change)).text

    assert "Nutrient magnesium: tagline" in page
    for words in ("Old words", "Our &lt;b&gt;own&lt;/b&gt; words", "Their words"):
        assert words in form
    # The values in words, not as they are stored.
    assert "{&quot;" not in form


@pytest.mark.parametrize(
    ("choice", "tagline"), [("theirs", "Their words"), ("ours", "Our <b>own</b> words")]
)
def test_choice_settles_the_change(editor_client, client, editor, change, choice, tagline):
    unchosen = settle(editor_client, change, "").context["adminform"].form
    assert unchosen.errors == {"choice": ["This field is required."]}
    assert ShippedChange.objects.exists()

    answer = settle(editor_client, change, choice)

    assert [str(message) for message in answer.context["messages"]] == ["Settled: 1."]
    assert not ShippedChange.objects.exists()
    row = Nutrient.objects.get(slug="magnesium")
    assert row.tagline == tagline
    # Theirs makes a version by the editor, and shows at once.
    versions = versions_of(row)
    assert [version.revision.user for version in versions[:1]] == (
        [editor] if choice == "theirs" else []
    )
    page = client.get("/nutrients/magnesium/").content
    assert (b"Their words" in page) == (choice == "theirs")


@pytest.mark.parametrize("side", ["ours", "theirs"])
def test_choice_between_sides_that_have_changed_must_be_made_again(
    editor_client, change, magnesium, side
):
    form = editor_client.get(address_of(change)).context["adminform"].form
    sent = {"choice": "theirs", "digest": form["digest"].value()}
    if side == "ours":
        magnesium.tagline = "A newer edit"
        magnesium.save()
    else:
        ShippedChange.objects.update(theirs={"tagline": "A newer edit"})
    answer = editor_client.post(address_of(change), sent)

    assert "One side has changed since this page was opened." in answer.text
    assert "A newer edit" in answer.text
    assert ShippedChange.objects.count() == 1

    again = answer.context["adminform"].form
    editor_client.post(address_of(change), sent | {"digest": again["digest"].value()})
    assert not ShippedChange.objects.exists()


def test_choice_that_breaks_the_test_book_is_shown_first(editor_client, content):
    flag = factories.flag("clot", "emergency", verification="two-pages")
    flag.sources.add(Source.objects.first())
    factories.case("clot", level="emergency", warn=[flag]).red_flags.add(flag)
    change = unsettled("nutrients.redflag", flag.slug, "status", "published", "draft")

    refused = settle(editor_client, change, "theirs")
    flag.refresh_from_db()
    assert refused.context["broken_cases"]
    assert not list(refused.context["messages"])
    assert flag.status == "published"
    assert ShippedChange.objects.count() == 1

    undone = act(editor_client, "take", change)
    assert "Settled" not in " ".join(messages_of(undone))
    assert ShippedChange.objects.count() == 1

    settle(editor_client, change, "theirs", **INSIST)
    flag.refresh_from_db()
    assert flag.status == "draft"


def test_several_are_settled_from_the_list_and_what_cannot_be_stays(editor_client, change):
    # A case that failed before must not repeat the messages.
    factories.case("wrong", must_show="Words that no page has")
    lost = unsettled("nutrients.nutrient", "gone", "tagline", "Old", "New")

    first, second = messages_of(act(editor_client, "take", change, lost))

    assert first.startswith("Nutrient gone: tagline stays open. Nothing can be taken")
    assert second == "Settled: 1."
    assert ShippedChange.objects.get() == lost


def test_no_whole_table_is_read_to_show_or_settle_a_change(editor_client, content):
    amount = NutrientAmount.objects.select_related("food", "nutrient").first()
    key = [amount.food.slug, amount.nutrient.slug]
    change = unsettled("nutrients.nutrientamount", "", "per_100g", "1", "7")
    change.natural_key = json.dumps(key)
    change.save()

    with CaptureQueriesContext(connection) as queries:
        assert str(amount.food) in editor_client.get(address_of(change)).text
        settle(editor_client, change, "theirs")

    amount.refresh_from_db()
    assert amount.per_100g == 7
    amounts = [q["sql"] for q in queries if 'FROM "nutrients_nutrientamount"' in q["sql"]]
    assert amounts
    assert [sql for sql in amounts if " WHERE " not in sql] == []


def test_row_that_is_no_longer_shipped_can_only_be_kept(editor_client, magnesium):
    change = unsettled("nutrients.nutrient", "magnesium", "", None, None)

    form = editor_client.get(address_of(change)).context["adminform"].form
    settle(editor_client, change, "ours")

    assert [value for value, _ in form.fields["choice"].choices] == ["ours"]
    assert Nutrient.objects.filter(slug="magnesium").exists()
    assert not ShippedChange.objects.exists()
