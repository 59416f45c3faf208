"""The editors' screens: a module a noun, as in `models`."""

from . import (
    articles,
    associations,
    causes,
    change_notes,
    details,
    foods,
    intakes,
    nutrients,
    proposals,
    questions,
    red_flags,
    safety_cases,
    search,
    shipped_changes,
    sources,
    symptoms,
)

__all__ = [
    "articles",
    "associations",
    "causes",
    "change_notes",
    "details",
    "foods",
    "intakes",
    "nutrients",
    "proposals",
    "questions",
    "red_flags",
    "safety_cases",
    "search",
    "shipped_changes",
    "sources",
    "symptoms",
]
