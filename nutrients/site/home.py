"""What the home page shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from nutrients.evidence.associations import strength
from nutrients.models import (
    Article,
    Association,
    Nutrient,
    OtherCause,
    RedFlag,
    Relation,
    Urgency,
)

MOST_SIGNS = 5
MOST_EMERGENCIES = 6
MOST_DOCTOR_FLAGS = 4
MOST_CAUSES = 3


@dataclass(frozen=True, slots=True)
class HomeNutrient:
    """A core nutrient with its most typical signs of too little, and its foods in a phrase."""

    nutrient: Nutrient
    signs: list[Association]
    foods: str


@dataclass(frozen=True, slots=True)
class HomePage:
    """What the home page shows; `guide` is the first article, or None before there is one."""

    nutrients: list[HomeNutrient]
    emergency_flags: list[RedFlag]
    doctor_flags: list[RedFlag]
    causes: list[OtherCause]
    guide: Article | None


def home_page(*, at: datetime) -> HomePage:
    flags = RedFlag.objects.published(at=at).order_by("-is_asked", "position", "slug")
    by_level = {level: [flag for flag in flags if flag.level == level] for level in Urgency}
    causes = OtherCause.objects.published(at=at).filter(is_common=True)
    return HomePage(
        nutrients=_home_nutrients(at=at),
        emergency_flags=by_level[Urgency.EMERGENCY][:MOST_EMERGENCIES],
        doctor_flags=by_level[Urgency.SEE_A_DOCTOR][:MOST_DOCTOR_FLAGS],
        causes=list(causes.order_by("position", "name")[:MOST_CAUSES]),
        guide=Article.objects.published(at=at).prefetch_related("sections").first(),
    )


def _home_nutrients(*, at: datetime) -> list[HomeNutrient]:
    signs = (
        Association.objects.published(at=at)
        .supporting()
        .filter(relation=Relation.DEFICIENCY, nutrient__is_featured=True)
        .select_related("nutrient", "symptom")
    )
    ordered = sorted(signs, key=lambda sign: (not sign.symptom.is_common, *strength(sign)))
    return [
        HomeNutrient(
            nutrient,
            [sign for sign in ordered if sign.nutrient_id == nutrient.pk][:MOST_SIGNS],
            nutrient.food_summary,
        )
        for nutrient in Nutrient.objects.published(at=at).featured()
    ]
