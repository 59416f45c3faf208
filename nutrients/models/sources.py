"""Sources of claims and figures."""

from __future__ import annotations

from django.db import models

from .publishing import Slugged, address_of, one_of


class SourceKind(models.TextChoices):
    GOVERNMENT = "government", "Government or public health service"
    REFERENCE = "reference", "Reference work or textbook"
    REVIEW = "review", "Review or study"
    EDITORIAL = "editorial", "Editors' knowledge, not yet sourced"


class ReadForm(models.TextChoices):
    """The form in which a source was read, fullest first. The last two count as unread."""

    PAGE = "page", "the page itself"
    COPY = "copy", "a stored copy, whole page"
    PART = "part", "a stored copy, part of it"
    OPENING = "opening", "a stored copy, opening only"
    ABSTRACT = "abstract", "the abstract"
    QUOTED = "quoted", "only quoted on another page"
    UNREAD = "unread", "not read"


READ = (ReadForm.PAGE, ReadForm.COPY, ReadForm.PART, ReadForm.OPENING, ReadForm.ABSTRACT)


class Source(Slugged):
    """A publication that claims and figures rest on, and how it was last read."""

    QUOTED = ("title", "publisher", "url", "licence_note", "how_seen")

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
    read_form = models.CharField(
        "read as",
        max_length=8,
        choices=ReadForm,
        default=ReadForm.UNREAD,
        help_text="A published claim cannot rest on a source that is unread or only quoted.",
    )
    checked_on = models.DateField(
        "last read", null=True, blank=True, help_text="When an editor last read it in this form."
    )
    next_review_on = models.DateField(
        "its own next review",
        null=True,
        blank=True,
        help_text="When the publisher says it will review the page. Read it again after that day.",
    )

    class Meta:
        ordering = ["title", "slug"]
        constraints = [
            one_of("kind", SourceKind.values),
            one_of("read_form", ReadForm.values),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.publisher})"

    @property
    def is_read(self) -> bool:
        return self.read_form in READ

    @property
    def citation(self) -> str:
        """Title and publisher, each with a full stop unless it ends a sentence already."""
        parts = (self.title, self.publisher)
        return " ".join(part if part.endswith(("?", ".")) else f"{part}." for part in parts)

    def get_absolute_url(self) -> str:
        return address_of("source", self.slug)
