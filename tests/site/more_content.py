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
    greens = FoodGroup.objects.get(slug="leafy-greens")
    source = baker.make(
        Source, title="A further study", publisher="A journal", kind="review", read_form="copy"
    )
    nutrient = factories.nutrient(f"{word}-nutrient", is_featured=True, **fields)
    symptom = factories.symptom(f"{word}-sign", **fields)
    published = factories.PUBLISHED | fields
    intake = {"age_from": 0, "sex": "both", "authority": "uk", "reference_type": "RDA", "amount": 1}
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
        factories.food(f"{word}-food", magnesium, 5000, group=greens, **fields),
        baker.make(
            NutrientDetail,
            nutrient=nutrient,
            topic="testing",
            body=f"Ask about {word}.",
            **published,
        ),
        baker.make(
            ReferenceIntake,
            nutrient=magnesium,
            life_stage=f"{word}-stage",
            life_stage_label=f"Any {word} age",
            upper_limit_status="not established",
            **intake,
            **published,
        ),
    ]
    for row in rows:
        row.sources.add(source)
    article = baker.make(
        Article, slug=f"{word}-article", title=f"{word} article", short_title=word, **published
    )
    article.related_nutrients.add(magnesium)
    article.related_symptoms.add(cramps)
    sections = Article.objects.get(slug="nutrients-and-muscle-jerking").sections
    sections.create(
        anchor=f"more-{sections.count()}",
        title="More",
        position=500 + sections.count(),
        body="More. [@nhs-twitching]\n\n[[other-causes muscle-cramps]]\n\n[[red-flags]]",
    )
    return source
