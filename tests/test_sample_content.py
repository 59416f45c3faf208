"""Made-up content for measuring: shaped like real content, safe to repeat, gone without a trace."""

import io

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command

from nutrients.models import (
    Article,
    Association,
    FoodSource,
    Nutrient,
    NutrientAmount,
    Source,
    Symptom,
)
from nutrients.search.index import catch_up

pytestmark = pytest.mark.django_db

SIZES = {"nutrients": 4, "symptoms": 6, "articles": 3, "foods": 7}
OF_KIND = {"nutrients": Nutrient, "symptoms": Symptom, "articles": Article, "foods": FoodSource}


def make(**options):
    out = io.StringIO()
    call_command("make_sample_content", stdout=out, **options)
    return out.getvalue()


def made_up(model):
    return model.objects.filter(slug__startswith="sample-")


def all_rows():
    return {
        model._meta.label: list(model._base_manager.order_by("pk").values())
        for model in apps.get_app_config("nutrients").get_models(include_auto_created=True)
    }


@pytest.mark.usefixtures("content")
def test_content_is_made_in_the_numbers_asked_for_and_public(client):
    out = make(**SIZES)

    assert {kind: made_up(model).count() for kind, model in OF_KIND.items()} == SIZES
    assert "food: 7 of 7, 7 added" in out
    for address in (
        "/nutrients/sample-nutrient-1/",
        "/symptoms/sample-symptom-6/",
        "/articles/sample-article-3/",
        "/foods/sample-food-7/",
    ):
        page = client.get(address)
        assert page.status_code == 200, address
        assert "Made-up text for measuring" in page.text, address


@pytest.mark.usefixtures("content")
def test_made_up_rows_have_what_real_rows_have():
    make(**SIZES)

    for nutrient in made_up(Nutrient):
        assert nutrient.associations.count() == SIZES["symptoms"]
        assert nutrient.intakes.exists()
        assert nutrient.sources.exists()
    for link in Association.objects.filter(nutrient__slug__startswith="sample-"):
        assert link.sources.exists()
        assert link.symptom.slug.startswith("sample-")
    for food in made_up(FoodSource):
        assert food.amounts.count() >= 3
        assert food.sources.exists()
    for article in made_up(Article):
        assert article.sections.count() == 4
        assert "[@sample-source-" in article.sections.first().body
        assert article.related_nutrients.exists()
        assert article.related_symptoms.exists()


@pytest.mark.usefixtures("content")
def test_second_run_adds_only_what_is_missing():
    make(**SIZES)
    made_up(Nutrient).filter(slug="sample-nutrient-2").delete()
    before = made_up(FoodSource).values_list("pk", flat=True)

    out = make(**SIZES)

    assert "nutrient: 4 of 4, 1 added" in out
    assert "food: 7 of 7, 0 added" in out
    assert set(made_up(FoodSource).values_list("pk", flat=True)) == set(before)
    assert made_up(Nutrient).get(slug="sample-nutrient-2").associations.exists()


@pytest.mark.usefixtures("content")
def test_search_follows(client):
    make(nutrients=1)
    found = client.get("/search/", {"q": "sample nutrient"}).text
    make(remove=True)
    gone = client.get("/search/", {"q": "sample nutrient"}).text

    assert "/nutrients/sample-nutrient-1/" in found
    assert "/nutrients/sample-nutrient-1/" not in gone


@pytest.mark.usefixtures("content")
def test_removing_leaves_everything_as_it_was():
    catch_up()
    before = all_rows()
    make(**SIZES)

    out = make(remove=True)

    assert "food sources: 7 removed" in out
    assert all_rows() == before


@pytest.mark.usefixtures("content")
def test_removing_refuses_where_a_real_amount_rests_on_a_made_up_source():
    make(foods=1)
    NutrientAmount.objects.filter(food__slug="spinach-cooked").update(
        source=made_up(Source).first()
    )

    with pytest.raises(CommandError, match="Some nutrient amounts rest on made-up rows"):
        make(remove=True)

    assert made_up(FoodSource).count() == 1


def test_public_site_refuses(settings):
    settings.SITE_URL = "https://nutrisite.example"

    with pytest.raises(CommandError, match="public site"):
        make(nutrients=1)
    with pytest.raises(CommandError, match="public site"):
        make(remove=True)

    assert not made_up(Nutrient).exists()


@pytest.mark.parametrize("nonsense", ["-1", "many", "1.5", "", "1000001", "٣"])
def test_number_that_is_none_is_refused(nonsense):
    with pytest.raises(CommandError, match="--foods takes a whole number from 0 to 1,000,000"):
        make(foods=nonsense)


def test_nothing_asked_for_is_refused():
    with pytest.raises(CommandError, match="Say how much to make"):
        make()


@pytest.mark.usefixtures("no_content")
def test_empty_site_can_be_filled():
    make(**SIZES)

    assert NutrientAmount.objects.count() >= 3 * SIZES["foods"]
