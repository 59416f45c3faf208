"""Editors resolve the conflicts of an upgrade of the shipped content."""

import pytest
from django.utils import timezone

from nutrients.models import Nutrient, RedFlag, ShippedChange
from tests import factories
from tests.admin.forms import INSIST, act, address_of, messages_of
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


def settle(client, change, choice, **others):
    """Open the form, choose and save."""
    form = client.get(address_of(change)).context["adminform"].form
    sent = {"choice": choice, "digest": form["digest"].value()} | others
    return client.post(address_of(change), sent, follow=True)


@pytest.mark.parametrize(
    ("choice", "tagline"), [("theirs", "Their words"), ("ours", "Our <b>own</b> words")]
)
def test_list_and_form_show_all_sides_and_a_choice_settles_the_change(
    editor_client, client, editor, change, choice, tagline
):
    changes = editor_client.get(address_of(ShippedChange, "changelist")).text
    assert ">Nutrients</a>" in changes
    form = editor_client.get(address_of(change)).text
    assert "Nutrient magnesium: tagline" in changes
    for words in ("Old words", "Our &lt;b&gt;own&lt;/b&gt; words", "Their words"):
        assert words in form
    # The values in words, not as they are stored.
    assert "{&quot;" not in form

    unchosen = settle(editor_client, change, "").context["adminform"].form
    assert unchosen.errors == {"choice": ["This field is required."]}
    assert ShippedChange.objects.exists()

    answer = settle(editor_client, change, choice)

    assert list(map(str, answer.context["messages"])) == ["Settled: 1."]
    assert not ShippedChange.objects.exists()
    row = Nutrient.objects.get(slug="magnesium")
    assert row.tagline == tagline
    # Theirs makes a version by the editor, and shows at once.
    users = [version.revision.user for version in versions_of(row)[:1]]
    assert users == ([editor] if choice == "theirs" else [])
    assert ("Their words" in client.get("/nutrients/magnesium/").text) == (choice == "theirs")


def test_choice_is_refused_after_either_side_has_changed(editor_client, change, magnesium):
    form = editor_client.get(address_of(change)).context["adminform"].form
    digest = form["digest"].value()
    for changed in (Nutrient.objects.filter(pk=magnesium.pk), ShippedChange.objects.all()):
        words = {"tagline": "A newer edit"}
        changed.update(**words if changed.model is Nutrient else {"theirs": words})
        sent = {"choice": "theirs", "digest": digest}
        answer = editor_client.post(address_of(change), sent)
        assert "One side has changed since this page was opened." in answer.text
        assert "A newer edit" in answer.text
        digest = answer.context["adminform"].form["digest"].value()

    editor_client.post(address_of(change), {"choice": "theirs", "digest": digest})
    assert not ShippedChange.objects.exists()


def test_choice_that_breaks_the_test_book_is_shown_first(world, editor_client):
    flag = RedFlag.objects.get()
    change = create_conflict("nutrients.redflag", flag.slug, "status", "published", "draft")

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


def test_list_settles_several_changes_and_keeps_those_that_it_cannot(editor_client, change):
    # A case that failed before must not repeat the messages.
    factories.case("wrong", must_show="Words that no page has")
    lost = create_conflict("nutrients.nutrient", "gone", "tagline", "Old", "New")

    first, second = messages_of(act(editor_client, "take", change, lost))

    assert first.startswith("Nutrient gone: tagline stays open. Nothing can be taken")
    assert second == "Settled: 1."
    assert ShippedChange.objects.get() == lost

    # A row that is no longer shipped can only stay.
    whole = create_conflict("nutrients.nutrient", "magnesium", "", None, None)
    form = editor_client.get(address_of(whole)).context["adminform"].form
    assert [value for value, _ in form.fields["choice"].choices] == ["ours"]
    act(editor_client, "keep", whole)
    assert Nutrient.objects.filter(slug="magnesium").exists()
    assert ShippedChange.objects.get() == lost
