"""Many rows at once, by CSV or by find and replace: all is checked, and goes into a proposal."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from nutrients.models import (
    ArticleSection,
    FoodPortion,
    FoodSource,
    Nutrient,
    NutrientAmount,
    Proposal,
    Source,
    Symptom,
)
from tests.admin.forms import Screen, act, address_of

WORDS = {"find": "wibble", "instead": "wobble"}


@pytest.fixture
def look(editor_client):
    """Send lines as pasted text, or as a file of bytes, and return the page."""

    def look(model, text, **more):
        is_file = isinstance(text, bytes)
        sent = {"file": SimpleUploadedFile("x.csv", text)} if is_file else {"pasted": text}
        return editor_client.post(address_of(model, "import"), sent | more)

    return look


def verdicts(answer):
    assert answer.status_code == 200
    return {line.number: line.verdict for line in answer.context["form"].lines}


def faults(answer):
    """Return the errors on the page by line; 0 means the whole file."""
    form = answer.context["form"]
    by_line = {0: form.non_field_errors()} | {line.number: line.faults for line in form.lines}
    return {number: errors for number, errors in by_line.items() if errors}


def test_lines_are_previewed_then_saved_in_a_proposal(look, editor):
    amount, other = NutrientAmount.objects.all()[:2]
    gone = other.food.slug, other.nutrient.slug, other.source.slug
    other.delete()
    text = (
        "food;nutrient;per_100g;source\n"
        f"{amount.food.slug};{amount.nutrient.slug};12,5;{amount.source.slug}\n"
        f"{gone[0]};{gone[1]};3,25;{gone[2]}\n"
    )
    answer = look(NutrientAmount, text)
    assert verdicts(answer) == {2: "Changed", 3: "New"}, faults(answer)
    assert "12.5</ins>" in answer.text
    assert not Proposal.objects.exists()

    answer = look(NutrientAmount, text, keep="yes")
    proposal = Proposal.objects.get()
    assert answer["Location"] == proposal.get_absolute_url()
    assert proposal.author == editor
    figures = {row.kind: float(row.values["per_100g"]) for row in proposal.rows.all()}
    assert figures == {"change": 12.5, "add": 3.25}
    assert NutrientAmount.objects.get(pk=amount.pk).per_100g == amount.per_100g


@pytest.mark.parametrize(
    ("data", "is_guessed"),
    [
        ("\ufeff\r\nslug;name\ntremor;Trämor\n".encode(), False),
        ("slug;name\ntremor;Trämor\n".encode("cp1252"), True),
        ("slug\tname\ntremor\tTrämor\n".encode("utf-16"), False),
        (b'slug,name,\r\n"tremor","Tr\xc3\xa4mor",\r\n', False),
    ],
)
def test_files_of_spreadsheets_are_read(look, content, data, is_guessed):
    answer = look(Symptom, data)

    assert [*verdicts(answer).values()] == ["Changed"], faults(answer)
    assert answer.context["form"].lines[0].values["name"] == "Trämor"
    assert ("Windows-1252" in answer.text) == is_guessed


@pytest.mark.parametrize(
    ("text", "line", "sentence"),
    [
        ("", 0, "Choose a file, or paste lines."),
        ("slug,name\n", 0, "no line below"),
        ("slug,title\nx,y\n", 0, "Line 1: there is no column “title”"),
        ("slug,name,Name\nx,y,z\n", 0, "“name” is there twice"),
        ("name\nMagnesium\n", 0, "add the column slug, to say which row"),
        ("slug,name\nmagnesium,A,B\n", 2, "It has 3 cells, and the first line has 2."),
        ("slug,tagline\nmagnesium,A\n\nmagnesium,B\n", 4, "The same row is on line 2."),
        ("slug,tagline\niron,Fine\nmagnesium,=SUM(A1)\n", 3, "“=SUM(A1)” is a formula."),
        ("slug,tagline\nmagnesium,@import\n", 2, "is a formula"),
        ("slug,daily_value\nmagnesium,lots\n", 2, "daily_value: Write a number such as 1.5"),
        ('slug,daily_value\nmagnesium,"1,500"\n', 2, "A comma before three digits"),
        ("slug,tagline\nmagnesium,You have too little\n", 2, "tagline: “You have”"),
        ('slug,tagline\nmagnesium,"never closed\n', 0, "a quotation mark is missing"),
        ("slug,sources\nmagnesium,nobody\n", 2, "sources: there is no source “nobody”."),
        ("slug,kind\nmagnesium,metal\n", 2, "kind: Select a valid choice"),
        ("slug,name\nnew-one,New one\n", 2, "This field is required."),
        ("slug,is_electrolyte\nmagnesium,FALSCH\n", 2, "“FALSCH” is neither true nor false."),
        ("slug,is_electrolyte\nmagnesium,\n", 2, "“” is neither true nor false."),
        (b"slug,name\n\0,x\n", 0, "This is no text"),
    ],
)
def test_fault_is_reported_at_its_line(look, content, text, line, sentence):
    answer = look(Nutrient, text, keep="yes")

    assert any(sentence in fault for fault in faults(answer).get(line, [])), faults(answer)
    assert not Proposal.objects.exists()


def test_unit_must_be_that_of_the_nutrient_and_a_tenfold_figure_be_confirmed(look, content):
    row = NutrientAmount.objects.filter(nutrient__slug="magnesium").first()
    saved = f"{row.per_100g.normalize():f}"
    nameless = look(NutrientAmount, "food,nutrient,per_100g\n,magnesium,12\n")
    assert "food: This field is required." in faults(nameless)[2]
    portions = f"food;grams;description\n{row.food.slug};12,5;bag\n{row.food.slug};12.5;bag"
    assert verdicts(look(FoodPortion, portions)) == {2: "New", 3: "Wrong"}
    for header, figure, is_right in (
        ("per_100g (mg)", "12", True),
        *(("per_100g (µg)", text, False) for text in ("12", saved)),
        ("per_100g,unit", "12,mg", True),
        ("per_100g,unit", "12,mcg", False),
        ("per_100g,unit", "12,", True),
    ):
        line = f"{row.food.slug},magnesium,{figure}"
        wrong = faults(look(NutrientAmount, f"food,nutrient,{header}\n{line}\n"))
        assert (wrong == {}) == is_right
        assert is_right or "magnesium is measured in" in wrong[2][0]

    line = f"food,nutrient,per_100g\n{row.food.slug},magnesium,{row.per_100g * 10}\n"
    answer = look(NutrientAmount, line.encode())

    assert "tick “The figures are right”" in faults(answer)[2][0]
    # The file need not be chosen again.
    again = answer.context["form"]["pasted"].value()
    assert faults(look(NutrientAmount, again, figures_are_right="on")) == {}


def test_export_is_imported_without_a_change(look, editor_client, content, monkeypatch):
    texts = {"tagline": "=1+1", "excess_signs": "- One\n- Two"}
    Nutrient.objects.filter(slug="iron").update(status="draft", **texts)
    # A list in Markdown that is typed is no formula.
    assert verdicts(look(Nutrient, 'slug,excess_signs\niron,"- One\n- Two"\n')) == {2: "As it is"}
    # No exported line costs as much as a changed one.
    monkeypatch.setattr("nutrients.admin.spreadsheets.MAX_CHANGES", 0)
    food = FoodSource.objects.get(slug="almonds")
    FoodPortion.objects.create(food=food, description="1 handful", grams="28.5")
    for model in (Nutrient, Symptom, Source, FoodPortion, NutrientAmount):
        count = None if model is NutrientAmount else 12
        answer = act(editor_client, "export", *model.objects.all()[:count])
        assert answer["Content-Type"] == "text/csv; charset=utf-8"
        assert f"{model._meta.model_name}-" in answer["Content-Disposition"]
        if model is Nutrient:
            text = io.StringIO(answer.content.decode("utf-8-sig"), newline="")
            iron = {row["slug"]: row for row in csv.DictReader(text)}["iron"]
            assert (iron["status"], iron["tagline"]) == ("draft", "'=1+1")
            assert iron["excess_signs"] == "'- One\n- Two"
        again = look(model, answer.content)
        assert set(verdicts(again).values()) == {"As it is"}, faults(again)
        if model in (FoodPortion, NutrientAmount):
            # As LibreOffice writes figures in German
            german = answer.content.replace(b",", b";").replace(b".", b",")
            assert set(verdicts(look(model, german)).values()) == {"As it is"}
    assert faults(look(Nutrient, "slug,name\niron,Fe\n"))[0][0].startswith("More than 0 lines")
    assert look(Nutrient, b"").context["form"].errors == {"file": ["The submitted file is empty."]}


@pytest.fixture
def texts(content):
    """Return a section with the word in text and in a citation, and a nutrient with it."""
    section = ArticleSection.objects.first()
    section.body = "A wibble here. [@nhs-wibble] A wibble, a wibbled thing and a Wibble."
    section.save()
    Nutrient.objects.filter(slug="iron").update(tagline="No wibble")
    Source.objects.filter(pk=1).update(slug="nhs-wibble", title="The wibble, quoted")
    return section, Nutrient.objects.get(slug="iron")


@pytest.fixture
def replace(editor_client):
    return lambda *ticked, **more: editor_client.post(
        reverse("admin:replace"), WORDS | {"match": ticked} | more
    )


def test_find_lists_matches_in_own_texts_but_not_in_citations_and_quoted_titles(
    editor_client, texts
):
    for words, number in {"wibble": 3, "Wibble": 1, "wibbl": 0, "wi(bble": 0}.items():
        page = editor_client.get(reverse("admin:replace"), {"find": words})
        assert (page.context["count"], page.context["faults"]) == (number, [])
        assert "quoted" not in page.text


def test_ticked_matches_go_into_a_proposal(replace, editor_client, texts, monkeypatch):
    section, iron = texts
    iron.tagline = "No wibble now"
    monkeypatch.setattr("nutrients.admin.screens.lock_content", iron.save)
    answer = replace(f"articlesection-{section.pk}-body-31", f"nutrient-{iron.pk}-tagline-3")

    proposal = Proposal.objects.get()
    assert answer["Location"] == proposal.get_absolute_url()
    assert {row.model: row.values for row in proposal.rows.all()} == {
        "nutrients.articlesection": {
            "body": "A wibble here. [@nhs-wibble] A wobble, a wibbled thing and a Wibble."
        },
        "nutrients.nutrient": {"tagline": "No wobble now"},
    }
    assert ArticleSection.objects.get(pk=section.pk).body == section.body
    assert Screen(editor_client, section.article).context["proposed_in"] == [proposal]


def test_refused_text_or_no_tick_makes_no_proposal(replace, texts):
    section, iron = texts
    ticked = (f"articlesection-{section.pk}-body-2", f"nutrient-{iron.pk}-tagline-3")

    refused = replace(*ticked, instead="cure").text

    assert "“cure” is never written here" in refused
    for nothing in ((), ("nutrient-0-tagline-0",)):
        assert "Tick at least one place" in replace(*nothing).text
    assert not Proposal.objects.exists()
