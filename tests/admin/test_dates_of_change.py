"""A row that another row's page shows is part of it: a change sets the date of that page too."""

import pytest
from django.utils import timezone

from nutrients.models import (
    ArticleSection,
    Association,
    FoodPortion,
    Nutrient,
    NutrientAmount,
    RedFlagRule,
    ReferenceIntake,
    Symptom,
)
from tests.admin.forms import act, delete


def dates(row, owners):
    """Return when each of a row's owners was changed."""
    rows = [getattr(row, name) for name in owners]
    return [type(row).objects.get(pk=row.pk).changed_at for row in rows]


@pytest.mark.parametrize(
    ("model", "owners", "change"),
    [
        (ReferenceIntake, ("nutrient",), {"life_stage_label": "Another label"}),
        (FoodPortion, ("food",), {"grams": "31"}),
        (ArticleSection, ("article",), {"title": "Another title"}),
        (RedFlagRule, ("red_flag",), {"answers": []}),
    ],
)
def test_edit_on_its_own_screen_dates_the_pages_that_show_the_row(
    screen, a_row_of_each, model, owners, change
):
    rows, start = model.objects.all(), timezone.now()
    row = (rows.exclude(answers=None) if model is RedFlagRule else rows).first()

    assert screen(row).save(**change).status_code == 302
    assert min(dates(row, owners)) > start


def test_only_a_real_change_moves_the_date_that_readers_see(screen, client):
    amount, owners = NutrientAmount.objects.first(), ("food", "nutrient")
    before = dates(amount, owners)
    assert screen(amount).save().status_code == 302
    assert dates(amount, owners) == before

    start = timezone.now()
    screen(amount).save(per_100g="12.5")

    assert min(dates(amount, owners)) > start
    today = timezone.localdate().isoformat()
    assert f'"dateModified": "{today}"' in client.get(amount.food.get_absolute_url()).text


def test_deletion_dates_the_pages_that_showed_the_row(editor_client, content):
    copper = Nutrient.objects.get(slug="copper")
    along = list(copper.amounts.all())
    rows, start = list(NutrientAmount.objects.exclude(nutrient=copper)[:20]), timezone.now()

    act(editor_client, "delete_selected", *rows, post="yes")
    assert min(date for row in rows for date in dates(row, ("food", "nutrient"))) > start
    start = timezone.now()
    delete(editor_client, copper)

    assert not Nutrient.objects.filter(slug="copper").exists()
    assert min(date for row in along for date in dates(row, ("food",))) > start


def test_inline_and_list_date_the_pages_that_show_the_row(screen, editor_client, content):
    cramps, start = Symptom.objects.get(slug="muscle-cramps"), timezone.now()
    association, owners = cramps.associations.first(), ("nutrient", "symptom")

    assert screen(cramps).save(**{"associations-0-note": "Some new words."}).status_code == 302
    assert min(dates(association, owners)) > start

    Association.objects.filter(pk=association.pk).update(status="draft")
    start = timezone.now()
    act(editor_client, "publish", association)
    assert Association.objects.get(pk=association.pk).status == "published"
    assert min(dates(association, owners)) > start
