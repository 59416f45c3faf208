"""Associations: the evidence between a nutrient and a symptom, and the verb that it allows."""

from __future__ import annotations

from django.db import models

from .nutrients import Nutrient
from .publishing import Keyed, Publishable, Ranked, address_of, one_of
from .sources import Source
from .symptoms import Symptom


class Relation(Ranked):
    DEFICIENCY = "deficiency", "Too little"
    EXCESS = "excess", "Too much"
    INDIRECT = "indirect", "By way of another nutrient"


class Typicality(Ranked):
    """How typical the sign is of the deficiency or excess, most typical first."""

    COMMON = "common", "Common sign"
    SOMETIMES = "sometimes", "Seen sometimes"
    SEVERE_ONLY = "severe-only", "Only when severe"
    RARE = "rare", "Rare"


class Evidence(Ranked):
    """How good the evidence is, strongest first."""

    STRONG = "strong", "Strong evidence"
    MODERATE = "moderate", "Moderate evidence"
    LIMITED = "limited", "Limited evidence"

    @property
    def verb(self) -> str:
        """The strongest verb that this grade allows."""
        return VERBS[self]

    @property
    def meaning(self) -> str:
        return MEANINGS[self]


# The grade chooses the verb, and the relation the sentence around it.
VERBS = {
    Evidence.STRONG: "can cause",
    Evidence.MODERATE: "is linked with",
    Evidence.LIMITED: "has been reported with",
}
VERB_AGAINST = "has not been shown to"
MEANINGS = {
    Evidence.STRONG: "A medical reference that we read calls it a known effect, "
    "or reviews of trials do.",
    Evidence.MODERATE: "Medical references name it or studies point the same way, "
    "with questions still open.",
    Evidence.LIMITED: "Case reports or a plausible link, often by way of another nutrient.",
}
MEANING_AGAINST = "Studies looked for the effect and did not find it."
SENTENCES = {
    Relation.DEFICIENCY: "{low} {verb} {sign}.",
    Relation.EXCESS: "{high} {verb} {sign}.",
    Relation.INDIRECT: "{low} {verb} {sign}, by way of another nutrient.",
}
SENTENCES_AGAINST = {
    Relation.DEFICIENCY: "{low} {verb} cause {sign}.",
    Relation.EXCESS: "{high} {verb} cause {sign}.",
    Relation.INDIRECT: "Taking {nutrient} {verb} help {sign}.",
}


class Association(Keyed, Publishable):
    """A nutrient with a symptom in a relation: how typical it is, the evidence, and why that grade.

    Evidence against a claim has `is_against`.
    """

    KEY = ("nutrient", "symptom", "relation")
    SHOWN_WITH = ("nutrient", "symptom")

    nutrient = models.ForeignKey(Nutrient, on_delete=models.CASCADE, related_name="associations")
    symptom = models.ForeignKey(Symptom, on_delete=models.CASCADE, related_name="associations")
    relation = models.CharField(max_length=10, choices=Relation)
    is_against = models.BooleanField(
        "evidence against",
        default=False,
        help_text="Tick when trials speak against the claim: the page then says so.",
    )
    people = models.CharField(
        "in whom",
        max_length=60,
        blank=True,
        help_text="The group that was studied, such as “older adults”. The sentence for readers "
        "names it. Leave this empty if the studies were not limited to a group.",
    )
    typicality = models.CharField(
        "how typical",
        max_length=11,
        choices=Typicality,
        help_text="Among people who have that lack or excess, not among the public.",
    )
    evidence = models.CharField(
        max_length=8,
        choices=Evidence,
        help_text=f"The grade chooses the verb: {', '.join(VERBS.values())}.",
    )
    evidence_why = models.TextField("why this grade", help_text="One or two sentences.")
    note = models.TextField(help_text="One or two sentences. Do not repeat the claim itself.")
    sources = models.ManyToManyField(Source, related_name="associations")

    class Meta(Publishable.Meta):
        ordering = ["nutrient__position", "symptom__position", "relation"]
        constraints = [
            *Publishable.Meta.constraints,
            models.UniqueConstraint(
                fields=["nutrient", "symptom", "relation"],
                name="association_unique",
                violation_error_message="This nutrient has this symptom in this relation already.",
            ),
            one_of("relation", Relation.values),
            one_of("typicality", Typicality.values),
            one_of("evidence", Evidence.values),
        ]
        indexes = [
            *Publishable.Meta.indexes,
            models.Index(fields=["symptom", "relation"], name="association_by_symptom"),
        ]

    def __str__(self) -> str:
        return f"{self.nutrient} and {self.symptom.phrase} ({self.get_relation_display().lower()})"

    def get_absolute_url(self) -> str:
        page = address_of("association", self.nutrient.slug, self.symptom.slug)
        return f"{page}#{self.relation}"

    @property
    def strength(self) -> tuple[int, int, int, str]:
        """The sort key: too little first, then how typical, the evidence, and A to Z."""
        return (
            Relation(self.relation).rank,
            Typicality(self.typicality).rank,
            Evidence(self.evidence).rank,
            self.symptom.name,
        )

    @property
    def side(self) -> str:
        return "high" if self.relation == Relation.EXCESS else "low"

    @property
    def verb(self) -> str:
        return VERB_AGAINST if self.is_against else Evidence(self.evidence).verb

    @property
    def claim(self) -> str:
        """The association as a sentence, with the verb that its grade allows."""
        sentences = SENTENCES_AGAINST if self.is_against else SENTENCES
        return sentences[Relation(self.relation)].format(
            nutrient=self.nutrient.phrase,
            low=self.nutrient.low_phrase,
            high=self.nutrient.high_phrase,
            verb=self.verb,
            sign=f"{self.symptom.phrase} in {self.people}" if self.people else self.symptom.phrase,
        )
