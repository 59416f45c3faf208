"""Figures that are drawn for this site, and pictures that editors add.

Editors' pictures are few and small, about ten kilobytes each. In the database they are part of
backups and of the history, and all instances share them.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse

from .publishing import Slugged


class Figure(models.TextChoices):
    """A figure that editors may place. Values are names of templates in templates/figures/."""

    CALF_STRETCH = "calf-stretch", "Calf stretch in two steps"
    CALF_AT_NIGHT = "calf-at-night", "The muscle of the calf at night"
    EYELID = "eyelid", "The muscle of the eyelid"
    HAND_SPASM = "hand-spasm", "The hand in a spasm"
    NERVE_AND_MUSCLE = "nerve-and-muscle", "Nerve and muscle with calcium and magnesium"
    MYELIN = "myelin", "A nerve fibre with its myelin"
    HOW_LONG = "how-long", "How long each thing lasts"
    HANDS_AND_FEET = "hands-and-feet", "Where tingling is felt"
    RESTLESS_LEGS = "restless-legs", "Restless legs, at rest and moving"
    TWITCH_SIGNS = "twitch-signs", "Twitches alone, and with weakness"


class Picture(Slugged):
    """A picture as WebP, with its alternative text, credit and licence."""

    QUOTED = ("credit", "licence")

    alternative = models.CharField(
        "alternative text",
        max_length=300,
        blank=True,
        help_text="What it shows, for readers who do not see it.",
    )
    is_decorative = models.BooleanField(
        "decorative", default=False, help_text="It says nothing that the text does not say."
    )
    credit = models.CharField(
        max_length=200, help_text="Who made it, as readers see it below the picture."
    )
    licence = models.CharField(
        max_length=200, help_text="By which we may show it, such as CC BY 4.0, or “our own”."
    )
    file_digest = models.CharField(max_length=16, editable=False)
    width = models.PositiveSmallIntegerField(editable=False)
    height = models.PositiveSmallIntegerField(editable=False)
    data = models.BinaryField(editable=False)

    class Meta:
        ordering = ["slug"]
        constraints = [
            models.CheckConstraint(
                condition=Q(is_decorative=True, alternative="")
                | (Q(is_decorative=False) & ~Q(alternative="")),
                name="picture_has_alternative",
                violation_error_message="Give the alternative text, or say that it is decorative.",
            ),
        ]

    def __str__(self) -> str:
        return self.slug

    def get_absolute_url(self) -> str:
        """Return the address of the file, which changes with its content."""
        return reverse("nutrients:picture", args=[self.slug, self.file_digest])
