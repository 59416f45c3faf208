"""The fields that the test book reads: a change of any other needs no run.

Every field of these tables counts as read unless NOT_READ names it: a needless run takes a second,
and a missing one may hide a failing case.
"""

from collections.abc import Collection
from typing import Any

from nutrients.models import (
    Answer,
    Association,
    FoodSource,
    Interaction,
    Nutrient,
    NutrientAmount,
    OtherCause,
    Publishable,
    Question,
    RedFlag,
    RedFlagRule,
    ReferenceIntake,
    RiskEffect,
    RiskFactor,
    SafetyCase,
    Status,
    Symptom,
)

TABLES: tuple[Any, ...] = (
    *(Answer, Association, FoodSource, Interaction, Nutrient, NutrientAmount, OtherCause, Question),
    *(RedFlag, RedFlagRule, ReferenceIntake, RiskEffect, RiskFactor, SafetyCase, Symptom),
)
NEVER_READ = frozenset(
    {"changed_at", "reviewed_on", "reviewed_by", "review_due_on", "verification", "sources"}
)
NOT_READ: dict[Any, frozenset[str]] = {
    Association: frozenset({"evidence_why", "note"}),
    FoodSource: frozenset(
        {"serving_description", "energy_kcal", "usda_ndb_number", "usda_fdc_id", "usda_description"}
    ),
    Interaction: frozenset({"severity"}),
    Nutrient: frozenset(
        {
            *("figure", "also_known_as", "tagline", "job", "why_low_matters"),
            *("deficiency_name", "excess_name", "usual_causes_of_low", "how_common_why"),
            *("how_common_source", "excess_signs", "is_featured", "is_electrolyte"),
        }
    ),
    NutrientAmount: frozenset({"source"}),
    RedFlag: frozenset({"possible_causes"}),
    SafetyCase: frozenset({"title", "why", "group", "position"}),
    Symptom: frozenset({"self_care", "figure"}),
}


def reads(row: Any, fields: Collection[str]) -> bool:
    """Whether the book reads one of these fields of a row, which have changed.

    It reads nothing of a draft that stays a draft.
    """
    if not isinstance(row, TABLES):
        return False
    may_be_draft = isinstance(row, Publishable | SafetyCase)
    if may_be_draft and row.status == Status.DRAFT and "status" not in fields:
        return False
    return bool(set(fields) - NOT_READ.get(type(row), frozenset()) - NEVER_READ)
