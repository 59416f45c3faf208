"""A note for readers: offered where a page is public, kept with the save, checked like any text."""

import json

import pytest
from django.urls import reverse

from nutrients.models import (
    Article,
    ArticleSection,
    Association,
    ChangeNote,
    FoodGroup,
    FoodSource,
    Nutrient,
    RedFlag,
    RiskFactor,
    Source,
    Symptom,
)
from tests.revisions import versions_of
from tests.site.pages import links_of, text_of

NOTE = {"note_for_readers": "It said 300 before. 320 is right.", "corrects_an_error": "on"}
OFFERED = (Article, ArticleSection, Association, FoodSource, Nutrient, RedFlag, Source, Symptom)


def public(model):
    rows = model.objects.all()
    return (rows.filter(status="published") if hasattr(model, "status") else rows).first()


@pytest.mark.parametrize("model", OFFERED, ids=lambda model: model.__name__)
def test_note_is_kept_with_the_page_and_shows_on_it(screen, client, model):
    row = public(model)

    assert screen(row).save(**NOTE).status_code == 302

    note = ChangeNote.objects.get()
    assert (note.kind, note.text) == ("correction", NOTE["note_for_readers"])
    assert (note.title, note.address) == (str(row), row.get_absolute_url())
    assert note.subject == row._meta.label_lower
    assert json.loads(note.subject_key) == list(row.natural_key())
    page = client.get(note.path)
    assert "It said 300 before. 320 is right." in text_of(page, "main")
    assert "Changes to this page" in text_of(page, "main")
    assert note.address in links_of(client.get("/changes/"), "main")


@pytest.mark.parametrize("model", [RiskFactor, FoodGroup], ids=lambda model: model.__name__)
def test_row_without_a_page_offers_no_note(screen, model):
    assert "note_for_readers" not in screen(model.objects.first()).data


@pytest.mark.parametrize("changes", [{"status": "draft"}, {"publish_at": "2999-01-01T00:00Z"}])
def test_hidden_row_and_its_sections_offer_no_note(screen, content, changes):
    Article.objects.update(**changes)

    assert "note_for_readers" not in screen(Article.objects.first()).data
    assert "note_for_readers" not in screen(ArticleSection.objects.first()).data
    assert "note_for_readers" not in screen(Article).data


def test_edit_without_a_note_leaves_none(screen, content):
    nutrient = Nutrient.objects.get(slug="calcium")
    screen(nutrient).save(tagline="Small edit")

    assert not ChangeNote.objects.exists()


def test_change_that_corrects_nothing_is_a_change(screen, content):
    nutrient = Nutrient.objects.get(slug="calcium")
    screen(nutrient).save(tagline="New words", note_for_readers="The tagline is clearer.")

    assert ChangeNote.objects.get().kind == "change"
    nutrient.refresh_from_db()
    assert nutrient.tagline == "New words"


def test_note_alone_makes_no_version_and_moves_no_date(screen, content):
    nutrient = Nutrient.objects.get(slug="calcium")
    screen(nutrient).save(**NOTE)

    assert ChangeNote.objects.count() == 1
    assert not versions_of(nutrient)
    assert Nutrient.objects.get(slug="calcium").changed_at == nutrient.changed_at


def test_correction_without_words_is_refused(screen, content):
    errors = screen(Nutrient.objects.get(slug="calcium")).errors(corrects_an_error="on")

    assert errors == {"note_for_readers": ["Say what was wrong and what is right."]}


def test_note_is_held_to_the_words_of_the_site(screen, content):
    page = screen(Nutrient.objects.get(slug="calcium"))
    errors = page.errors(note_for_readers="It can cure you.")

    assert list(errors) == ["note_for_readers"]
    assert not ChangeNote.objects.exists()


def test_refused_form_keeps_no_note(screen, content):
    errors = screen(Nutrient.objects.get(slug="calcium")).errors(name="", **NOTE)

    assert list(errors) == ["name"]
    assert not ChangeNote.objects.exists()


def test_note_outlives_its_page_without_leading_nowhere(screen, client, editor_client):
    food = FoodSource.objects.get(slug="almonds")
    screen(food).save(**NOTE)
    FoodSource.objects.filter(pk=food.pk).update(status="draft")

    page = client.get("/changes/")
    assert "/foods/almonds/" not in links_of(page, "main")
    assert f"{food}, which is not on the site now" in text_of(page, "main")


def test_editor_adds_a_note_on_a_page_without_a_form(screen, client, editor_client):
    assert (
        screen(ChangeNote)
        .save(kind="correction", title="How we grade", address="/method/", text="It was wrong.")
        .status_code
        == 302
    )

    assert "/method/" in links_of(client.get("/changes/"), "main")


@pytest.mark.parametrize(
    "address", ["//evil.example/", "https://evil.example/", "method/", "/a b/", "/\\evil", "/?q=x"]
)
def test_address_of_a_note_is_a_path_of_this_site(screen, content, address):
    errors = screen(ChangeNote).errors(title="A page", address=address, text="A note.")

    assert list(errors) == ["address"]


def test_editor_rewords_a_note_and_cannot_remove_one(screen, editor_client):
    note = ChangeNote.objects.create(title="About us", address="/about/", text="A note.")

    assert screen(note).save(text="A clearer note.").status_code == 302
    texts = [version.field_dict["text"] for version in versions_of(note)]
    assert texts == ["A clearer note.", "A note."]
    remove = reverse("admin:nutrients_changenote_delete", args=[note.pk])
    assert editor_client.post(remove, {"post": "yes"}).status_code == 403
