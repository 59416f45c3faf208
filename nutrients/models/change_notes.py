"""Notes for readers on what was changed or corrected on a page."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from .publishing import Keyed, one_of

NOTES_ON_A_PAGE = 5


class NoteKind(models.TextChoices):
    CHANGE = "change", "Change"
    CORRECTION = "correction", "Correction"


class ChangeNoteQuerySet(models.QuerySet[Any]):
    def until(self, at: datetime) -> Self:
        return self.filter(created_at__lte=at)

    def newest_on(self, path: str, *, at: datetime) -> Self:
        """Return the newest notes on a page and on its anchors."""
        on_page = Q(address=path) | Q(address__startswith=f"{path}#")
        return self.until(at).filter(on_page)[:NOTES_ON_A_PAGE]


class ChangeNote(Keyed):
    """A note on a substantive edit. It does not record who made the edit.

    Title and address are copies, so that a note outlives its page.
    """

    KEY = ("address", "created_at")
    # The address and the moment can be corrected.
    FIXED = ()

    kind = models.CharField(max_length=10, choices=NoteKind, default=NoteKind.CHANGE)
    text = models.TextField(
        help_text="What changed, for readers. A correction says what was wrong and what is right."
    )
    title = models.CharField(max_length=200, help_text="The name of the page or entry.")
    address = models.CharField(
        max_length=300,
        validators=[
            RegexValidator(r"^/(?!/)[^\s?\\]*\Z", "An address on this site, without a query.")
        ],
        help_text="The path on this site, such as /nutrients/magnesium/.",
    )
    created_at = models.DateTimeField("made", default=timezone.now)

    objects = ChangeNoteQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            one_of("kind", NoteKind.values),
            models.CheckConstraint(condition=~Q(text=""), name="changenote_text_given"),
            # Pages find their notes by this index.
            models.UniqueConstraint(fields=["address", "created_at"], name="changenote_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.title}"
