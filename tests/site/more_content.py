"""More content beside the shipped rows, to count queries or to look for hidden rows."""

from model_bakery import baker

from nutrients.models import (
    Article,
    FoodGroup,
    Nutrient,
    NutrientDetail,
    ReferenceIntake,
    Source,
    Symptom,
)
from tests import factories


def add(word, **fields):
    """Add a row of each kind with `word` in its name and these fields; return their source."""
    magnesium = Nutrient.objects.get(slug="magnesium")
    cramps = Symptom.objects.get(slug="muscle-cramps")
    source = baker.make(
        Source, title="A further study", publisher="A journal", kind="review", read_form="copy"
    )
    nutrient = factories.nutrient(f"{word}-nutrient", is_featured=True, **fields)
    symptom = factories.symptom(f"{word}-sign", **fields)
    rows = [
        nutrient,
        symptom,
        factories.association(magnesium, symptom, note=word, **fields),
        factories.association(nutrient, cramps, note=word, **fields),
        factories.association(nutrient, cramps, relation="excess", is_against=True, **fields),
        factories.risk(f"{word}-risk", lowers=[magnesium], **fields),
        factories.cause(f"{word}-cause", symptoms=[cramps], **fields),
        factories.flag(f"{word}-flag", "emergency", related_symptoms=[cramps], **fields),
        factories.interaction(f"{word}-pair", nutrients=[magnesium], **fields),
        add_food(word, magnesium, **fields),
        add_detail(word, nutrient, **fields),
    ]
    for row in rows:
        row.sources.add(source)
    add_intake(word, magnesium, source, **fields)
    add_article(word, magnesium, cramps, **fields)
    return source


def add_detail(word, nutrient, **fields):
    words = {"topic": "testing", "body": f"Ask about {word}."}
    return baker.make(NutrientDetail, nutrient=nutrient, **(factories.PUBLISHED | words | fields))


def add_food(word, nutrient, **fields):
    group = FoodGroup.objects.get(slug="leafy-greens")
    return factories.food(f"{word}-food", nutrient, 5000, group=group, **fields)


def add_intake(word, nutrient, source, **fields):
    intake = baker.make(
        ReferenceIntake,
        nutrient=nutrient,
        life_stage=f"{word}-stage",
        life_stage_label=f"Any {word} age",
        age_from=0,
        authority="uk",
        sex="both",
        reference_type="RDA",
        amount=1,
        upper_limit_status="not established",
        **(factories.PUBLISHED | fields),
    )
    intake.sources.add(source)


def add_article(word, nutrient, symptom, **fields):
    article = baker.make(
        Article,
        slug=f"{word}-article",
        title=f"{word} article",
        short_title=word,
        **(factories.PUBLISHED | fields),
    )
    article.related_nutrients.add(nutrient)
    article.related_symptoms.add(symptom)
    sections = Article.objects.get(slug="nutrients-and-muscle-jerking").sections
    sections.create(
        anchor=f"more-{sections.count()}",
        title="More",
        position=500 + sections.count(),
        body="More. [@nhs-twitching]\n\n[[other-causes muscle-cramps]]\n\n[[red-flags]]",
    )
