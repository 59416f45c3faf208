"""What the forms refuse at save, in plain sentences, with nothing of the editor's work lost."""

from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone
from model_bakery import baker

from nutrients.admin.articles import UNSOURCED
from nutrients.models import (
    Article,
    ArticleSection,
    Association,
    FoodSource,
    Nutrient,
    OtherCause,
    Question,
    RedFlag,
    RiskFactor,
    Source,
    Status,
    Symptom,
    Verification,
)
from tests.admin.forms import GONE
from tests.factories import nutrient
from tests.revisions import versions_of


@pytest.fixture
def magnesium(content):
    return Nutrient.objects.get(slug="magnesium")


def test_forbidden_words_are_named_at_their_field_and_the_text_is_kept(screen, magnesium):
    form = screen(magnesium)
    text = "Tablets of it cure cramps."
    response = form.save(job=text)

    assert "cure" in str(response.context["adminform"].form.errors["job"])
    assert text in response.content.decode()
    magnesium.refresh_from_db()
    assert magnesium.job != text


def test_characters_that_turn_the_direction_of_a_text_are_left_out(screen, magnesium):
    screen(magnesium).save(job="It \u202esteadies\u202c muscle.\r\nAnd nerve.")

    magnesium.refresh_from_db()
    assert magnesium.job == "It steadies muscle.\nAnd nerve."


def test_titles_of_publications_are_quoted_as_they_are(screen, content):
    source = Source.objects.exclude(url="").first()

    assert screen(source).save(title="How doctors diagnose cramps").status_code == 302


def test_published_row_needs_a_source_beside_the_editors_own(screen, magnesium):
    own = Source.objects.get(slug="editor")
    errors = screen(magnesium).errors(sources=[own.pk])

    assert errors == {
        "sources": ["A published row needs a source other than the editors themselves."]
    }
    draft = screen(magnesium).save(sources=[own.pk], status=Status.DRAFT, **GONE)
    assert draft.status_code == 302


def test_row_that_is_not_verified_stays_a_draft(screen, magnesium):
    errors = screen(magnesium).errors(verification=Verification.UNVERIFIED)

    assert list(errors) == ["verification"]


def test_second_association_of_the_same_kind_is_refused(screen, magnesium):
    there = Association.objects.filter(nutrient=magnesium).first()
    form = screen(Association)
    errors = form.errors(
        nutrient=there.nutrient_id,
        symptom=there.symptom_id,
        relation=there.relation,
        typicality="rare",
        evidence="limited",
        evidence_why="Case reports.",
        note="A note.",
        sources=[Source.objects.first().pk],
    )

    assert errors == {"__all__": ["This nutrient has this symptom in this relation already."]}


def test_asked_cause_may_not_share_a_slug_with_a_risk_factor(screen, content):
    cause = OtherCause.objects.exclude(slug__in=RiskFactor.objects.values("slug")).first()
    RiskFactor.objects.filter(pk=RiskFactor.objects.first().pk).update(slug=cause.slug)

    assert list(screen(cause).errors(is_asked="on")) == ["is_asked"]


def test_risk_factor_cannot_take_the_name_of_a_tick(screen, content):
    taken = OtherCause.objects.filter(is_asked=True).first().slug

    (error,) = screen(RiskFactor).errors(name="New", slug=taken)["slug"]
    assert error.startswith("A cause that the checklist asks has this slug")


@pytest.mark.parametrize("slug", ["symptom", "risk", "flag", "find", "look"])
def test_question_cannot_take_the_name_of_another_part_of_the_form(screen, content, slug):
    errors = screen(Question).errors(text="Which?", why="It matters.", slug=slug)

    assert errors == {"__all__": ["The checklist's form has a parameter of this name."]}


def test_rule_that_names_no_tick_is_refused(screen, content):
    flag = RedFlag.objects.filter(rules__isnull=False).first()
    errors = screen(flag).errors(
        **{f"rules-0-{name}": [] for name in ("symptoms", "risk_factors", "other_causes")}
    )

    assert errors == {
        "rules-0-__all__": ["Name at least one tick: a rule without any raises nothing."]
    }


