"""What the forms refuse at save, in plain sentences, with nothing of the editor's work lost."""

from decimal import Decimal

import pytest
from django.urls import reverse
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
from tests.admin.forms import act, address_of
from tests.factories import LATER, nutrient
from tests.revisions import address_of_version, versions_of

NDB = "An NDB number is five or six digits."
UNVERIFIED = {"verification": Verification.UNVERIFIED}


@pytest.mark.parametrize(
    ("model", "slug", "changes", "words"),
    [
        (Nutrient, "magnesium", UNVERIFIED, ""),
        (FoodSource, "almonds", {"usda_ndb_number": "708"}, NDB),
        (FoodSource, "almonds", {"usda_ndb_number": "1001733"}, NDB),
        (FoodSource, "almonds", {"usda_ndb_number": "1234a"}, NDB),
        (FoodSource, "almonds", {"serving_grams": "1,500"}, "before three digits may mean either."),
        (FoodSource, "spinach-raw", {"energy_kcal": "3500"}, "kilojoules"),
        (FoodSource, "spinach-raw", {"serving_grams": "99999.99"}, "at most"),
        (FoodSource, "spinach-raw", {"amounts-0-per_100g": "1000000"}, "cannot contain more"),
        (Nutrient, "magnesium", {"daily_value": "-1"}, "greater than or equal to 0"),
        (Source, "nhs-twitching", {"checked_on": "2090-01-01"}, ""),
        (Source, "nhs-twitching", {"checked_on": "1900-01-01"}, ""),
        (Symptom, "tremor", {"publish_at_0": "9999-01-01"}, ""),
        (Symptom, "tremor", {"publish_at_0": LATER}, "Readers see this page now"),
    ],
)
def test_wrong_value_is_refused_at_its_field(screen, content, model, slug, changes, words):
    (name,) = changes

    errors = screen(model.objects.get(slug=slug)).errors(**changes)

    assert errors.keys() - {"__all__"} == {name.removesuffix("_0")}
    assert words in str(errors)


def test_article_names_faults_by_line_and_keeps_all_text(screen, article):
    wrong = "Fine.\n\nNo such source. [@nowhere]\n\n[[pie-chart]]\n\nIt can cure you."
    answer = screen(article).save(**{"sections-0-body": wrong, "sections-1-body": "New words."})

    page = answer.text
    assert "Line 3: " in page
    assert "nowhere" in page.partition("Line 3: ")[2][:100]
    assert "pie-chart" in page.partition("Line 5: ")[2][:100]
    assert "“cure” is never written here" in page
    assert "It can cure you." in page
    assert "New words." in page
    assert page.count('<details class="folded-row" open>') == 2
    assert article.sections.first().body != wrong


def test_second_association_of_the_same_kind_is_refused(screen, magnesium):
    first = Association.objects.filter(nutrient=magnesium).first()
    same = screen(first).data | {"nutrient": first.nutrient_id, "symptom": first.symptom_id}

    errors = screen(Association).errors(**same, relation=first.relation)

    assert errors == {"__all__": ["This nutrient has this symptom in this relation already."]}


def test_ticks_of_the_checklist_can_be_told_apart_and_every_rule_names_one(screen, content):
    risk = RiskFactor.objects.first()
    cause = OtherCause.objects.exclude(slug__in=RiskFactor.objects.values("slug")).first()
    taken = OtherCause.objects.filter(is_asked=True).first().slug
    (error,) = screen(RiskFactor).errors(name="New", slug=taken)["slug"]
    assert error.startswith("A cause that the checklist asks has this slug")
    RiskFactor.objects.filter(pk=risk.pk).update(slug=cause.slug)
    assert list(screen(cause).errors(is_asked="on")) == ["is_asked"]

    question = screen(Question)
    for slug in ("symptom", "risk", "flag", "change"):
        errors = question.errors(text="Which?", why="It matters.", slug=slug)
        assert errors == {"__all__": ["The checklist's form has a parameter of this name."]}

    flag = RedFlag.objects.filter(rules__isnull=False).first()
    ticks = ("symptoms", "risk_factors", "other_causes")
    (error,) = screen(flag).errors(**{f"rules-0-{name}": [] for name in ticks})["rules-0-__all__"]
    assert error == "Name at least one tick: a rule without any raises nothing."


def test_natural_key_of_a_row_cannot_change(screen, article):
    for row, field in ((article, "slug"), (article.sections.first(), "anchor")):
        before = getattr(row, field)
        form = screen(row)
        assert field not in form.data

        assert form.save(**{field: "another"}).status_code == 302
        row.refresh_from_db()
        assert getattr(row, field) == before


