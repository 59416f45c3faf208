"""A row that another's page shows is part of that page: changing it dates that page as well."""

import pytest
from django.urls import reverse
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
from tests.admin.forms import GONE

# What each row is shown by, and a change to it.
SHOWN_BY = [
    (NutrientAmount, ("food", "nutrient"), {"per_100g": "12.5"}),
    (ReferenceIntake, ("nutrient",), {"life_stage_label": "Another label"}),
    (FoodPortion, ("food",), {"grams": "31"}),
    (ArticleSection, ("article",), {"title": "Another title"}),
    (Association, ("nutrient", "symptom"), {"note": "Some new words."}),
    (RedFlagRule, ("red_flag",), {"answers": []}),
]
by_row = pytest.mark.parametrize(
    ("model", "owners", "change"), SHOWN_BY, ids=[model.__name__ for model, *_ in SHOWN_BY]
)


def first(model):
    if model is FoodPortion:
        food = FoodSource.objects.get(slug="almonds")
        return FoodPortion.objects.create(food=food, description="1 handful", grams=30)
    rows = model.objects.all()
    return (rows.exclude(answers=None) if model is RedFlagRule else rows).first()


def dates(row, owners):
    """When each of the row's owners was changed, by name."""
    found = {name: getattr(row, name) for name in owners}
    return {name: type(one).objects.get(pk=one.pk).changed_at for name, one in found.items()}


def assert_dated(row, owners, start):
    undated = {name: at for name, at in dates(row, owners).items() if at < start}
    assert not undated


@by_row
def test_edit_on_its_own_screen_dates_the_page_that_shows_it(screen, model, owners, change):
    row, start = first(model), timezone.now()

    assert screen(row).save(**change).status_code == 302
    assert_dated(row, owners, start)


def test_saving_without_a_change_dates_no_page(screen, content):
    row, owners = first(NutrientAmount), ("food", "nutrient")
    before = dates(row, owners)

    assert screen(row).save().status_code == 302
    assert dates(row, owners) == before


def test_deletion_of_several_dates_the_pages_that_showed_them(editor_client, content):
    rows, start = list(NutrientAmount.objects.order_by("food")[:20]), timezone.now()
    chosen = {"action": "delete_selected", "_selected_action": [row.pk for row in rows]}

    editor_client.post(
        reverse("admin:nutrients_nutrientamount_changelist"), chosen | {"post": "yes"}
    )

    for row in rows:
        assert_dated(row, ("food", "nutrient"), start)


def test_deletion_dates_the_pages_that_showed_what_went_along(editor_client, content):
    copper = Nutrient.objects.get(slug="copper")
    amounts, start = list(copper.amounts.all()), timezone.now()
    address = reverse("admin:nutrients_nutrient_delete", args=[copper.pk])

    editor_client.post(address, {"post": "yes", **GONE})

    assert not Nutrient.objects.filter(slug="copper").exists()
    for amount in amounts:
        assert_dated(amount, ("food",), start)


def test_edit_in_an_inline_dates_the_page_at_the_other_end_too(screen, content):
    cramps = Symptom.objects.get(slug="muscle-cramps")
    association, start = cramps.associations.first(), timezone.now()

    saved = screen(cramps).save(**{"associations-0-note": "Some new words."})

    assert saved.status_code == 302
    assert_dated(association, ("nutrient", "symptom"), start)


def test_publishing_dates_the_page_that_begins_to_show_it(editor_client, content):
    association, start = Association.objects.filter(status="published").first(), timezone.now()
    Association.objects.filter(pk=association.pk).update(status="draft")

    editor_client.post(
        reverse("admin:nutrients_association_changelist"),
        {"action": "publish", "_selected_action": [association.pk]},
    )

    assert Association.objects.get(pk=association.pk).status == "published"
    assert_dated(association, ("nutrient", "symptom"), start)


def test_corrected_amount_moves_the_date_that_readers_see(screen, client, content):
    amount = NutrientAmount.objects.first()
    screen(amount).save(per_100g="12.5")
    today = timezone.localdate().isoformat()

    path = amount.food.get_absolute_url()
    page = client.get(path).content.decode()
    sitemap = client.get("/sitemap-foods.xml").content.decode()

    assert f'"dateModified": "{today}"' in page
    assert f"{path}</loc><lastmod>{today}" in sitemap