def test_unknown_citation_and_block_are_errors_at_their_lines(screen, content):
    section = ArticleSection.objects.first()
    body = "Fine.\n\nNo such source. [@nowhere]\n\n[[pie-chart]]\n"
    errors = screen(section).errors(body=body)["body"]

    assert [error.split(":")[0] for error in errors] == ["Line 3", "Line 5"]
    assert "nowhere" in errors[0]
    assert "pie-chart" in errors[1]


def test_error_in_one_section_keeps_what_was_written_in_the_others(screen, content):
    article = Article.objects.get(slug="nutrients-and-muscle-jerking")
    response = screen(article).save(
        **{"sections-0-body": "Text. [@nowhere]", "sections-1-body": "New words here."}
    )

    assert response.status_code == 200
    assert "Line 1:" in response.content.decode()
    assert "New words here." in response.content.decode()


@pytest.mark.parametrize(
    ("model", "field", "lookup"),
    [
        (Nutrient, "slug", {"slug": "magnesium"}),
        (Symptom, "slug", {}),
        (ArticleSection, "anchor", {}),
        (Association, "relation", {"relation": "deficiency"}),
    ],
)
def test_what_identifies_a_row_cannot_change(model, field, lookup, screen, content):
    row = model._default_manager.filter(**lookup).first()
    before = getattr(row, field)
    form = screen(row)
    assert field not in form.data

    assert form.save(**{field: "excess"}).status_code == 302
    row.refresh_from_db()
    assert getattr(row, field) == before


def test_publishing_several_rows_holds_back_those_that_are_not_ready(editor_client, magnesium):
    Nutrient.objects.update(status=Status.DRAFT)
    Nutrient.objects.filter(pk=magnesium.pk).update(verification=Verification.UNVERIFIED)
    calcium = Nutrient.objects.get(slug="calcium")
    response = editor_client.post(
        reverse("admin:nutrients_nutrient_changelist"),
        {"action": "publish", "_selected_action": [magnesium.pk, calcium.pk]},
        follow=True,
    )

    assert Nutrient.objects.get(pk=calcium.pk).status == Status.PUBLISHED
    assert Nutrient.objects.get(pk=magnesium.pk).status == Status.DRAFT
    assert "1 stay" in response.content.decode()


def test_preview_shows_the_text_in_the_form_and_its_errors(editor_client):
    response = editor_client.post(
        reverse("admin:nutrients_articlesection_preview"),
        {
            "preview-sections-0-body": "",
            "sections-0-body": "Some **bold** words. [@fda-dv]\n\n[[red-flags]]\n\n[@nowhere]",
        },
    )
    page = response.content.decode()

    assert "<strong>bold</strong>" in page
    assert 'aria-label="Source 1"' in page
    assert "Line 5: There is no source" in page


def test_preview_is_for_editors_alone(client, content):
    response = client.post(reverse("admin:nutrients_articlesection_preview"), {"preview-body": ""})

    assert response.status_code == 302
    assert "/login/" in response["Location"]


@pytest.mark.parametrize(("typed", "kept"), [("7089", "07089"), ("100173", "100173"), ("", "")])
def test_number_of_the_usda_gets_its_zero_back_or_keeps_six_digits(screen, content, typed, kept):
    almonds = FoodSource.objects.get(slug="almonds")

    assert screen(almonds).save(usda_ndb_number=typed).status_code == 302
    almonds.refresh_from_db()
    assert almonds.usda_ndb_number == kept


@pytest.mark.parametrize("typed", ["708", "1001733", "1234a"])
def test_number_that_the_usda_cannot_have_is_refused(screen, content, typed):
    form = screen(FoodSource.objects.get(slug="almonds"))

    assert form.errors(usda_ndb_number=typed) == {
        "usda_ndb_number": ["An NDB number is five or six digits."]
    }


