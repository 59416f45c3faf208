"""The reader's country, and a life stage of its tables, read from an address."""

from __future__ import annotations

from nutrients.common.parameters import Reading
from nutrients.models import HOME, Authority

from .life_stages import Stages, nearest_stage


def read_country(reading: Reading) -> Authority:
    """Whose figures the address asks for; British ones where it names no country."""
    return Authority(reading.one("country", Authority.values, HOME))


def read_stage(
    reading: Reading, stages: Stages, country: Authority, default: str = ""
) -> tuple[str, str]:
    """The life stage asked for, as the country has it, and a sentence where it had to be changed.

    A stage of another country's tables becomes the one that shares most years with it, so that
    old addresses and a change of country keep what was chosen.
    """
    known = {slug: one for found in stages.values() for slug, one in found.items()}
    slug = reading.one("stage", known, default)
    if not slug or slug in stages[country]:
        return slug, ""
    nearest = nearest_stage(known[slug], stages[country].values())
    if nearest is None:
        reading.ignored.append(slug)
        return default, ""
    return nearest.slug, (
        f"Age groups differ between countries. For {country.place} we took the closest one: "
        f"{nearest}."
    )
