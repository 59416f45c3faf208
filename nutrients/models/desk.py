"""What the editors' desk keeps besides content: problems found, and pages that were taken down."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.urls import Resolver404, resolve

from .publishing import one_of

PATH = RegexValidator(r"^/(?!/)[^\s?#\\]*\Z", "A path on this site, such as /articles/.")


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


class Redirect(models.Model):
    """Where the address of a page that is gone leads to; or the words that stand there.

    A page that is there again is shown, whatever is kept here.
    """

    path = models.CharField("from", max_length=200, unique=True, validators=[PATH])
    to = models.CharField(
        max_length=200,
        blank=True,
        validators=[PATH],
        help_text="A path such as /articles/eyelid-twitching/. Empty: it leads nowhere.",
    )
    reason = models.CharField(max_length=200, help_text="For colleagues and the history.")
    words = models.CharField(
        "words for readers",
        max_length=300,
        blank=True,
        help_text="A sentence or two. Empty: only that the page was taken down.",
    )
    made_by = models.CharField(max_length=150, editable=False)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["path"]

    def __str__(self) -> str:
        return f"{self.path} → {self.to or 'gone'}"

    def clean(self) -> None:
        """Refuse an address that leads nowhere or back to itself."""
        try:
            leads_on = not self.to or (self.to != self.path and bool(resolve(self.to)))
        except Resolver404:
            leads_on = False
        if not leads_on:
            raise ValidationError({"to": "There is no other page at this address."})
