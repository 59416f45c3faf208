"""Values of filters with the number of rows that each keeps, and links to other filters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Facet:
    """One value of a filter. `count` is how many nutrients it keeps; diets narrow foods alone."""

    name: str
    value: str
    label: str
    is_on: bool
    count: int | None = None

    @property
    def key(self) -> str:
        """An id for its count on the page."""
        return f"count-{self.name}-{self.value or 'every'}"


@dataclass(frozen=True, slots=True)
class FacetGroup:
    """Facets under one heading."""

    title: str
    facets: list[Facet]


@dataclass(frozen=True, slots=True)
class Step:
    """A way to other filters: its words, the filters with their `query`, and what they keep."""

    label: str
    filters: Any
    count: int
