"""The ledger: rows that were loaded from the fixtures, and changes that editors must settle."""

from __future__ import annotations

from django.db import models

from .publishing import RowReference


class ShippedRow(RowReference, models.Model):
    """A fixture row that was loaded, with its fields as they were shipped last.

    If it is not in its table, an editor deleted it, and it stays deleted.
    """

    model = models.CharField(max_length=60, help_text="As in fixtures: nutrients.nutrient.")
    natural_key = models.CharField(max_length=255, help_text="The natural key as JSON.")
    fields = models.JSONField(help_text="The row's fields as they were shipped.")
    loaded_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(
        null=True, help_text="Since when the row is no longer shipped."
    )

    class Meta:
        ordering = ["model", "natural_key"]
        constraints = [
            models.UniqueConstraint(fields=["model", "natural_key"], name="shippedrow_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.model} {self.natural_key}"


class ShippedChange(RowReference, models.Model):
    """A change of the shipped content that an editor must settle, with the reason.

    It is about a field, or about a row that is no longer shipped if `field` is empty. `before` and
    `theirs` are the field as in a fixture: `{"tagline": "…"}`, or `{}` if the fixture leaves it
    out. `before` is null for a row that was added here.
    """

    model = models.CharField(max_length=60, editable=False)
    natural_key = models.CharField(max_length=255, editable=False)
    field = models.CharField(max_length=60, blank=True, editable=False)
    before = models.JSONField(null=True, editable=False)
    theirs = models.JSONField(default=dict, editable=False)
    reason = models.TextField(editable=False)
    noticed_at = models.DateTimeField("noticed", editable=False)

    class Meta:
        verbose_name = "change to settle"
        verbose_name_plural = "changes to settle"
        ordering = ["model", "natural_key", "field"]
        constraints = [
            models.UniqueConstraint(
                fields=["model", "natural_key", "field"], name="shippedchange_unique"
            ),
        ]

    def __str__(self) -> str:
        kind = str(self.table._meta.verbose_name).capitalize()
        label = self.field_label
        return f"{kind} {' / '.join(self.key)}" + (f": {label}" if label else "")

    @property
    def field_label(self) -> str:
        if not self.field:
            return ""
        return str(self.table._meta.get_field(self.field).verbose_name)
