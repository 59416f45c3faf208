"""What lowers or raises a nutrient, and what causes the same signs without any nutrient."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from .foods import Diet
from .nutrients import Nutrient
from .publishing import Publishable, PublishableQuerySet, Slugged, SluggedManager
from .sources import Source
from .symptoms import Symptom


class RiskKind(models.TextChoices):
    """The sort of risk factor, in the order that forms show."""

    DIET = "diet", "How you eat"
    LIFESTYLE = "lifestyle", "Habits and surroundings"
    MEDICINE = "medicine", "Medicines"
    CONDITION = "condition", "Health and illness"
    AGE = "age", "Age"


class StandsFor(models.TextChoices):
    """Whom a tick can stand for, of those from whom foods are kept (`NotSuggestedTo`)."""

    PREGNANCY = "pregnancy", "Pregnant people"
    CHILDREN = "children", "Children"


class RiskFactor(Slugged, Publishable):
    """A diet, medicine, condition, age or habit that lowers or raises nutrients."""

    name = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=10, choices=RiskKind)
    lowers = models.ManyToManyField(Nutrient, related_name="lowered_by", blank=True)
    raises = models.ManyToManyField(Nutrient, related_name="raised_by", blank=True)
    diet = models.CharField(
        max_length=12,
        choices=Diet,
        blank=True,
        help_text="Ticking this in the checklist keeps its foods to this diet.",
    )
    mechanism = models.TextField(help_text="How it lowers or raises the nutrients.")
    what_to_do = models.TextField(help_text="Never advise starting or stopping a medicine.")
    stands_for = models.CharField(
        max_length=12,
        choices=StandsFor,
        blank=True,
        help_text="Ticking this leaves out the foods that are never suggested to them.",
    )
    has_own_food_advice = models.BooleanField(
        default=False,
        help_text="Who ticks it is shown what to do, and no rich foods: general advice on food "
        "is not for them.",
    )
    is_common = models.BooleanField(
        default=False, help_text="Shown at once in the checklist; the rest stand behind “more”."
    )
    position = models.PositiveSmallIntegerField(default=100)
    sources = models.ManyToManyField(Source, related_name="risk_factors")

    objects = SluggedManager.from_queryset(PublishableQuerySet)()
    history = HistoricalRecords(m2m_fields=[lowers, raises, sources])

    class Meta(Publishable.Meta):
        ordering = ["position", "name"]
        constraints = [
            *Publishable.Meta.constraints,
            models.CheckConstraint(
                condition=Q(kind__in=RiskKind.values), name="riskfactor_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(diet__in=["", *Diet.values]), name="riskfactor_diet_known"
            ),
            models.CheckConstraint(
                condition=Q(stands_for__in=["", *StandsFor.values]),
                name="riskfactor_stands_for_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class CauseKind(models.TextChoices):
    """The sort of cause."""

    NORMAL = "normal", "Normal and harmless"
    LIFESTYLE = "lifestyle", "Habits"
    STIMULANT = "stimulant", "Stimulants"
    MIND = "mind", "Stress and worry"
    MEDICINE = "medicine", "Medicines"
    CONDITION = "condition", "Health conditions"


class OtherCause(Slugged, Publishable):
    """A cause of signs that is not a nutrient: its mechanism and what helps."""

    name = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=10, choices=CauseKind)
    symptoms = models.ManyToManyField(Symptom, related_name="other_causes")
    mechanism = models.TextField(help_text="How it brings the signs on.")
    what_helps = models.TextField(help_text="Never a dose; never start or stop a medicine.")
    when_to_seek_care = models.TextField(blank=True)
    is_common = models.BooleanField(
        default=False, help_text="Common causes stand before nutrients on every result."
    )
    is_asked = models.BooleanField(
        "asked in the checklist",
        default=False,
        help_text="Gives it a tick of its own. Its slug must not be a risk factor's.",
    )
    risk_factors = models.ManyToManyField(
        RiskFactor,
        related_name="other_causes",
        blank=True,
        help_text="Ticking any of these points to this cause.",
    )
    position = models.PositiveSmallIntegerField(default=100)
    sources = models.ManyToManyField(Source, related_name="other_causes")

    objects = SluggedManager.from_queryset(PublishableQuerySet)()
    history = HistoricalRecords(m2m_fields=[symptoms, risk_factors, sources])

    class Meta(Publishable.Meta):
        verbose_name = "other cause"
        ordering = ["position", "name"]
        constraints = [
            *Publishable.Meta.constraints,
            models.CheckConstraint(
                condition=Q(kind__in=CauseKind.values), name="othercause_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class InteractionKind(models.TextChoices):
    """What meets what."""

    FOOD_NUTRIENT = "food-nutrient", "Food and nutrient"
    NUTRIENT_NUTRIENT = "nutrient-nutrient", "Nutrient and nutrient"
    DRUG_NUTRIENT = "drug-nutrient", "Medicine and nutrient"


class Severity(models.TextChoices):
    """How much an interaction matters, most serious first."""

    SEVERE = "severe", "Can be dangerous"
    IMPORTANT = "important", "Important"
    MODERATE = "moderate", "Moderate"
    MILD = "mild", "Mild"
    HELPFUL = "helpful", "Helpful"

    @property
    def rank(self) -> int:
        """0 for the most serious to 4 for a helpful one."""
        return list(Severity).index(self)


class Interaction(Slugged, Publishable):
    """A pair of food, nutrient or medicine worth knowing."""

    item_a = models.CharField("first", max_length=120)
    item_b = models.CharField("second", max_length=120)
    kind = models.CharField(max_length=18, choices=InteractionKind)
    nutrients = models.ManyToManyField(Nutrient, related_name="interactions")
    risk_factors = models.ManyToManyField(
        RiskFactor,
        related_name="interactions",
        blank=True,
        help_text="Ticking any of these in the checklist shows this pair.",
    )
    effect = models.TextField(help_text="What happens, in a sentence.")
    advice = models.TextField(help_text="What to do. Never advise stopping a medicine.")
    severity = models.CharField(max_length=10, choices=Severity)
    sources = models.ManyToManyField(Source, related_name="interactions")

    objects = SluggedManager.from_queryset(PublishableQuerySet)()
    history = HistoricalRecords(m2m_fields=[nutrients, risk_factors, sources])

    class Meta(Publishable.Meta):
        ordering = ["item_a", "item_b"]
        constraints = [
            *Publishable.Meta.constraints,
            models.CheckConstraint(
                condition=Q(kind__in=InteractionKind.values), name="interaction_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(severity__in=Severity.values), name="interaction_severity_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_a} and {self.item_b}"
