"""Records of the editors' desk: problems of the content, and redirects of pages that are gone."""

from __future__ import annotations

from django.core.validators import RegexValidator
from django.db import models

from .publishing import one_of

PATH = RegexValidator(r"^/(?!/)[^\s?#\\]*\Z", "A path on this site, such as /articles/.")


class ProblemKind(models.TextChoices):
    CONTENT = "content", "Content"
    LINKS = "links", "Outside links"


class Problem(models.Model):
    """A problem that the last check of its kind found. The next check replaces it."""

    kind = models.CharField("check", max_length=8, choices=ProblemKind)
    model = models.CharField(max_length=60, help_text="As in fixtures: nutrients.nutrient.")
    row_id = models.BigIntegerField(null=True)
    row = models.CharField(max_length=500, help_text="The row's model and natural key.")
    reason = models.TextField()
    checked_at = models.DateTimeField("found")

    class Meta:
        ordering = ["kind", "row", "pk"]
        constraints = [one_of("kind", ProblemKind.values)]

    def __str__(self) -> str:
        return f"{self.row}: {self.reason}"


class Redirect(models.Model):
    """A redirect from a page that is gone, or words for readers who come to its address.

    If the page exists again, it is shown.
    """

    FIXED = ()
    # The reason is for colleagues, and may repeat the words that were wrong.
    QUOTED = ("path", "to", "reason")

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
    created_by = models.CharField(max_length=150, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["path"]

    def __str__(self) -> str:
        return f"{self.path} → {self.to or 'gone'}"
