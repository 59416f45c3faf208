"""Every list and every form opens for an editor, at a cost that does not grow with the content."""

import pytest
from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from nutrients.models import (
    Article,
    ArticleSection,
    Association,
    ChangeNote,
    FoodPortion,
    FoodSource,
    KeptProblem,
    Nutrient,
    NutrientAmount,
    Picture,
    Proposal,
    RedFlag,
    RedFlagRule,
    Redirect,
    ShippedChange,
    Source,
    Status,
    Symptom,
)

NO_CONTENT = (KeptProblem, Proposal, Redirect, ShippedChange)
CONTENT = sorted(
    # What an upgrade asks, what is proposed and what checks found have tests of their own.
    (m for m in admin.site._registry if m._meta.app_label == "nutrients" and m not in NO_CONTENT),
    key=lambda m: m.__name__,
)
per_model = pytest.mark.parametrize("model", CONTENT, ids=lambda model: model._meta.model_name)


def address(model, page="changelist", *args):
    return reverse(f"admin:nutrients_{model._meta.model_name}_{page}", args=args)


def queries(client, url):
    # The first request fills the caches of content types and of the session.
    ContentType.objects.get_for_model(Nutrient)
    client.get(url)
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert client.get(url).status_code == 200
    return len(seen)


@per_model
def test_list_opens_finds_and_costs_the_same_with_more_rows(model, editor_client, monkeypatch):
    assert editor_client.get(address(model), {"q": "magnesium"}).status_code == 200
    assert editor_client.get(address(model, "recoverlist")).status_code == 200
    screen = admin.site._registry[model]
    monkeypatch.setattr(screen, "list_per_page", 8)
    few = queries(editor_client, address(model))
    monkeypatch.setattr(screen, "list_per_page", 24)

    assert queries(editor_client, address(model)) == few


@per_model
def test_forms_and_history_of_a_row_open(model, editor_client):
    # The site ships no household measures, which come with the USDA's foods, notes or pictures.
    FoodPortion.objects.create(food=FoodSource.objects.first(), description="1 cup", grams=100)
    ChangeNote.objects.create(title="About us", address="/about/", text="A note.")
    words = {"credit": "Ann", "licence": "Our own", "file_digest": "0" * 16, "data": b"RIFF"}
    Picture.objects.create(slug="leg", is_decorative=True, width=9, height=9, **words)
    row = model._default_manager.first()
    new = editor_client.get(address(model, "add"))

    assert new.status_code == 200
    assert b"View on site" not in new.content
    assert editor_client.get(address(model, "change", row.pk)).status_code == 200
    assert editor_client.get(address(model, "history", row.pk)).status_code == 200


def add_associations(nutrient, source):
    taken = nutrient.associations.values("symptom")
    for symptom in Symptom.objects.exclude(pk__in=taken)[:20]:
        row = Association.objects.create(
            nutrient=nutrient,
            symptom=symptom,
            relation="deficiency",
            typicality="rare",
            evidence="limited",
            evidence_why="Case reports.",
            note="A note.",
        )
        row.sources.add(source)


def add_amounts(nutrient, source):
    taken = nutrient.amounts.values("food")
    NutrientAmount.objects.bulk_create(
        NutrientAmount(food=food, nutrient=nutrient, per_100g=1, source=source)
        for food in FoodSource.objects.exclude(pk__in=taken)
    )


def test_nutrient_form_costs_the_same_with_many_more_inline_rows(editor_client):
    nutrient = Nutrient.objects.order_by("pk").last()
    url = address(Nutrient, "change", nutrient.pk)
    source = Source.objects.first()
    NutrientAmount.objects.filter(nutrient=nutrient).exclude(
        pk__in=list(nutrient.amounts.values_list("pk", flat=True)[:3])
    ).delete()
    few = queries(editor_client, url)
    add_associations(nutrient, source)
    add_amounts(nutrient, source)

    assert queries(editor_client, url) == few


def test_article_form_costs_the_same_with_three_times_the_sections(editor_client):
    article = Article.objects.create(title="A title", slug="a-title", key_points="One.")
    url = address(Article, "change", article.pk)

    def add_sections(numbers):
        for number in numbers:
            ArticleSection.objects.create(
                article=article, anchor=f"part-{number}", title="A part", body="Words."
            )

    add_sections(range(3))
    few = queries(editor_client, url)
    add_sections(range(3, 9))

    assert queries(editor_client, url) == few


def test_red_flag_form_costs_the_same_with_three_times_the_rules(editor_client):
    flag = RedFlag.objects.first()
    url = address(RedFlag, "change", flag.pk)

    def add_rules(numbers):
        for number in numbers:
            rule = RedFlagRule.objects.create(red_flag=flag, slug=f"rule-{number}")
            rule.symptoms.set(Symptom.objects.all()[:3])

    add_rules(range(2))
    few = queries(editor_client, url)
    add_rules(range(2, 9))

    assert queries(editor_client, url) == few


def test_autocomplete_finds_rows_by_name(editor_client):
    answer = editor_client.get(
        reverse("admin:autocomplete"),
        {
            "term": "magnes",
            "app_label": "nutrients",
            "model_name": "association",
            "field_name": "nutrient",
        },
    )

    assert [found["text"] for found in answer.json()["results"]] == ["Magnesium"]


def test_index_groups_the_tables_and_names_the_site(editor_client):
    response = editor_client.get(reverse("admin:index"))
    groups = [group["name"] for group in response.context["app_list"]]

    assert groups == [
        "Proposals",
        "Articles",
        "Nutrients and evidence",
        "Symptoms and safety",
        "Causes and risks",
        "Foods",
        "Sources and corrections",
        "Search",
        "After an upgrade",
    ]
    assert "Nutrisite editors" in response.content.decode()


@pytest.mark.parametrize("state", ["shown", "waiting", "draft", "overdue", "unreviewed"])
def test_state_filter_narrows_a_list(state, editor_client):
    response = editor_client.get(address(Nutrient), {"state": state})

    expected = {"shown": 13, "unreviewed": 13}.get(state, 0)
    assert response.context["cl"].result_count == expected


def test_published_row_links_to_its_page_and_a_draft_does_not(editor_client):
    nutrient = Nutrient.objects.get(slug="magnesium")
    url = address(Nutrient, "change", nutrient.pk)
    assert "/nutrients/magnesium/" in editor_client.get(url).content.decode()

    Nutrient.objects.update(status=Status.DRAFT)

    assert 'href="/nutrients/magnesium/"' not in editor_client.get(url).content.decode()


def test_page_before_a_deletion_lists_rows_and_no_links(editor_client, content):
    nutrient = Nutrient.objects.get(slug="magnesium")
    address = reverse("admin:nutrients_nutrient_delete", args=[nutrient.pk])
    response = editor_client.get(address)

    assert "relationship" not in response.content.decode()
    kinds = dict(response.context["model_count"])
    assert kinds["associations"] == nutrient.associations.count()
    assert set(kinds) == {
        "nutrients",
        "associations",
        "nutrient amounts",
        "nutrient details",
        "reference intakes",
        "risk effects",
    }
