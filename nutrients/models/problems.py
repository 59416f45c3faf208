"""What checks found wrong with the content, kept for the desk."""

from __future__ import annotations

from django.db import models

from .publishing import one_of


class ProblemKind(models.TextChoices):
    CONTENT = "content", "Content"
    LINKS = "links", "Outside links"


class KeptProblem(models.Model):
    """Something to put right, as the last check of its kind found it. The next one replaces it."""

    kind = models.CharField("check", max_length=8, choices=ProblemKind)
    model = models.CharField(max_length=60, help_text="As in fixtures: nutrients.nutrient.")
    row_id = models.BigIntegerField(null=True)
    row = models.CharField(max_length=500, help_text="The row's model and natural key.")
    reason = models.TextField()
    found_at = models.DateTimeField("found")

    class Meta:
        verbose_name = "problem"
        ordering = ["kind", "row", "pk"]
        constraints = [
            one_of("kind", ProblemKind.values, "keptproblem_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.row}: {self.reason}"
