"""What the test book reads, so that a change of anything else runs no book.

A field of these tables that is not named in NOT_READ counts as read: a run too many costs a second,
one too few a warning.
"""

from __future__ import annotations

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
OF_ALL = frozenset(
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
            *("symbol", "accent", "figure", "also_known_as", "tagline", "job", "why_low_matters"),
            *("deficiency_name", "excess_name", "usual_causes_of_low", "how_common_why"),
            *("how_common_source", "excess_signs", "is_featured", "is_electrolyte"),
        }
    ),
    NutrientAmount: frozenset({"source"}),
    RedFlag: frozenset({"possible_causes"}),
    SafetyCase: frozenset({"title", "why", "group", "position"}),
    Symptom: frozenset({"self_care", "figure"}),
}


def reads(row: Any, changed: Collection[str]) -> bool:
    """Whether the book reads one of the fields that changed in a row.

    Of a row that was a draft and stays one it reads nothing.
    """
    if not isinstance(row, TABLES):
        return False
    changed = set(changed) - NOT_READ.get(type(row), frozenset()) - OF_ALL
    if not changed:
        return False
    may_show = isinstance(row, Publishable | SafetyCase)
    stays_draft = may_show and row.status == Status.DRAFT and "status" not in changed
    return not stays_draft