def test_publishing_several_rows_skips_those_that_are_not_ready(editor_client, magnesium):
    calcium, empty = Nutrient.objects.get(slug="calcium"), Symptom.objects.first()
    Nutrient.objects.update(status=Status.DRAFT)
    Nutrient.objects.filter(pk=magnesium.pk).update(**UNVERIFIED)
    # As the files of content have it: publishing changes no word.
    Nutrient.objects.filter(pk=calcium.pk).update(job="Moves muscles.\n")
    Symptom.objects.filter(pk=empty.pk).update(status="draft", help_note="")

    act(editor_client, "publish", empty)
    answer = act(editor_client, "publish", magnesium, calcium)

    assert "1 stay" in editor_client.get(answer["Location"]).text
    for row, status in ((calcium, "published"), (magnesium, "draft"), (empty, "draft")):
        row.refresh_from_db()
        assert row.status == status
    assert calcium.job == "Moves muscles.\n"


def test_preview_shows_the_text_in_the_form_and_its_errors(screen, editor_client):
    section = ArticleSection.objects.first()
    form = screen(section, address_of(section)).html
    preview, named = address_of(ArticleSection, "preview"), reverse("admin:writing_help")
    button = f'name="preview-body" formaction="{preview}" formtarget="_blank"'
    assert button in form
    assert f'href="{named}"' in form
    listed = editor_client.get(named).text
    assert "[@nhs-twitching]" in listed
    assert "[[figure eyelid]]" in listed
    text = "Some **bold** words. [@fda-dv]\n\n[[red-flags]]\n\n[@nowhere]"
    sent = {"preview-sections-0-body": "", "sections-0-body": text}
    page = editor_client.post(preview, sent).text

    assert "<strong>bold</strong>" in page
    assert 'aria-label="Source 1"' in page
    assert "Line 5: There is no source" in page


def test_published_article_needs_a_section_that_cites_a_source(screen, article, editor_client):
    sections = article.sections.count()
    gone = {f"sections-{number}-DELETE": "on" for number in range(sections)}

    assert UNSOURCED in screen(article).save(**gone).text
    assert article.sections.count() == sections

    last = article.sections.first()
    article.sections.exclude(pk=last.pk).delete()
    assert screen(last).errors(body="Words.") == {"body": [UNSOURCED]}

    empty = baker.make(Article, status="draft", verification="two-pages", slug="empty")
    act(editor_client, "publish", empty)
    empty.refresh_from_db()
    assert empty.status == "draft"


@pytest.mark.parametrize(
    ("model", "slug", "field", "typed", "saved"),
    [
        # Bidirectional controls are removed.
        (Nutrient, "magnesium", "job", "It \u202eholds\u202c.\r\nSo.", "It holds.\nSo."),
        (Nutrient, "magnesium", "tagline", "It \u202eholds\u202c.", "It holds."),
        (FoodSource, "almonds", "usda_ndb_number", "7089", "07089"),
        (FoodSource, "almonds", "usda_ndb_number", "100173", "100173"),
        (FoodSource, "almonds", "usda_ndb_number", "", ""),
        (FoodSource, "almonds", "serving_grams", "30,5", Decimal("30.5")),
        (FoodSource, "almonds", "serving_grams", "30½", Decimal("30.5")),
        (FoodSource, "almonds", "serving_grams", "1\N{THIN SPACE}500", 1500),
        # The title of a publication may have words that are never written here.
        (Source, "nhs-twitching", "title", "We diagnose it", "We diagnose it"),
    ],
)
def test_typed_value_is_saved_as_it_is_meant(screen, content, model, slug, field, typed, saved):
    row = model.objects.get(slug=slug)

    assert screen(row).save(**{field: typed}, figures_are_right="on").status_code == 302
    row.refresh_from_db()
    assert getattr(row, field) == saved


def test_fields_are_required_only_to_publish(screen, content):
    form = screen(Symptom)
    assert "maxlength" not in str(form.context["adminform"].form["name"])
    source = screen(Source)
    assert "maxlength" not in str(source.context["adminform"].form["url"])
    assert "at most 500" in str(source.errors(url=f"https://a.example/{'a' * 500}")["url"])
    draft = {"name": "Heavy eyelids", "slug": "heavy-eyelids", "body_area": "head"}
    draft |= {"urgency": "self-care", "status": "draft"}
    public = draft | {"status": "published", "verification": "two-pages"}

    errors = form.errors(**public, sources=[])
    assert set(errors) == {"clinical_term", "description", "help_note", "sources"}
    own = [Source.objects.get(slug="editor").pk]
    errors = form.errors(**public, sources=own)
    assert "needs a source other than the editors themselves" in str(errors["sources"])
    assert form.save(**draft, sources=own).status_code == 302


