"""Sources: what every claim and figure rests on."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from nutrients.addresses import address

from .publishing import Slugged, SluggedManager


class SourceKind(models.TextChoices):
    """What sort of publication a source is."""

    GOVERNMENT = "government", "Government or public health service"
    REFERENCE = "reference", "Reference work or textbook"
    REVIEW = "review", "Review or study"
    EDITORIAL = "editorial", "Editors' knowledge, not yet sourced"


class Source(Slugged):
    """A publication that claims and figures rest on, and how it was last seen."""

    title = models.CharField(max_length=300)
    publisher = models.CharField(max_length=200)
    url = models.URLField("address", max_length=500, blank=True)
    kind = models.CharField(max_length=12, choices=SourceKind)
    licence_note = models.CharField(max_length=200, blank=True)
    how_seen = models.CharField(
        max_length=300,
        blank=True,
        help_text="Say honestly what was read: the page itself, a copy, or a quotation of it.",
    )
    checked_on = models.DateField(
        "last checked", null=True, blank=True, help_text="When an editor last opened the address."
    )

    objects = SluggedManager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["title", "slug"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=SourceKind.values), name="source_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.publisher})"

    def get_absolute_url(self) -> str:
        """Return the place on the page of sources."""
        return f"{address('sources')}#{self.slug}"
