"""Each save keeps one version, earlier ones come back whole, and nothing deleted is lost."""

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from nutrients.models import Article, ArticleSection, Association, Nutrient, NutrientAmount, Source
from tests.admin.forms import INSIST


@pytest.fixture
def magnesium(content):
    return Nutrient.objects.get(slug="magnesium")


def history_address(row, page="history", *args):
    return reverse(f"admin:nutrients_{row._meta.model_name}_{page}", args=[row.pk, *args])


def delete(client, row):
    """Delete a row as an editor does who has seen which cases of the test book that breaks."""
    answer = client.post(history_address(row, "delete"), {"post": "yes", **INSIST})
    assert not type(row).objects.filter(pk=row.pk).exists()
    return answer


def test_save_keeps_the_shipped_version_and_one_new_one(screen, magnesium, editor):
    shipped = magnesium.tagline
    screen(magnesium).save(tagline="Calms muscle and nerve")
    newest, first = magnesium.history.all()

    assert (first.tagline, newest.tagline) == (shipped, "Calms muscle and nerve")
    assert newest.history_user == editor
    assert first.history_user is None


def test_change_of_sources_is_kept_in_the_same_version(screen, magnesium):
    before = set(magnesium.sources.values_list("pk", flat=True))
    other = Source.objects.exclude(pk__in=before).exclude(kind="editorial").first()
    screen(magnesium).save(sources=[other.pk])
    newest, first = magnesium.history.all()

    assert {link.source_id for link in newest.sources.all()} == {other.pk}
    assert {link.source_id for link in first.sources.all()} == before


def test_saving_without_a_change_keeps_no_version_and_moves_no_date(screen, magnesium):
    assert screen(magnesium).save().status_code == 302
    changed_at = magnesium.changed_at
    magnesium.refresh_from_db()

    assert not magnesium.history.exists()
    assert magnesium.changed_at == changed_at


def test_save_moves_the_date_of_change_and_no_other(screen, magnesium):
    start = timezone.now()
    screen(magnesium).save(tagline="Calms muscle and nerve")
    now = Nutrient.objects.get(pk=magnesium.pk)

    assert now.changed_at >= start
    assert (now.publish_at, now.reviewed_on) == (magnesium.publish_at, magnesium.reviewed_on)


def test_change_in_an_inline_keeps_a_version_of_that_row_and_dates_its_parent(screen, content):
    article = Article.objects.get(slug="nutrients-and-muscle-jerking")
    section = article.sections.first()
    start = timezone.now()
    response = screen(article).save(**{"sections-0-body": "Quite new words."})
    assert response.status_code == 302, response.context["errors"]

    assert [version.body for version in section.history.all()] == ["Quite new words.", section.body]
    assert not article.history.exists()
    assert Article.objects.get(pk=article.pk).changed_at >= start
    assert not ArticleSection.history.exclude(id=section.pk).exists()


def test_history_shows_what_changed(screen, magnesium, editor_client):
    shipped = magnesium.tagline
    screen(magnesium).save(tagline="Calms muscle and nerve")
    page = editor_client.get(history_address(magnesium)).content.decode()

    assert f"</span>{shipped}</del>" in page
    assert "Calms muscle and nerve</ins>" in page
    assert "anna" in page


def test_earlier_version_comes_back_with_its_sources(screen, magnesium):
    sources = set(magnesium.sources.values_list("pk", flat=True))
    other = Source.objects.exclude(pk__in=sources).exclude(kind="editorial").first()
    screen(magnesium).save(tagline="A mistake", sources=[other.pk])
    first = magnesium.history.last()
    screen(magnesium, history_address(magnesium, "simple_history", first.pk)).save()
    now = Nutrient.objects.get(pk=magnesium.pk)

    assert now.tagline == magnesium.tagline
    assert set(now.sources.values_list("pk", flat=True)) == sources
    assert now.history.count() == 3
    assert now.history.first().history_change_reason.startswith("Brought back from")


def test_deleted_row_is_listed_and_comes_back_as_it_was(screen, magnesium, editor_client):
    sources = set(magnesium.sources.values_list("pk", flat=True))
    association = magnesium.associations.first()
    delete(editor_client, magnesium)

    deleted = editor_client.get(reverse("admin:nutrients_nutrient_deleted")).content.decode()
    whole = Nutrient.history.filter(slug="magnesium").last()
    assert "Magnesium" in deleted
    screen(magnesium, history_address(magnesium, "simple_history", whole.pk)).save()
    again = Nutrient.objects.get(slug="magnesium")

    assert again.pk == magnesium.pk
    assert again.job == magnesium.job
    assert set(again.sources.values_list("pk", flat=True)) == sources
    assert Association.history.filter(id=association.pk).exists()


def test_row_below_a_deleted_one_waits_for_its_parent(magnesium, editor_client):
    association = magnesium.associations.first()
    delete(editor_client, magnesium)
    deleted = reverse("admin:nutrients_association_deleted")

    assert "Belongs to a row that is deleted too" in editor_client.get(deleted).content.decode()
    assert editor_client.get(history_address(association)).status_code == 404


def test_link_on_the_deleted_list_opens_the_row_with_its_sources(magnesium, editor_client):
    sources = set(magnesium.sources.values_list("pk", flat=True))
    delete(editor_client, magnesium)
    rows = editor_client.get(reverse("admin:nutrients_nutrient_deleted")).context["rows"]
    (key, version, _), *_ = rows
    form = (
        editor_client.get(
            reverse("admin:nutrients_nutrient_simple_history", args=[key, version.whole])
        )
        .context["adminform"]
        .form
    )

    assert set(form["sources"].value()) == sources


def delete_amounts(client, number):
    """Delete as many amounts in a list; give the page of deleted ones and what it asked."""
    amounts = NutrientAmount.objects.values_list("pk", flat=True)[:number]
    client.post(
        reverse("admin:nutrients_nutrientamount_changelist"),
        {"action": "delete_selected", "_selected_action": list(amounts), "post": "yes"},
    )
    with CaptureQueriesContext(connection) as asked:
        page = client.get(reverse("admin:nutrients_nutrientamount_deleted"))
    return page, [query["sql"] for query in asked]


def test_list_of_deleted_rows_costs_the_same_for_many(editor_client, content):
    few, asked_for_few = delete_amounts(editor_client, 2)
    many, asked_for_many = delete_amounts(editor_client, 40)

    assert (len(few.context["rows"]), len(many.context["rows"])) == (2, 42)
    assert all(" in " in name for _, _, name in many.context["rows"])
    assert len(asked_for_many) == len(asked_for_few), asked_for_many


def test_deleting_in_a_list_keeps_what_was_deleted(editor_client, content):
    amount = NutrientAmount.objects.first()
    editor_client.post(
        reverse("admin:nutrients_nutrientamount_changelist"),
        {"action": "delete_selected", "_selected_action": [amount.pk], "post": "yes"},
    )

    kinds = [version.history_type for version in NutrientAmount.history.filter(id=amount.pk)]
    assert kinds == ["-", "+"]


def test_administrator_is_named_too(admin_client, magnesium):
    url = history_address(magnesium, "change")
    form = admin_client.get(url).context["adminform"].form

    assert form.instance == magnesium
    assert User.objects.filter(is_superuser=True).count() == 1
