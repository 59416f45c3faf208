"""The editors' screens, one module for each noun, as in `models`."""

from . import (
    articles,
    associations,
    causes,
    change_notes,
    details,
    foods,
    home,
    intakes,
    nutrients,
    pictures,
    proposals,
    red_flags,
    safety_cases,
    search,
    shipped_changes,
    sources,
    symptoms,
    taking_off,
)
