"""Signatures of reviewers, each over the words that were read."""

from __future__ import annotations

from django.db import models


class Signed(models.Model):
    """Somebody agreed to words, of which `words` is the digest. Rows are added, never changed.

    Name and profession are kept as they were then.
    """

    words = models.CharField(max_length=64)
    name = models.CharField(max_length=150)
    profession = models.CharField(max_length=100)
    account = models.CharField(max_length=150)
    signed_at = models.DateTimeField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.name}, {self.profession}"


class Signature(Signed):
    """A clinician read a row and agreed to it."""

    model = models.CharField(max_length=60, help_text="The signed table: nutrients.nutrient.")
    row = models.BigIntegerField(help_text="The primary key of the signed row.")

    class Meta:
        ordering = ["signed_at", "pk"]
        indexes = [models.Index(fields=["model", "row"], name="signature_row")]
