"""A row that another row's page shows is part of it: a change sets the date of that page too."""

import pytest
from django.utils import timezone

from nutrients.models import (
    ArticleSection,
    Association,
    FoodPortion,
    FoodSource,
    Nutrient,
    NutrientAmount,
    RedFlagRule,
    ReferenceIntake,
    Symptom,
)
from tests.admin.forms import act, delete


def dates(row, owners):
    """Return when each of a row's owners was changed, by name."""
    rows = {name: getattr(row, name) for name in owners}
    return {name: type(row).objects.get(pk=row.pk).changed_at for name, row in rows.items()}


def assert_dated(row, owners, start):
    assert {name: at for name, at in dates(row, owners).items() if at < start} == {}


@pytest.mark.parametrize(
    ("model", "owners", "change"),
    [
        (ReferenceIntake, ("nutrient",), {"life_stage_label": "Another label"}),
        (FoodPortion, ("food",), {"grams": "31"}),
        (ArticleSection, ("article",), {"title": "Another title"}),
        (Association, ("nutrient", "symptom"), {"note": "Some new words."}),
        (RedFlagRule, ("red_flag",), {"answers": []}),
    ],
)
def test_edit_on_its_own_screen_dates_the_pages_that_show_the_row(screen, model, owners, change):
    almonds = FoodSource.objects.get(slug="almonds")
    FoodPortion.objects.create(food=almonds, description="1 handful", grams=30)
    rows, start = model.objects.all(), timezone.now()
    row = (rows.exclude(answers=None) if model is RedFlagRule else rows).first()

    assert screen(row).save(**change).status_code == 302
    assert_dated(row, owners, start)


def test_only_a_real_change_moves_the_date_that_readers_see(screen, client):
    amount, owners = NutrientAmount.objects.first(), ("food", "nutrient")
    before = dates(amount, owners)
    assert screen(amount).save().status_code == 302
    assert dates(amount, owners) == before

    start = timezone.now()
    screen(amount).save(per_100g="12.5")

    assert_dated(amount, owners, start)
    path, today = amount.food.get_absolute_url(), timezone.localdate().isoformat()
    assert f'"dateModified": "{today}"' in client.get(path).text
    sitemap = client.get("/sitemap-foods.xml").text
    assert f"{path}</loc><lastmod>{today}" in sitemap


def test_deletion_dates_the_pages_that_showed_the_row(editor_client, content):
    rows, start = list(NutrientAmount.objects.order_by("food")[:20]), timezone.now()
    copper = Nutrient.objects.get(slug="copper")
    along = list(copper.amounts.exclude(pk__in=[row.pk for row in rows]))

    act(editor_client, "delete_selected", *rows, post="yes")
    for row in rows:
        assert_dated(row, ("food", "nutrient"), start)
    start = timezone.now()
    delete(editor_client, copper)

    assert along
    assert not Nutrient.objects.filter(slug="copper").exists()
    for row in along:
        assert_dated(row, ("food",), start)


def test_edit_in_an_inline_dates_both_pages(screen, content):
    cramps = Symptom.objects.get(slug="muscle-cramps")
    association, start = cramps.associations.first(), timezone.now()

    assert screen(cramps).save(**{"associations-0-note": "Some new words."}).status_code == 302
    assert_dated(association, ("nutrient", "symptom"), start)


def test_publishing_dates_the_pages_that_show_the_row(editor_client, content):
    association, start = Association.objects.filter(status="published").first(), timezone.now()
    Association.objects.filter(pk=association.pk).update(status="draft")

    act(editor_client, "publish", association)

    assert Association.objects.get(pk=association.pk).status == "published"
    assert_dated(association, ("nutrient", "symptom"), start)
