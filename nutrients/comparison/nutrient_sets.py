"""Which nutrients filters of the comparison table keep, answered from sets made once.

A page shows dozens of counts, and each is a few operations on sets, whatever there is besides.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from nutrients.evidence.content import EvidenceContent
from nutrients.models import Association, Nutrient, NutrientKind

NOBODY: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class NutrientSets:
    """Ids of nutrients by kind, and by relation and symptom (a slug); "" stands for any."""

    kinds: Mapping[str, frozenset[int]]
    linked: Mapping[tuple[str, str], frozenset[int]]

    def kept(
        self, symptoms: Iterable[str], *, match: str, relation: str, kind: str
    ) -> frozenset[int]:
        """The nutrients of this kind that are linked with any or all of the symptoms.

        Without symptoms those with any link in the relation; without either all of the kind.
        """
        sets = [self.linked.get((relation, symptom), NOBODY) for symptom in symptoms]
        if not sets:
            sets = [self.linked.get((relation, ""), NOBODY)] if relation else [self.kinds[""]]
        joined = frozenset.intersection(*sets) if match == "all" else frozenset.union(*sets)
        return joined & self.kinds[kind]


def nutrient_sets(content: EvidenceContent) -> NutrientSets:
    """The sets of this content. Evidence against a link is no link."""
    linked: dict[tuple[str, str], set[int]] = defaultdict(set)
    for nutrient in content.nutrients.values():
        for sign in supporting(nutrient, content):
            for relation in ("", sign.relation):
                for symptom in ("", sign.symptom.slug):
                    linked[relation, symptom].add(nutrient.pk)
    kinds: dict[str, set[int]] = {kind: set() for kind in ("", "mineral", "electrolyte", "vitamin")}
    for nutrient in content.nutrients.values():
        for kind in _kinds(nutrient):
            kinds[kind].add(nutrient.pk)
    return NutrientSets(
        {kind: frozenset(ids) for kind, ids in kinds.items()},
        {key: frozenset(ids) for key, ids in linked.items()},
    )


def supporting(nutrient: Nutrient, content: EvidenceContent) -> list[Association]:
    """The associations of a nutrient that speak for a link, most typical first."""
    return [sign for sign in content.signs.get(nutrient.pk, ()) if not sign.is_against]


def _kinds(nutrient: Nutrient) -> list[str]:
    # Every electrolyte is a mineral, in whichever group the nutrient itself is listed.
    if nutrient.kind == NutrientKind.VITAMIN:
        return ["", "vitamin"] + (["electrolyte"] if nutrient.is_electrolyte else [])
    is_electrolyte = nutrient.is_electrolyte or nutrient.kind == NutrientKind.ELECTROLYTE
    return ["", "mineral", *(["electrolyte"] if is_electrolyte else [])]
