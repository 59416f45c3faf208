"""Red flags: the signs that need a person, and the combinations that raise them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from nutrients.addresses import address

from .causes import OtherCause, RiskFactor
from .publishing import Publishable, PublishableQuerySet, Slugged, SluggedManager
from .questions import Answer
from .sources import Source
from .symptoms import Symptom, Urgency

FLAG_LEVELS = [Urgency.EMERGENCY, Urgency.URGENT, Urgency.SEE_A_DOCTOR]


class RedFlag(Slugged, Publishable):
    """A sign that needs a person: how soon, why, and what to do."""

    level = models.CharField(
        max_length=12, choices=[(level.value, level.label) for level in FLAG_LEVELS]
    )
    sign = models.CharField(max_length=200, help_text="What the reader notices, as a phrase.")
    why_it_matters = models.TextField(help_text="One plain sentence.")
    action = models.TextField(help_text="What to do, as an instruction.")
    possible_causes = models.CharField(max_length=300, blank=True)
    related_symptoms = models.ManyToManyField(Symptom, related_name="red_flags", blank=True)
    is_asked = models.BooleanField(
        "asked in the checklist",
        default=False,
        help_text=(
            "Gives it a tick of its own: an emergency under “First, any of these?”, any other "
            "after the symptoms."
        ),
    )
    tick_label = models.CharField(
        max_length=120, blank=True, help_text="The wording of its tick. Needed when it is asked."
    )
    only_for = models.ManyToManyField(
        RiskFactor,
        related_name="red_flags",
        blank=True,
        help_text=(
            "Whom it is about, such as babies. Results then list it as a sign to watch for only "
            "where one of these is ticked. Empty means everybody."
        ),
    )
    position = models.PositiveSmallIntegerField(default=100)
    sources = models.ManyToManyField(Source, related_name="red_flags")

    objects = SluggedManager.from_queryset(PublishableQuerySet)()
    history = HistoricalRecords(m2m_fields=[related_symptoms, only_for, sources])

    class Meta(Publishable.Meta):
        ordering = ["position", "slug"]
        constraints = [
            *Publishable.Meta.constraints,
            models.CheckConstraint(
                condition=Q(level__in=[level.value for level in FLAG_LEVELS]),
                name="redflag_level_known",
            ),
            models.CheckConstraint(
                condition=Q(is_asked=False) | ~Q(tick_label=""),
                name="redflag_asked_has_label",
                violation_error_message="A sign that is asked needs the wording of its tick.",
            ),
        ]

    def __str__(self) -> str:
        return self.sign

    def get_absolute_url(self) -> str:
        """Return the flag's place on the safety page."""
        return f"{address('safety')}#{self.slug}"


class RedFlagRule(Slugged):
    """One way for a red flag to be raised: every tick named here is ticked.

    Where it names answers too, each question that they answer has one of those named. A flag with
    several rules is raised by any one of them. A rule that names no tick raises nothing. Rules add
    urgency and never take it away.
    """

    red_flag = models.ForeignKey(RedFlag, on_delete=models.CASCADE, related_name="rules")
    symptoms = models.ManyToManyField(Symptom, related_name="red_flag_rules", blank=True)
    risk_factors = models.ManyToManyField(RiskFactor, related_name="red_flag_rules", blank=True)
    other_causes = models.ManyToManyField(OtherCause, related_name="red_flag_rules", blank=True)
    answers = models.ManyToManyField(
        Answer,
        related_name="red_flag_rules",
        blank=True,
        help_text="Of several answers to one question, one is enough. Name a tick beside them.",
    )

    objects = SluggedManager()
    history = HistoricalRecords(m2m_fields=[symptoms, risk_factors, other_causes, answers])

    class Meta:
        ordering = ["red_flag__position", "slug"]

    def __str__(self) -> str:
        return self.slug
