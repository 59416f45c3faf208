"""Symptoms, in plain words first."""

from __future__ import annotations

from django.db import models

from .pictures import Figure
from .publishing import Publishable, Ranked, Slugged, address_of, one_of
from .sources import Source


class Urgency(Ranked):
    """How soon a sign needs medical help, mildest first."""

    SELF_CARE = "self-care", "Look after it at home"
    SEE_A_DOCTOR = "see-a-doctor", "See a doctor"
    URGENT = "urgent", "Get medical care the same day"
    EMERGENCY = "emergency", "Call your emergency number"


class BodyArea(models.TextChoices):
    """The part of the body in which a sign is noticed, in the order of forms."""

    MUSCLES = "muscles", "Muscles and movement"
    NERVES = "nerves", "Feeling, nerves and balance"
    HEART = "heart", "Heart and breathing"
    MIND = "mind", "Energy, mood and mind"
    HEAD = "head", "Eyes, mouth and head"
    BODY = "body", "Skin, bones and digestion"


class Symptom(Slugged, Publishable):
    """A sign that a reader may notice or a clinician may find."""

    CHILDREN = ("associations",)

    name = models.CharField(max_length=80, unique=True, help_text="The plain name comes first.")
    sentence_name = models.CharField(
        "name inside a sentence",
        max_length=90,
        blank=True,
        help_text="Where the plain name reads badly after “can cause”: “a sore or smooth tongue”. "
        "Empty means the plain name.",
    )
    clinical_term = models.CharField(max_length=120)
    also_known_as = models.CharField(
        max_length=300, blank=True, help_text="Other everyday words, separated by commas."
    )
    description = models.TextField(help_text="One or two plain sentences: what a reader notices.")
    body_area = models.CharField(max_length=10, choices=BodyArea)
    urgency = models.CharField(
        max_length=12, choices=Urgency, help_text="The urgency of this sign on its own."
    )
    help_note = models.TextField("when to get help", help_text="What would make it more urgent.")
    self_care = models.TextField(
        "what to do now",
        blank=True,
        help_text="Up to three instructions, one on each line, that the sources bear out.",
    )
    figure = models.CharField("picture", max_length=20, choices=Figure, blank=True)
    is_noticeable = models.BooleanField(
        "a reader can notice it",
        default=True,
        help_text="Untick for signs found on examination: they stay out of the checklist.",
    )
    is_common = models.BooleanField(
        default=False, help_text="Shown first in the table's filter and in the checklist."
    )
    position = models.PositiveSmallIntegerField(default=100, help_text="Order in its body area.")
    sources = models.ManyToManyField(Source, related_name="symptoms")

    class Meta(Publishable.Meta):
        ordering = ["position", "name"]
        constraints = [
            *Publishable.Meta.constraints,
            one_of("urgency", Urgency.values),
            one_of("body_area", BodyArea.values),
            one_of("figure", ["", *Figure.values]),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return address_of("symptom", self.slug)

    @property
    def phrase(self) -> str:
        """The name inside a sentence: “muscle twitches”."""
        return self.sentence_name or self.name[:1].lower() + self.name[1:]
