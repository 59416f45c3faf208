"""A note for readers: offered if a page is public, saved with the form, checked like any text."""

import pytest

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
from tests.admin.forms import delete
from tests.revisions import versions_of
from tests.site.pages import links_of, text_of

NOTE = {"note_for_readers": "It said 300 before. 320 is right.", "corrects_an_error": "on"}
OFFERED = (Article, ArticleSection, Association, FoodSource, Nutrient, RedFlag, Source, Symptom)


@pytest.mark.parametrize("model", OFFERED)
def test_note_shows_on_its_page_and_among_the_changes(screen, client, model):
    rows = model.objects.all()
    row = (rows.filter(status="published") if hasattr(model, "status") else rows).first()

    assert screen(row).save(**NOTE).status_code == 302

    note = ChangeNote.objects.get()
    assert (note.kind, note.text) == ("correction", NOTE["note_for_readers"])
    assert (note.title, note.address) == (str(row), row.get_absolute_url())
    page = client.get(note.address)
    assert "It said 300 before. 320 is right." in text_of(page, "main")
    assert "Changes to this page" in text_of(page, "main")
    assert note.address in links_of(client.get("/changes/"), "main")


def test_row_without_a_public_page_offers_no_note(screen, content):
    def offered(*rows):
        return [row for row in rows if "note_for_readers" in screen(row).data]

    assert offered(RiskFactor.objects.first(), FoodGroup.objects.first(), Article) == []
    for changes in ({"status": "draft"}, {"publish_at": "2999-01-01T00:00Z"}):
        Article.objects.update(status="published")
        Article.objects.update(**changes)
        assert offered(Article.objects.first(), ArticleSection.objects.first()) == []


def test_note_is_checked_with_the_form_and_each_is_saved_only_if_it_is_changed(screen, magnesium):
    form = screen(magnesium)
    errors = form.errors(corrects_an_error="on")
    assert errors == {"note_for_readers": ["Say what was wrong and what is right."]}
    assert list(form.errors(note_for_readers="It can cure you.")) == ["note_for_readers"]
    assert list(form.errors(name="", **NOTE)) == ["name"]
    assert not ChangeNote.objects.exists()

    form.save(**NOTE)
    assert ChangeNote.objects.count() == 1
    assert not versions_of(magnesium)
    assert Nutrient.objects.get(slug="magnesium").changed_at == magnesium.changed_at

    screen(magnesium).save(tagline="Small edit")
    assert ChangeNote.objects.count() == 1

    screen(magnesium).save(tagline="New words", note_for_readers="The tagline is clearer.")
    assert ChangeNote.objects.get(kind="change").text == "The tagline is clearer."
    assert Nutrient.objects.get(slug="magnesium").tagline == "New words"


def test_note_on_any_page_is_added_and_reworded_but_not_deleted(screen, client, editor_client):
    form = screen(ChangeNote)
    typed = {"kind": "correction", "title": "How we grade", "text": "It was wrong."}
    for wrong in ("//evil.example/", "https://evil.example/", "method/", "/a b/", "/\\evil", "/?q"):
        assert list(form.errors(address=wrong, **typed)) == ["address"], wrong
    assert form.save(address="/method/", **typed).status_code == 302
    assert "/method/" in links_of(client.get("/changes/"), "main")

    note = ChangeNote.objects.get()
    assert screen(note).save(text="A clearer note.").status_code == 302
    texts = [version.field_dict["text"] for version in versions_of(note)]
    assert texts == ["A clearer note.", "It was wrong."]
    assert delete(editor_client, note).status_code == 403
