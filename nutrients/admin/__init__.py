"""The editors' screens, one module for each noun, as in `models`."""

from . import (
    articles,
    associations,
    causes,
    change_notes,
    foods,
    home,
    intakes,
    nutrients,
    pictures,
    proposals,
    public_pages,
    red_flags,
    safety_cases,
    search,
    shipped_changes,
    sources,
    symptoms,
)
