"""Reference intakes: daily needs and limits by life stage."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from .nutrients import Authority, Nutrient, Unit
from .publishing import Keyed, Publishable, PublishableQuerySet, one_of
from .sources import Source


class ReferenceType(models.TextChoices):
    RDA = "RDA", "Recommended Dietary Allowance (RDA)"
    AI = "AI", "Adequate Intake (AI)"
    RNI = "RNI", "Reference Nutrient Intake (RNI)"
    SI = "SI", "Safe Intake (SI)"
    PRI = "PRI", "Population Reference Intake (PRI)"
    SAI = "SAI", "Safe and adequate intake"
    LRNI = "LRNI", "Lower Reference Nutrient Intake (LRNI), not a need"

    @property
    def plain(self) -> str:
        """What it is in plain words, to follow a figure."""
        return _PLAIN[self]

    @property
    def meaning(self) -> str:
        """A sentence that begins with article and name."""
        article = "An" if self is ReferenceType.AI else "A"
        return f"{article} {self.label} is {self.plain}."


_PLAIN = {
    ReferenceType.RDA: "enough for nearly everybody",
    ReferenceType.RNI: "enough for nearly everybody",
    ReferenceType.PRI: "enough for nearly everybody",
    ReferenceType.AI: "the best estimate where too little is known to be surer",
    ReferenceType.SI: "an amount that is enough and does no harm, given where little is known",
    ReferenceType.SAI: "held to be enough, and low enough to be safe for heart and vessels",
    ReferenceType.LRNI: "enough for very few",
}
# The LRNI is enough for very few people, so it does not count as a need.
NEEDS = [kind for kind in ReferenceType if kind is not ReferenceType.LRNI]


class Sex(models.TextChoices):
    BOTH = "both", "Both"
    FEMALE = "female", "Female"
    MALE = "male", "Male"


class LifeStatus(models.TextChoices):
    NONE = "none", "None of these"
    PREGNANCY = "pregnancy", "Pregnant"
    LACTATION = "lactation", "Breastfeeding"
    MENOPAUSE = "menopause", "After the menopause"


class LimitStatus(models.TextChoices):
    """Whether there is an upper limit, and why not."""

    SET = "set", "Set"
    NOT_ESTABLISHED = "not established", "No limit set"
    NOT_DETERMINABLE = "not determinable", "Too little known to set one"
    UNSAID = "", "This row says nothing of a limit"


class LimitKind(models.TextChoices):
    """The name that an authority gives its limit, firmest first."""

    UL = "UL", "Tolerable upper intake level"
    SUL = "SUL", "Safe upper level"
    GL = "GL", "Guidance level"
    SAFE = "SAFE", "Safe level of intake"


# `upper_limit_applies_to` begins so if food counts towards the limit.
COUNTS_FOOD = "all sources"


class ReferenceIntakeQuerySet(PublishableQuerySet):
    def needs(self) -> Self:
        return self.filter(reference_type__in=NEEDS)

    def overlapping(self, age_from: Decimal, age_below: Decimal | None) -> Self:
        """Return the intakes for any age in a band. Its end is exclusive, or None."""
        rows = self.filter(Q(age_below=None) | Q(age_below__gt=age_from))
        return rows if age_below is None else rows.filter(age_from__lt=age_below)

    def limiting_food(self) -> Self:
        return self.filter(
            upper_limit__isnull=False,
            upper_limit_applies_to__startswith=COUNTS_FOOD,
            upper_limit_unit=models.F("nutrient__unit"),
        )


class ReferenceIntake(Keyed, Publishable):
    """A daily need, a limit, or both, that an authority sets for a nutrient and a life stage.

    Ages are those of the authority's table. A limit for other ages than the need is in a separate
    row.
    """

    KEY = ("nutrient", "life_stage", "sex", "life_status", "authority")

    authority = models.CharField(max_length=2, choices=Authority)
    nutrient = models.ForeignKey(Nutrient, on_delete=models.CASCADE, related_name="intakes")
    life_stage = models.SlugField(max_length=30)
    life_stage_label = models.CharField(max_length=30)
    age_from = models.DecimalField(
        max_digits=5, decimal_places=2, help_text="Years, inclusive: 0.5 is six months."
    )
    age_below = models.DecimalField(
        max_digits=5, decimal_places=2, null=True, blank=True, help_text="Years, exclusive."
    )
    sex = models.CharField(max_length=6, choices=Sex)
    life_status = models.CharField(
        "pregnancy, breastfeeding or menopause",
        max_length=10,
        choices=LifeStatus,
        default=LifeStatus.NONE,
    )
    reference_type = models.CharField(
        max_length=4,
        choices=ReferenceType,
        blank=True,
        help_text="Empty where it is a limit alone.",
    )
    amount = models.DecimalField(
        max_digits=9,
        decimal_places=3,
        null=True,
        blank=True,
        help_text="A day, in the nutrient's unit.",
    )
    amount_words = models.CharField(
        max_length=80,
        blank=True,
        help_text="In place of the amount if it is no single figure, with its unit.",
    )
    upper_limit = models.DecimalField(max_digits=9, decimal_places=3, null=True, blank=True)
    upper_limit_unit = models.CharField(
        max_length=8,
        choices=Unit,
        blank=True,
        help_text="May differ from the nutrient's unit: folate's limit counts folic acid only.",
    )
    upper_limit_status = models.CharField(max_length=16, choices=LimitStatus, blank=True)
    upper_limit_kind = models.CharField(max_length=4, choices=LimitKind, blank=True)
    upper_limit_applies_to = models.CharField(max_length=120, blank=True)
    chronic_disease_limit_mg = models.DecimalField(
        "chronic disease risk reduction intake (mg)",
        max_digits=9,
        decimal_places=3,
        null=True,
        blank=True,
        help_text="Sodium only: people are advised to stay below it.",
    )
    note = models.TextField(
        blank=True, help_text="What a reader must know beside the figures, in a sentence."
    )
    sources = models.ManyToManyField(Source, related_name="intakes")

    objects: ClassVar = ReferenceIntakeQuerySet.as_manager()

    class Meta(Publishable.Meta):
        ordering = ["nutrient__position", "authority", "life_status", "sex", "age_from"]
        constraints = [
            *Publishable.Meta.constraints,
            models.UniqueConstraint(
                fields=["nutrient", "life_stage", "sex", "life_status", "authority"],
                name="referenceintake_unique",
            ),
            one_of("authority", Authority.values),
            one_of("sex", Sex.values),
            one_of("life_status", LifeStatus.values),
            one_of("reference_type", ["", *ReferenceType.values]),
            models.CheckConstraint(
                condition=Q(reference_type="", amount__isnull=True, amount_words="")
                | (
                    ~Q(reference_type="")
                    & (
                        Q(amount__isnull=False, amount_words="")
                        | (Q(amount__isnull=True) & ~Q(amount_words=""))
                    )
                ),
                name="referenceintake_amount_complete",
                violation_error_message="Give what the amount is and the amount, once, or neither.",
            ),
            one_of("upper_limit_status", LimitStatus.values),
            models.CheckConstraint(
                condition=Q(amount__gte=0, upper_limit__gte=0, chronic_disease_limit_mg__gte=0),
                name="referenceintake_not_negative",
                violation_error_message="Amounts and limits cannot be less than 0.",
            ),
            models.CheckConstraint(
                condition=Q(age_below__gt=models.F("age_from")),
                name="referenceintake_ages_in_order",
                violation_error_message="The age in “age below” must be above that in “age from”.",
            ),
            models.CheckConstraint(
                condition=Q(
                    upper_limit_status=LimitStatus.SET,
                    upper_limit__isnull=False,
                    upper_limit_unit__in=Unit.values,
                    upper_limit_kind__in=LimitKind.values,
                )
                | (
                    ~Q(upper_limit_status=LimitStatus.SET)
                    & Q(upper_limit__isnull=True, upper_limit_unit="", upper_limit_kind="")
                ),
                name="referenceintake_limit_complete",
                violation_error_message="A set limit needs amount, unit and kind; no other does.",
            ),
        ]
        indexes = [
            *Publishable.Meta.indexes,
            models.Index(fields=["authority", "age_from"], name="referenceintake_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.nutrient}, {self.get_authority_display()}: {self.people}"

    @property
    def people(self) -> str:
        """Whom it is for, as in "19 years and over, female, pregnant"."""
        parts = [self.life_stage_label]
        if self.sex != Sex.BOTH:
            parts.append(self.get_sex_display().lower())
        if self.life_status != LifeStatus.NONE:
            parts.append(self.get_life_status_display().lower())
        return ", ".join(parts)

    @property
    def kind(self) -> ReferenceType:
        return ReferenceType(self.reference_type)

    @property
    def is_need(self) -> bool:
        return self.reference_type in NEEDS

    @property
    def limits(self) -> bool:
        """Whether it sets an upper limit, or says why there is none."""
        return self.upper_limit_status != LimitStatus.UNSAID

    @property
    def food_limit(self) -> Decimal | None:
        """The upper limit in the nutrient's unit; None if food does not count towards it.

        Join `nutrient` for lists.
        """
        counts = self.upper_limit_applies_to.startswith(COUNTS_FOOD)
        agrees = self.upper_limit_unit == self.nutrient.unit
        return self.upper_limit if counts and agrees else None
