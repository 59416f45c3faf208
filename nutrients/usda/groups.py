"""Which group of ours a USDA food goes into."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from nutrients.models import FoodGroup


@dataclass(frozen=True, slots=True)
class GroupRule:
    """Foods of a USDA group whose description starts so go into the group with this slug.

    The name and the position are for a group that is not there yet.
    """

    usda_group: str
    description_starts: str
    slug: str
    name: str
    position: int

    def holds(self, usda_group: str, description: str) -> bool:
        """Whether a food is meant. A rule that names no group is for every food."""
        starts = description.casefold().startswith(self.description_starts.casefold())
        return starts and self.usda_group in ("", usda_group)


def read_rules(path: Path) -> list[GroupRule]:
    """The rules in the order in which they are tried; the last one is for every food."""
    with path.open(encoding="utf-8", newline="") as lines:
        return [
            GroupRule(usda_group, starts, slug, name, int(position))
            for usda_group, starts, slug, name, position in islice(csv.reader(lines), 1, None)
        ]


def rule_for(rules: Iterable[GroupRule], usda_group: str, description: str) -> GroupRule:
    """The first rule that is meant for the food."""
    return next(rule for rule in rules if rule.holds(usda_group, description))


def groups_for(rules: Iterable[GroupRule]) -> dict[str, FoodGroup]:
    """The groups that the rules lead to, under the rules' slugs; the missing ones are made.

    A group that editors made under the same name is taken as it is.
    """
    wanted = {rule.slug: rule for rule in rules}
    by_slug = {group.slug: group for group in FoodGroup.objects.all()}
    by_name = {group.name: group for group in by_slug.values()}
    for slug, rule in wanted.items():
        if slug not in by_slug:
            by_slug[slug] = by_name.get(rule.name) or _make(rule)
    return {slug: by_slug[slug] for slug in wanted}


def _make(rule: GroupRule) -> FoodGroup:
    # Past save(), so that no history begins with an import.
    group = FoodGroup(slug=rule.slug, name=rule.name, position=rule.position)
    return FoodGroup.objects.bulk_create([group])[0]