def test_published_article_needs_a_section_that_cites_a_source(screen, content, editor_client):
    article = Article.objects.get(slug="nutrients-and-muscle-jerking")
    sections = article.sections.count()
    form = screen(article)
    without = form.save(**{f"sections-{number}-DELETE": "on" for number in range(sections)})

    assert UNSOURCED in without.content.decode()
    assert article.sections.count() == sections

    last = article.sections.first()
    article.sections.exclude(pk=last.pk).delete()
    assert screen(last).errors(body="Words.") == {"body": [UNSOURCED]}

    empty = baker.make(Article, status="draft", verification="two-pages", slug="empty")
    editor_client.post(
        reverse("admin:nutrients_article_changelist"),
        {"action": "publish", "_selected_action": [empty.pk]},
    )

    empty.refresh_from_db()
    assert empty.status == "draft"


def test_rows_are_taken_off_the_site_with_a_reason_alone(content, editor_client):
    articles = list(Article.objects.published(at=timezone.now()))
    address = reverse("admin:nutrients_article_changelist")
    ticked = {"action": "back_to_draft", "_selected_action": [one.pk for one in articles]}

    asked = editor_client.post(address, ticked)
    without = editor_client.post(address, ticked | {"reason": " "})

    assert all(one.title in asked.content.decode() for one in articles)
    assert "Say why" in without.content.decode()
    assert Article.objects.published(at=timezone.now()).count() == len(articles)

    editor_client.post(address, ticked | {"reason": "Under review."})

    assert not Article.objects.published(at=timezone.now()).exists()
    assert versions_of(articles[0])[0].revision.comment.endswith(": Under review.")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"energy_kcal": "3500"}, "kilojoules"),
        ({"serving_grams": "99999.99"}, "at most"),
        ({"amounts-0-per_100g": "1000000"}, "cannot contain more"),
    ],
)
def test_figure_that_no_food_can_have_is_refused(screen, content, changes, words):
    spinach = FoodSource.objects.get(slug="spinach-raw")

    errors = screen(spinach).errors(**changes)

    assert words in str(errors)


def test_figure_is_read_as_editors_write_it(screen, content):
    almonds = FoodSource.objects.get(slug="almonds")
    form = screen(almonds)
    field = form.response.context["adminform"].form.fields["serving_grams"]
    for typed, read in (("30,5", "30.5"), ("30.5", "30.5"), ("1\N{THIN SPACE}500", "1500")):
        assert field.clean(typed) == Decimal(read), typed
    form.save(serving_grams="30½", figures_are_right="on")

    almonds.refresh_from_db()
    assert almonds.serving_grams == Decimal("30.5")


def test_figure_that_may_be_two_numbers_is_refused(screen, content):
    errors = screen(FoodSource.objects.get(slug="almonds")).errors(serving_grams="1,500")

    assert "A comma before three digits may mean either." in str(errors)


def test_draft_needs_a_name_and_little_else_and_publishing_the_rest(screen, content):
    form = screen(Symptom)
    draft = {"name": "Heavy eyelids", "slug": "heavy-eyelids", "body_area": "head"}
    draft |= {"urgency": "self-care", "status": "draft", "sources": []}

    errors = form.errors(**draft | {"status": "published", "verification": "two-pages"})
    assert set(errors) == {"clinical_term", "description", "help_note", "sources"}
    assert form.save(**draft).status_code == 302


def test_draft_that_lacks_a_text_is_not_published_from_the_list(screen, editor_client, content):
    row = Symptom.objects.first()
    Symptom.objects.filter(pk=row.pk).update(status="draft", help_note="")

    editor_client.post(
        reverse("admin:nutrients_symptom_changelist"),
        {"action": "publish", "_selected_action": [row.pk]},
    )

    row.refresh_from_db()
    assert row.status == Status.DRAFT


