"""What readers ask beyond the facts of a nutrient: a short text a topic, with its sources."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from .nutrients import Nutrient
from .publishing import Publishable, PublishableQuerySet
from .sources import Source


class Topic(models.TextChoices):
    """What a detail is about, in the order in which a page shows them."""

    TESTING = "testing", "Who should be tested, and what a result means"
    TIME = "time", "How long it takes to run short, and to recover"
    ABSORPTION = "absorption", "What helps or hinders your body in taking it up"
    FORMS = "forms", "Forms of supplement compared"
    COMMON = "common", "How common it is to be short of it"
    FOODS = "foods", "UK foods, and an easy day"

    @property
    def rank(self) -> int:
        """0 for the topic that a page shows first."""
        return list(Topic).index(self)


class NutrientDetailManager(models.Manager[Any]):
    def get_by_natural_key(self, nutrient: str, topic: str) -> Any:
        return self.get(nutrient__slug=nutrient, topic=topic)


class NutrientDetail(Publishable):
    """One topic of one nutrient: a few sentences in Markdown with `[@source]` citations."""

    nutrient = models.ForeignKey(Nutrient, on_delete=models.CASCADE, related_name="details")
    topic = models.CharField(max_length=10, choices=Topic)
    body = models.TextField(
        help_text="Markdown without blocks, about 120 words. Cite as [@source-slug] after the "
        "full stop. Never a dose or a brand."
    )
    sources = models.ManyToManyField(
        Source, related_name="details", help_text="Those that the text cites."
    )

    objects = NutrientDetailManager.from_queryset(PublishableQuerySet)()

    class Meta(Publishable.Meta):
        ordering = ["nutrient__position", "topic"]
        constraints = [
            *Publishable.Meta.constraints,
            models.UniqueConstraint(
                fields=["nutrient", "topic"],
                name="nutrientdetail_unique",
                violation_error_message="This nutrient has a text on this topic already.",
            ),
            models.CheckConstraint(
                condition=Q(topic__in=Topic.values), name="nutrientdetail_topic_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.nutrient}: {self.get_topic_display()}"

    def natural_key(self) -> tuple[str, str]:
        return (self.nutrient.slug, self.topic)

    def get_absolute_url(self) -> str:
        return f"{self.nutrient.get_absolute_url()}#detail-{self.topic}"
