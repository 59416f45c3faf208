"""Reference intakes: how much of a nutrient a day, by life stage."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Self

from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from .nutrients import Nutrient, Unit
from .sources import Source


class ReferenceType(models.TextChoices):
    """What a reference intake is; RDA and AI are kept apart."""

    RDA = "RDA", "Recommended Dietary Allowance (RDA)"
    AI = "AI", "Adequate Intake (AI)"


class Sex(models.TextChoices):
    """The sex that an intake is for."""

    BOTH = "both", "Both"
    FEMALE = "female", "Female"
    MALE = "male", "Male"


class LifeStatus(models.TextChoices):
    """Pregnancy and breastfeeding."""

    NONE = "none", "Neither"
    PREGNANCY = "pregnancy", "Pregnant"
    LACTATION = "lactation", "Breastfeeding"


class LimitStatus(models.TextChoices):
    """Whether an upper limit exists, and why not."""

    SET = "set", "Set"
    NOT_ESTABLISHED = "not established", "No limit set"
    NOT_DETERMINABLE = "not determinable", "Not known for infants"


# How `upper_limit_applies_to` begins where food counts towards the limit.
COUNTS_FOOD = "all sources"


class ReferenceIntakeQuerySet(models.QuerySet[Any]):
    """Reference intakes by life stage."""

    def at_stage(self, life_stage: str, sex: str, status: str) -> Self:
        """The intakes of one life stage, at most one for each nutrient."""
        return self.filter(life_stage=life_stage, sex=sex, life_status=status)

    def limiting_food(self) -> Self:
        """Those that have a `food_limit`."""
        return self.filter(
            upper_limit__isnull=False,
            upper_limit_applies_to__startswith=COUNTS_FOOD,
            upper_limit_unit=models.F("nutrient__unit"),
        )


class ReferenceIntakeManager(models.Manager[Any]):
    """Finds an intake by nutrient, life stage, sex and status."""

    def get_by_natural_key(self, nutrient: str, life_stage: str, sex: str, status: str) -> Any:
        """Return the intake with this natural key; raise DoesNotExist."""
        return self.get(nutrient__slug=nutrient, life_stage=life_stage, sex=sex, life_status=status)


class ReferenceIntake(models.Model):
    """The US and Canadian reference intake of one nutrient for one life stage, a day."""

    nutrient = models.ForeignKey(Nutrient, on_delete=models.CASCADE, related_name="intakes")
    life_stage = models.SlugField(max_length=30)
    life_stage_label = models.CharField(max_length=30)
    age_from = models.DecimalField(
        max_digits=4, decimal_places=1, help_text="Years, inclusive: 0.5 is six months."
    )
    age_below = models.DecimalField(
        max_digits=4, decimal_places=1, null=True, blank=True, help_text="Years, exclusive."
    )
    sex = models.CharField(max_length=6, choices=Sex)
    life_status = models.CharField(
        "pregnancy or breastfeeding", max_length=10, choices=LifeStatus, default=LifeStatus.NONE
    )
    reference_type = models.CharField(max_length=3, choices=ReferenceType)
    amount = models.DecimalField(
        max_digits=9, decimal_places=3, help_text="A day, in the nutrient's unit."
    )
    upper_limit = models.DecimalField(max_digits=9, decimal_places=3, null=True, blank=True)
    upper_limit_unit = models.CharField(
        max_length=8,
        choices=Unit,
        blank=True,
        help_text="May differ from the nutrient's unit: folate's limit counts folic acid only.",
    )
    upper_limit_status = models.CharField(max_length=16, choices=LimitStatus)
    upper_limit_applies_to = models.CharField(max_length=120, blank=True)
    chronic_disease_limit_mg = models.DecimalField(
        "chronic disease risk reduction intake (mg)",
        max_digits=9,
        decimal_places=3,
        null=True,
        blank=True,
        help_text="Sodium only: adults are advised to stay below it.",
    )
    sources = models.ManyToManyField(Source, related_name="intakes")

    objects = ReferenceIntakeManager.from_queryset(ReferenceIntakeQuerySet)()
    history = HistoricalRecords(m2m_fields=[sources])

    class Meta:
        ordering = ["nutrient__position", "life_status", "sex", "age_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["nutrient", "life_stage", "sex", "life_status"],
                name="referenceintake_unique",
            ),
            models.CheckConstraint(
                condition=Q(sex__in=Sex.values), name="referenceintake_sex_known"
            ),
            models.CheckConstraint(
                condition=Q(life_status__in=LifeStatus.values),
                name="referenceintake_life_status_known",
            ),
            models.CheckConstraint(
                condition=Q(reference_type__in=ReferenceType.values),
                name="referenceintake_type_known",
            ),
            models.CheckConstraint(
                condition=Q(upper_limit_status__in=LimitStatus.values),
                name="referenceintake_limit_status_known",
            ),
            models.CheckConstraint(condition=Q(amount__gte=0), name="referenceintake_not_negative"),
            models.CheckConstraint(
                condition=Q(upper_limit__isnull=True) | Q(upper_limit__gte=0),
                name="referenceintake_limit_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(chronic_disease_limit_mg__isnull=True)
                | Q(chronic_disease_limit_mg__gte=0),
                name="referenceintake_chronic_limit_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(age_below__isnull=True) | Q(age_below__gt=models.F("age_from")),
                name="referenceintake_ages_in_order",
            ),
            models.CheckConstraint(
                condition=Q(
                    upper_limit_status=LimitStatus.SET,
                    upper_limit__isnull=False,
                    upper_limit_unit__in=Unit.values,
                )
                | (
                    ~Q(upper_limit_status=LimitStatus.SET)
                    & Q(upper_limit__isnull=True, upper_limit_unit="")
                ),
                name="referenceintake_limit_complete",
                violation_error_message="A set limit needs amount and unit, an unset one neither.",
            ),
        ]
        indexes = [
            models.Index(
                fields=["life_stage", "sex", "life_status"], name="referenceintake_by_stage"
            ),
        ]

    def __str__(self) -> str:
        parts = [self.life_stage_label]
        if self.sex != Sex.BOTH:
            parts.append(self.get_sex_display().lower())
        if self.life_status != LifeStatus.NONE:
            parts.append(self.get_life_status_display().lower())
        return f"{self.nutrient}: {', '.join(parts)}"

    @property
    def food_limit(self) -> Decimal | None:
        """The upper limit a day in the nutrient's unit; None where food does not count towards it.

        Reads the nutrient: select it where many are asked.
        """
        counts = self.upper_limit_applies_to.startswith(COUNTS_FOOD)
        agrees = self.upper_limit_unit == self.nutrient.unit
        return self.upper_limit if counts and agrees else None

    def natural_key(self) -> tuple[str, str, str, str]:
        """Return nutrient, life stage, sex and status, which identify the row in fixtures."""
        return (self.nutrient.slug, self.life_stage, self.sex, self.life_status)