def test_lists_search_every_text_and_narrow_to_a_status_or_any_year(editor_client, content):
    Symptom.objects.filter(slug="tremor").update(self_care="Zorblax.", help_note="Flumtious.")

    for model, name, value, count in (
        *((Symptom, "q", word, 1) for word in ("zorblax", "flumtious")),
        *((Nutrient, "status__exact", *wanted) for wanted in (("published", 13), ("draft", 0))),
        (Article, "publish_at__year", "9999", 0),
    ):
        page = editor_client.get(address_of(model, "changelist"), {name: value})
        assert page.context["cl"].result_count == count, value


def test_dates_are_set_for_many_rows_at_once(editor_client, content):
    rows = list(Article.objects.all()[:3])
    dates = {"review_due_on": LATER, "publish_at_0": LATER, "publish_at_1": "08:00"}

    form_page = act(editor_client, "set_dates", *rows)
    assert all(row.title in form_page.text for row in rows)
    wrong = act(editor_client, "set_dates", *rows, review_due_on="9999-01-01")
    assert wrong.context["form"].errors
    assert act(editor_client, "set_dates", *rows, **dates).context["form"].errors
    Article.objects.update(status="draft")
    act(editor_client, "set_dates", *rows, **dates)

    for row in rows:
        row.refresh_from_db()
        assert str(row.review_due_on) == LATER
        assert f"{row.publish_at:%Y-%m-%d %H:%M}" == f"{LATER} 08:00"


def test_intakes_are_added_in_the_table_under_their_nutrient(screen, content):
    stages = {
        "19-30": ("19.00", "31.00", "19 to 30 years"),
        "children-1-3": ("1.00", "4.00", "1 to 3 years"),
        "71-plus": ("71", None, "71 years and over"),
        "infants-7-12-months": ("0.50", "1.00", "7 to 12 months"),
    }
    source = Source.objects.exclude(kind="editorial").first()
    boron = nutrient("boron", verification="two-pages", sources=[source])
    row = {"authority": "us", "sex": "both", "life_status": "none", "status": "draft"}
    row |= {"reference_type": "RDA", "amount": "1"}
    sent = {"intakes-TOTAL_FORMS": str(len(stages))}
    for number, stage in enumerate(stages):
        values = row | {"life_stage": stage}
        sent |= {f"intakes-{number}-{name}": value for name, value in values.items()}
    form = screen(boron)

    wrong = form.errors(**sent | {"intakes-0-life_stage": "grown-up"})
    assert "Ages in whole years" in wrong["intakes-0-life_stage"][0]
    assert form.save(**sent).status_code == 302

    for stage, (first, below, words) in stages.items():
        intake = boron.intakes.get(life_stage=stage)
        assert (intake.age_from, intake.age_below) == (Decimal(first), below and Decimal(below))
        assert intake.life_stage_label == words
    assert "age_from" in screen(intake).errors(age_from="")
    for stage, sentence in (("19-30", "already exists"), ("30-19", "must be above")):
        new = {f"intakes-4-{name}": value for name, value in (row | {"life_stage": stage}).items()}
        assert sentence in screen(boron).save(**new, **{"intakes-TOTAL_FORMS": "5"}).text


def test_tenfold_change_of_a_figure_needs_confirmation(screen, content):
    spinach = FoodSource.objects.get(slug="spinach-raw")
    row = spinach.amounts.order_by("pk").first()
    form = screen(row)
    less, more = str(row.per_100g / 10), str(row.per_100g * 10)

    assert 'name="figures_are_right"' in form.save(per_100g=less).text
    answer = form.save(per_100g=more)
    assert f"It was {row.per_100g.normalize():f}" in answer.text
    assert form.save(per_100g=more, figures_are_right="on").status_code == 302
    early, late = (address_of_version(versions_of(row)[number]) for number in (1, 0))
    answer = screen(row, early).save(per_100g=more)
    assert 'name="figures_are_right"' in answer.text
    assert screen(row, early).save(figures_are_right="on").status_code == 302
    assert 'name="figures_are_right"' in screen(row, late).save().text
