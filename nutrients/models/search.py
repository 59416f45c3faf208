"""The search index, and synonyms for readers' own words."""

from __future__ import annotations

from django.db import models

from .publishing import Slugged, one_of


class DocumentKind(models.TextChoices):
    """What a document is about. Groups of results that tie are in this order."""

    RED_FLAG = "flag", "When to get help"
    SYMPTOM = "symptom", "Symptoms"
    NUTRIENT = "nutrient", "Nutrients"
    DETAIL = "detail", "More about nutrients"
    EVIDENCE = "evidence", "Evidence, nutrient by symptom"
    ARTICLE = "article", "Articles"
    FOOD = "food", "Foods"
    RISK_FACTOR = "risk", "Diets, medicines and conditions"
    OTHER_CAUSE = "cause", "Other causes"
    INTERACTION = "pair", "Combinations to know about"
    PAGE = "page", "About this site"


class SearchDocument(models.Model):
    """An entry of the index, written from its row.

    It does not say whether readers may see the row: the row itself does.
    """

    kind = models.CharField(max_length=10, choices=DocumentKind)
    key = models.CharField(max_length=200, help_text="The row's natural key within its kind.")
    row = models.CharField(max_length=200, help_text="The key of the row that must be published.")
    url = models.CharField(max_length=300, blank=True, help_text="Empty: it is asked of the row.")
    title = models.CharField(max_length=300)
    names = models.TextField(
        blank=True, help_text="Other names as editors wrote them, a line each."
    )
    note = models.CharField(max_length=200, blank=True)
    text = models.TextField(blank=True)
    is_imported = models.BooleanField(default=False, help_text="It ranks after all that is not.")
    title_words = models.TextField(help_text="The title's words, folded.")
    name_words = models.TextField(blank=True, help_text="The other names' words, a line each.")
    text_words = models.TextField(blank=True)
    words = models.TextField(help_text="Every word and stem once: what the engine looks in.")
    size = models.PositiveSmallIntegerField(help_text="How many words the title has.")
    row_changed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["kind", "key"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "key"], name="searchdocument_unique"),
            one_of("kind", DocumentKind.values),
        ]

    def __str__(self) -> str:
        return self.title


class Synonym(Slugged):
    """Words that readers type, and the site's words for the same thing."""

    QUOTED = ("words",)

    words = models.CharField(
        "what readers type",
        max_length=200,
        help_text="Words or phrases with the same meaning, separated by commas.",
    )
    means = models.CharField(
        "our words for it",
        max_length=80,
        help_text="The words that our pages use. A search for the others finds these as well.",
    )

    class Meta:
        ordering = ["slug"]

    def __str__(self) -> str:
        return f"{self.words}: {self.means}"
