"""A newer release updates unedited fields, and leaves the rest to editors."""

from datetime import date

import pytest
from django.contrib import admin
from django.utils.html import strip_tags

from nutrients.models import (
    FoodGroup,
    FoodSource,
    Proposal,
    RedFlagRule,
    ShippedChange,
    ShippedRow,
    Source,
    Symptom,
)
from tests.admin.forms import act, send
from tests.content.fixture_files import flag, food, group, load, row, source, symptom, write
from tests.revisions import versions_of

pytestmark = pytest.mark.usefixtures("no_content")


@pytest.fixture
def release(tmp_path):
    """Load a release: call it with its rows. Returns the output."""
    return lambda *rows, options=(): load(write(tmp_path, rows), *options)[0]


def edit(row, **values):
    for name, value in values.items():
        setattr(row, name, value)
    row.save()
    return row


def open_changes():
    return {f"{row.key[0]}.{row.field}": row.reason for row in ShippedChange.objects.all()}


def sides():
    """Return what the open change shows: the value before, here, and now."""
    change, screen = ShippedChange.objects.get(), admin.site.get_model_admin(ShippedChange)
    texts = (screen.shipped_before(change), screen.here(change), screen.shipped(change))
    return tuple(map(strip_tags, texts))


def take(client):
    """Propose and publish what comes with the site; return the problems, if there are any."""
    act(client, "take", ShippedChange.objects.get())
    proposal = Proposal.objects.latest("pk")
    return send(client, proposal, "publish", now="yes").context, proposal


def slugs_of(rows):
    return {row.slug for row in rows.all()}


def test_untouched_fields_are_updated_beside_an_edited_one_as_a_version(release):
    pecans = food("pecans", "Pecans", note="The same.")
    release(source(), group(), food(note="One.\nTwo.\n", usda_description="Nuts"), pecans)
    # A browser sends other ends of lines back.
    review = {"reviewed_on": date(2026, 11, 1), "reviewed_by": "Dr A, dietitian"}
    texts = {"name": "Almonds, with their skin", "note": "One.\r\nTwo."}
    edit(FoodSource.objects.get(slug="almonds"), **texts, **review)

    newer = food(note="New.\n", usda_description="Nuts, almonds")
    output = release(source(), group("nuts", "Nuts and kernels"), newer, pecans)

    almonds, pecans = FoodSource.objects.order_by("slug")
    assert output == "Content: 2 updated, 2 kept as they were."
    assert (almonds.name, almonds.note) == ("Almonds, with their skin", "New.")
    assert almonds.usda_description == "Nuts, almonds"
    assert FoodGroup.objects.get().name == "Nuts and kernels"
    assert open_changes() == {}
    newest, first = versions_of(almonds)
    assert (first.field_dict["note"], newest.field_dict["note"]) == ("One.\r\nTwo.", "New.")
    assert newest.revision.comment == "Newer content that came with the site"
    assert newest.field_dict["sources"] == [almonds.sources.get().pk]
    assert almonds.changed_at == newest.revision.date_created > almonds.publish_at
    # The reviewer agreed to other words.
    assert (almonds.reviewed_on, almonds.reviewed_by) == (None, "")
    # What did not change has neither a version nor a new date.
    assert pecans.changed_at == pecans.publish_at
    assert not versions_of(pecans)


def test_value_that_a_later_release_brings_or_takes_back_is_an_update(release):
    release(source(), group(), food())

    release(source(), group(), food(energy_kcal="579", note="New."))
    assert FoodSource.objects.get().energy_kcal == 579
    release(source(), group(), food())

    assert FoodSource.objects.filter(energy_kcal=None, note="").exists()
    assert open_changes() == {}


def test_field_that_both_changed_is_left_to_an_editor_until_it_is_settled(release, admin_client):
    release(source(), group(), food(note="Old."))
    edit(FoodSource.objects.get(), note="Ours.")

    output = release(source(), group(), food(note="Theirs."))
    change = ShippedChange.objects.get()
    assert output == "Content: 3 rows shipped, nothing to add; 1 change to settle in the admin."
    assert sides() == ("Old.", "Ours.", "Theirs.")
    assert FoodSource.objects.get().note == "Ours."

    # The next release leaves it open.
    release(source(), group("nuts", "Nuts and kernels"), food(note="Theirs."))
    change = ShippedChange.objects.get()
    assert sides() == ("Old.", "Ours.", "Theirs.")

    change.delete()
    release(source(), group(), food(note="Theirs."))
    assert open_changes() == {}

    release(source(), group(), food(note="Newer."))
    assert open_changes() == {"almonds.note": "It was edited here as well."}
    take(admin_client)
    newest, first = versions_of(FoodSource.objects.get())
    assert (first.field_dict["note"], newest.field_dict["note"]) == ("Ours.", "Newer.")
    release(source(), group(), food(note="Newest."))
    assert FoodSource.objects.get().note == "Newest."


@pytest.mark.parametrize("note", ["Old.", "Ours."])
def test_release_that_restores_a_value_closes_its_conflict(release, note):
    release(source(), group(), food(note="Old."))
    edit(FoodSource.objects.get(), note="Ours.")
    release(source(), group(), food(note="Theirs."))

    release(source(), group(), food(note=note))

    assert open_changes() == {}
    assert FoodSource.objects.get().note == "Ours."


