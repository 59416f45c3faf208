"""The ledger of shipped rows: what was loaded from the fixtures, and as what."""

from __future__ import annotations

from django.db import models


class ShippedRow(models.Model):
    """A fixture row that was loaded once, with its fields as they were then.

    A row that stands here and not in its table was deleted by an editor, and stays deleted.
    """

    model = models.CharField(max_length=60, help_text="As in fixtures: nutrients.nutrient.")
    natural_key = models.CharField(max_length=255, help_text="The natural key as JSON.")
    fields = models.JSONField(help_text="The row's fields as they were shipped.")
    loaded_at = models.DateTimeField()

    class Meta:
        ordering = ["model", "natural_key"]
        constraints = [
            models.UniqueConstraint(fields=["model", "natural_key"], name="shippedrow_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.model} {self.natural_key}"
