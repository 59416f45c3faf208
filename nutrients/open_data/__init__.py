"""The whole content as tables to download: what each holds, and how it is written."""

from .causes import ANSWERS, INTERACTIONS, OTHER_CAUSES, RED_FLAGS, RISK_FACTORS, RULES
from .columns import Column, Kind, Table
from .foods import AMOUNTS, FOODS, PORTIONS
from .reference import ASSOCIATIONS, INTAKES, NUTRIENTS, SYMPTOMS
from .texts import ARTICLES, CHANGES, SECTIONS, SOURCES

TABLES = (
    NUTRIENTS,
    SYMPTOMS,
    ASSOCIATIONS,
    FOODS,
    PORTIONS,
    AMOUNTS,
    INTAKES,
    RISK_FACTORS,
    OTHER_CAUSES,
    INTERACTIONS,
    RED_FLAGS,
    RULES,
    ANSWERS,
    SOURCES,
    ARTICLES,
    SECTIONS,
    CHANGES,
)

__all__ = ["TABLES", "Column", "Kind", "Table"]