def test_links_merge_singly_and_none_to_a_deleted_row_returns(release):
    books = [source(name) for name in ("a", "b", "c", "d", "gone")]
    release(*books, symptom(sources=[("a",), ("b",)]))
    cramps = Symptom.objects.get()
    cramps.sources.set(Source.objects.filter(slug__in=["b", "c"]))
    Source.objects.get(slug="gone").delete()

    release(*books, symptom(sources=[("a",), ("d",), ("gone",)]))

    assert slugs_of(cramps.sources) == {"c", "d"}
    assert open_changes() == {}


def test_rule_of_a_red_flag_is_never_merged_in_part(release, admin_client):
    ticks = [symptom(), symptom("tired", "Tired"), symptom("weak", "Weak")]
    rule = {"slug": "both", "red_flag": ["burst"]}
    release(source(), *ticks, flag(), row("redflagrule", **rule, symptoms=[["cramps"]]))
    RedFlagRule.objects.get().symptoms.add(Symptom.objects.get(slug="tired"))

    wider = [["cramps"], ["weak"]]
    release(source(), *ticks, flag(), row("redflagrule", **rule, symptoms=wider))

    assert open_changes() == {"both.symptoms": "It was edited here as well."}
    assert slugs_of(RedFlagRule.objects.get().symptoms) == {"cramps", "tired"}
    weak = Symptom.objects.get(slug="weak")
    weak.delete()
    page, proposal = take(admin_client)
    assert "A row that it needs is gone" in page["problems"][0]
    weak.save()
    send(admin_client, proposal, "publish", now="yes")
    assert slugs_of(RedFlagRule.objects.get().symptoms) == {"cramps", "weak"}


def test_value_that_a_rule_forbids_is_not_merged(release):
    release(source(), group("nuts", "One"), group("seeds", "Seeds"), food(is_food=False))
    FoodGroup.objects.create(slug="ours", name="Kernels")
    edit(FoodSource.objects.get(), is_food=True)

    newer = food(is_food=False, serving_description="")
    release(source(), group("nuts", "Two"), group("seeds", "Kernels"), newer)

    names = dict(FoodGroup.objects.exclude(slug="ours").values_list("slug", "name"))
    assert names == {"nuts": "Two", "seeds": "Seeds"}
    name, serving = map(open_changes().get, ("seeds.name", "almonds.serving_description"))
    assert "Food group with this Name already exists." in name
    assert "A food needs a serving and its grams." in serving


def test_row_that_an_editor_added_first_is_compared_with_the_shipped_one(release):
    release(source())
    FoodGroup.objects.create(slug="nuts", name="Nuts and kernels")

    release(source(), group())

    assert open_changes() == {"nuts.name": "The row was made here before it came with the site."}
    assert sides()[0] == "It did not come with the site"
    assert FoodGroup.objects.get().name == "Nuts and kernels"
    FoodGroup.objects.all().delete()
    release(source(), group(), group("seeds", "Seeds"))
    assert slugs_of(FoodGroup.objects) == {"seeds"}


def test_row_that_is_no_longer_shipped_stays_until_an_editor_decides(release):
    release(group(), group("seeds", "Seeds"))

    output = release(group())
    assert list(open_changes()) == ["seeds."]
    assert "1 change to settle in the admin" in output
    ShippedChange.objects.all().delete()
    release(group("nuts", "Nuts and kernels"))

    assert open_changes() == {}
    FoodGroup.objects.get(slug="seeds").delete()
    # Deleted here, it stays deleted if it is shipped again.
    release(group(), group("seeds", "Seeds"))
    assert slugs_of(FoodGroup.objects) == {"nuts"}


def test_shipped_link_to_a_row_that_was_deleted_meanwhile_cannot_be_taken(release, admin_client):
    groups = [group(), group("seeds", "Seeds"), group("pips", "Pips")]
    release(source(), *groups, food(), food("pecans", "Pecans"))
    edit(FoodSource.objects.get(slug="almonds"), group=FoodGroup.objects.get(slug="pips"))
    release(source(), *groups, food(group=["seeds"]), food("pecans", "Pecans"))
    FoodGroup.objects.get(slug="seeds").delete()

    page, _ = take(admin_client)
    assert "A row that it needs is gone" in page["problems"][0]
    release(source(), *groups, food(group=["seeds"]), food("pecans", "Pecans", group=["seeds"]))
    assert open_changes()["pecans.group"] == "It leads to a row that was deleted here."


def test_plan_lists_everything_and_changes_nothing(release):
    release(source(), source("tale"), group(), food(note="Old.", usda_description="Nuts"))
    edit(FoodSource.objects.get(), note="Ours.")
    Source.objects.get(slug="tale").delete()
    before = list(ShippedRow.objects.values_list("model", "natural_key", "fields"))

    newer = food(note="Theirs.", usda_description="Almonds")
    rows = (source(), source("tale"), newer, group(), group("seeds", "Seeds"))
    output = release(*rows, options=["--plan"])

    assert "1 would be added (food groups: 1)." in output
    assert "2 kept as they are (sources: 1, food groups: 1)." in output
    assert "left out: nutrients.source tale (01_rows.jsonl, row 2)" in output
    assert "1 would be updated (food sources: 1)." in output
    assert (
        "updated: nutrients.foodsource almonds: usda_description (01_rows.jsonl, row 3)" in output
    )
    assert "to settle: Food source almonds: note. It was edited here as well." in output
    almonds = FoodSource.objects.get()
    assert (almonds.note, almonds.usda_description) == ("Ours.", "Nuts")
    assert not versions_of(almonds)
    assert slugs_of(FoodGroup.objects) == {"nuts"}
    assert open_changes() == {}
    assert list(ShippedRow.objects.values_list("model", "natural_key", "fields")) == before
