"""Made-up rows, the same for the same number: plainly made up, and shaped like real ones."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from nutrients.models import (
    Article,
    ArticleSection,
    Association,
    Authority,
    BodyArea,
    Evidence,
    FoodSource,
    Nutrient,
    NutrientKind,
    ReferenceIntake,
    ReferenceType,
    Relation,
    Sex,
    Source,
    SourceKind,
    Status,
    Symptom,
    Typicality,
    Unit,
    Urgency,
    Verification,
)

MADE_UP = "Made-up text for measuring. It says nothing about anybody's health."
# After everything that editors order by hand.
LAST = 20_000
# Nothing made up is an emergency, and nothing made up is common.
URGENCIES = (Urgency.SELF_CARE, Urgency.SEE_A_DOCTOR)
# One in so many foods is chosen, as editors choose few of the USDA's.
CHOSEN_IN = 1_000
SECTIONS = 4
PARAGRAPHS = 6


def slug(kind: str, number: int) -> str:
    """The slug of the made-up row of this kind and number, such as sample-nutrient-12."""
    return f"sample-{kind}-{number}"


def source(number: int) -> Source:
    """A made-up source, without an address."""
    return Source(
        slug=slug("source", number),
        title=f"Sample source {number}, made up",
        publisher="Nobody: made up for measuring",
        kind=SourceKind.EDITORIAL,
        how_seen=MADE_UP,
    )


def symptom(number: int, at: datetime) -> Symptom:
    """A made-up symptom, which stands behind “more” in forms."""
    return Symptom(
        slug=slug("symptom", number),
        name=f"Sample sign {number}",
        clinical_term=f"made-up sign {number}",
        description=MADE_UP,
        body_area=_turn(BodyArea, number),
        urgency=_turn(URGENCIES, number),
        help_note=MADE_UP,
        position=LAST,
        **_published(at),
    )


def nutrient(number: int, at: datetime) -> Nutrient:
    """A made-up nutrient. Its kinds and units go round."""
    return Nutrient(
        slug=slug("nutrient", number),
        name=f"Sample nutrient {number}",
        symbol=f"S{number}"[:4],
        position=LAST,
        kind=_turn(NutrientKind, number),
        tagline="Made up for measuring",
        low_phrase=f"Low sample nutrient {number}",
        high_phrase=f"Too much sample nutrient {number}",
        deficiency_name=f"Made-up lack {number}",
        food_summary="Made-up foods",
        unit=_turn((Unit.MG, Unit.MCG), number),
        daily_value=Decimal(10 + number % 90),
        reference_value=Decimal(10 + number % 90),
        **dict.fromkeys(("job", "why_low_matters", "usual_causes_of_low"), MADE_UP),
        **dict.fromkeys(("upper_limit_note", "excess_signs", "test_used"), MADE_UP),
        **_published(at),
    )


def intakes(of: Nutrient, at: datetime) -> list[ReferenceIntake]:
    """What made-up adults need of a made-up nutrient."""
    return [
        ReferenceIntake(
            nutrient=of,
            authority=Authority.UK,
            life_stage="19-50",
            life_stage_label="19 to 50 years",
            age_from=Decimal(19),
            age_below=Decimal(51),
            sex=sex,
            reference_type=ReferenceType.AI,
            amount=of.daily_value,
            upper_limit_status="not established",
            **_published(at),
        )
        for sex in (Sex.FEMALE, Sex.MALE)
    ]


def association(nutrient: int, symptom: int, turn: int, at: datetime) -> Association:
    """A made-up association between two rows (ids); what it says goes round with `turn`."""
    return Association(
        nutrient_id=nutrient,
        symptom_id=symptom,
        relation=_turn(Relation, turn // 4 if turn % 4 == 0 else 0),
        typicality=_turn(Typicality, turn),
        evidence=_turn(Evidence, turn),
        evidence_why=MADE_UP,
        note=MADE_UP,
        **_published(at),
    )


def food(number: int, group: int, at: datetime) -> FoodSource:
    """A made-up food of this group (an id), its diets and allergens not known."""
    return FoodSource(
        slug=slug("food", number),
        name=f"Sample food {number}",
        group_id=group,
        is_curated=number % CHOSEN_IN == 1,
        serving_description="100 g",
        serving_grams=Decimal(100),
        energy_kcal=Decimal(20 + number % 600),
        note=MADE_UP,
        **_published(at),
    )


def article(number: int, at: datetime) -> Article:
    """A made-up article."""
    return Article(
        slug=slug("article", number),
        title=f"Sample article {number}: what is made up here?",
        short_title=f"Sample article {number}",
        summary="Made up for measuring, with nothing in it to read.",
        standfirst=MADE_UP,
        key_points="\n".join([MADE_UP] * 3),
        position=LAST,
        **_published(at),
    )


def sections(of: Article, cited: str) -> list[ArticleSection]:
    """The sections of a made-up article, each citing one source (a slug)."""
    body = "\n\n".join([f"{MADE_UP} {MADE_UP} {MADE_UP}[@{cited}]"] * PARAGRAPHS)
    return [
        ArticleSection(
            article=of,
            position=place * 10,
            anchor=f"part-{place}",
            title=f"Made-up part {place}",
            body=body,
        )
        for place in range(1, SECTIONS + 1)
    ]


def _turn(values: Any, number: int) -> Any:
    every = list(values)
    return every[number % len(every)]


def _published(at: datetime) -> dict[str, Any]:
    return {
        "status": Status.PUBLISHED,
        "publish_at": at,
        "verification": Verification.UNVERIFIED,
    }