@pytest.mark.parametrize(
    ("model", "field", "day"),
    [
        (Source, "checked_on", "2090-01-01"),
        (Source, "checked_on", "1900-01-01"),
        (Source, "next_review_on", "9999-12-31"),
        (Symptom, "review_due_on", "1900-01-01"),
        (Symptom, "publish_at_0", "9999-01-01"),
    ],
)
def test_day_that_cannot_be_meant_is_refused(screen, content, model, field, day):
    errors = screen(model.objects.first()).errors(**{field: day})

    assert list(errors) == [field.removesuffix("_0")]


def test_lists_find_words_of_every_text(editor_client, content):
    Symptom.objects.filter(slug="tremor").update(self_care="Zorblax.", help_note="Flumtious.")

    for word in ("zorblax", "flumtious"):
        page = editor_client.get(reverse("admin:nutrients_symptom_changelist"), {"q": word})
        assert [row.slug for row in page.context["cl"].result_list] == ["tremor"]


def test_dates_are_set_for_many_rows_at_once(editor_client, content):
    rows = list(Article.objects.all()[:3])
    address = reverse("admin:nutrients_article_changelist")
    ticked = {"action": "set_dates", "_selected_action": [row.pk for row in rows]}
    asked = editor_client.post(address, ticked)
    assert all(row.title in asked.content.decode() for row in rows)

    wrong = editor_client.post(address, ticked | {"asked": "yes", "review_due_on": "9999-01-01"})
    assert wrong.context["form"].errors
    dates = {"review_due_on": "2027-03-01", "publish_at_0": "2027-01-05", "publish_at_1": "08:00"}
    editor_client.post(address, ticked | {"asked": "yes"} | dates)

    for row in rows:
        row.refresh_from_db()
        assert (
            f"{row.review_due_on} {row.publish_at:%Y-%m-%d %H:%M}" == "2027-03-01 2027-01-05 08:00"
        )


@pytest.mark.parametrize(
    ("stage", "years", "words"),
    [
        ("19-30", ("19.00", "31.00"), "19 to 30 years"),
        ("children-1-3", ("1.00", "4.00"), "1 to 3 years"),
        ("71-plus", ("71", None), "71 years and over"),
        ("infants-7-12-months", ("0.50", "1.00"), "7 to 12 months"),
    ],
)
def test_intake_is_added_in_the_table_under_its_nutrient(screen, content, stage, years, words):
    boron = nutrient("boron", verification="two-pages")
    boron.sources.add(Source.objects.exclude(kind="editorial").first())
    row = {"authority": "us", "life_stage": stage, "sex": "both", "life_status": "none"}
    row |= {"reference_type": "RDA", "amount": "1", "status": "draft"}
    sent = {f"intakes-0-{name}": value for name, value in row.items()}

    answer = screen(boron).save(**sent, **{"intakes-TOTAL_FORMS": "1"})

    assert answer.status_code == 302
    intake = boron.intakes.get()
    assert (intake.age_from, intake.age_below) == tuple(age and Decimal(age) for age in years)
    assert intake.life_stage_label == words


def test_ages_that_are_not_understood_are_asked_for_again(screen, content):
    sent = {"intakes-0-life_stage": "grown-up", "intakes-0-authority": "us"}

    errors = screen(nutrient("boron")).errors(**sent, **{"intakes-TOTAL_FORMS": "1"})

    assert "Ages in whole years" in errors["intakes-0-life_stage"][0]


def test_figure_of_ten_times_as_much_is_asked_about_once(screen, content):
    spinach = FoodSource.objects.get(slug="spinach-raw")
    row = spinach.amounts.order_by("pk").first()
    form = screen(row)
    more = str(row.per_100g * 10)

    answer = form.save(per_100g=more)
    assert f"It was {row.per_100g.normalize():f}" in answer.content.decode()
    assert 'name="figures_are_right"' in answer.content.decode()
    assert form.save(per_100g=more, figures_are_right="on").status_code == 302
