"""Risk factors for too little or too much, causes other than nutrients, and interactions."""

from __future__ import annotations

from django.db import models

from .associations import Evidence
from .foods import Diet, NotSuggestedTo
from .nutrients import Nutrient
from .publishing import Keyed, Publishable, Ranked, Slugged, one_of
from .sources import Source
from .symptoms import Symptom


class RiskKind(models.TextChoices):
    DIET = "diet", "How you eat"
    LIFESTYLE = "lifestyle", "Habits and surroundings"
    MEDICINE = "medicine", "Medicines"
    CONDITION = "condition", "Health and illness"
    AGE = "age", "Age"


# The groups of readers that some foods are not suggested to, and that a risk factor may mean.
GROUPS = [NotSuggestedTo.PREGNANCY, NotSuggestedTo.CHILDREN]


class RiskFactor(Slugged, Publishable):
    """A diet, medicine, condition, age or habit that lowers or raises nutrients."""

    CHILDREN = ("effects",)

    name = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=10, choices=RiskKind)
    diet = models.CharField(
        max_length=12,
        choices=Diet,
        blank=True,
        help_text="Ticking this in the checklist keeps its foods to this diet.",
    )
    mechanism = models.TextField(help_text="How it lowers or raises the nutrients.")
    what_to_do = models.TextField(help_text="Never advise starting or stopping a medicine.")
    population_group = models.CharField(
        "stands for",
        max_length=12,
        choices=[(group.value, group.label) for group in GROUPS],
        blank=True,
        help_text="Ticking this leaves out the foods that are never suggested to them.",
    )
    has_own_food_advice = models.BooleanField(
        default=False,
        help_text="Who ticks it is shown what to do, and no rich foods: general advice on food "
        "is not for them.",
    )
    is_common = models.BooleanField(
        default=False, help_text="Shown at once in the checklist; the rest are behind “more”."
    )
    position = models.PositiveSmallIntegerField(default=100)
    sources = models.ManyToManyField(Source, related_name="risk_factors")

    class Meta(Publishable.Meta):
        ordering = ["position", "name"]
        constraints = [
            *Publishable.Meta.constraints,
            one_of("kind", RiskKind.values),
            one_of("diet", ["", *Diet.values]),
            one_of("population_group", ["", *GROUPS]),
        ]

    def __str__(self) -> str:
        return self.name


class Strength(Ranked):
    """How much a risk factor affects a nutrient, strongest first."""

    STRONG = "strong", "Strong"
    MODERATE = "moderate", "Moderate"
    WEAK = "weak", "Weak"


class Direction(models.TextChoices):
    LOWERS = "lowers", "Lowers it"
    RAISES = "raises", "Raises it"


class RiskEffect(Keyed):
    """A risk factor lowers or raises a nutrient. The sources are those of the risk factor."""

    KEY = ("risk_factor", "nutrient")

    risk_factor = models.ForeignKey(RiskFactor, on_delete=models.CASCADE, related_name="effects")
    nutrient = models.ForeignKey(Nutrient, on_delete=models.CASCADE, related_name="risk_effects")
    direction = models.CharField(max_length=6, choices=Direction, default=Direction.LOWERS)
    strength = models.CharField(
        max_length=10,
        choices=Strength,
        default=Strength.MODERATE,
        help_text="Strong: the nutrient is shown even if it explains nothing that was ticked.",
    )
    reason = models.CharField(
        max_length=240, help_text="How it lowers or raises this nutrient, in a sentence."
    )

    class Meta:
        ordering = ["risk_factor__position", "risk_factor__slug", "nutrient__slug"]
        constraints = [
            models.UniqueConstraint(
                fields=["risk_factor", "nutrient"],
                name="riskeffect_unique",
                violation_error_message="This risk factor has an effect on this nutrient already.",
            ),
            one_of("direction", Direction.values),
            one_of("strength", Strength.values),
        ]

    def __str__(self) -> str:
        return f"{self.risk_factor} and {self.nutrient}"

    @property
    def side(self) -> str:
        """Which side of enough of the nutrient it leads to, as in Association.side."""
        return "high" if self.direction == Direction.RAISES else "low"


class CauseKind(models.TextChoices):
    NORMAL = "normal", "Normal and harmless"
    LIFESTYLE = "lifestyle", "Habits"
    STIMULANT = "stimulant", "Stimulants"
    MIND = "mind", "Stress and worry"
    MEDICINE = "medicine", "Medicines"
    CONDITION = "condition", "Health conditions"


# Like the verbs of associations, in a form for singular and plural names of causes.
LINKS = {
    Evidence.STRONG: "Can cause",
    Evidence.MODERATE: "Linked with",
    Evidence.LIMITED: "Has been reported with",
}


class OtherCause(Slugged, Publishable):
    """A cause of signs that is not a nutrient."""

    name = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=10, choices=CauseKind)
    symptoms = models.ManyToManyField(Symptom, related_name="other_causes")
    mechanism = models.TextField(help_text="How it brings the signs on.")
    what_helps = models.TextField(help_text="Never a dose; never start or stop a medicine.")
    when_to_seek_care = models.TextField(blank=True)
    evidence = models.CharField(
        max_length=8,
        choices=Evidence,
        default=Evidence.LIMITED,
        help_text="How good the evidence is that it causes the signs. The grade chooses the words.",
    )
    is_common = models.BooleanField(
        default=False, help_text="Common causes come before nutrients on every result."
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
    not_with_symptoms = models.ManyToManyField(
        Symptom,
        related_name="+",
        blank=True,
        help_text="Beside any of these it is not shown: “harmless” does not suit weakness.",
    )
    only_if_ticked = models.BooleanField(
        default=False,
        help_text="Shown only if the reader ticks it or a risk factor that points to it.",
    )
    position = models.PositiveSmallIntegerField(default=100)
    sources = models.ManyToManyField(Source, related_name="other_causes")

    class Meta(Publishable.Meta):
        verbose_name = "other cause"
        ordering = ["position", "name"]
        constraints = [
            *Publishable.Meta.constraints,
            one_of("kind", CauseKind.values),
            one_of("evidence", Evidence.values),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def link(self) -> str:
        """Its relation to the signs, in words that the grade allows."""
        return LINKS[Evidence(self.evidence)]


class InteractionKind(models.TextChoices):
    FOOD_NUTRIENT = "food-nutrient", "Food and nutrient"
    NUTRIENT_NUTRIENT = "nutrient-nutrient", "Nutrient and nutrient"
    DRUG_NUTRIENT = "drug-nutrient", "Medicine and nutrient"


class Severity(Ranked):
    """How much an interaction matters, most serious first."""

    SEVERE = "severe", "Can be dangerous"
    IMPORTANT = "important", "Important"
    MODERATE = "moderate", "Moderate"
    MILD = "mild", "Mild"
    HELPFUL = "helpful", "Helpful"


class Interaction(Slugged, Publishable):
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

    class Meta(Publishable.Meta):
        ordering = ["item_a", "item_b"]
        constraints = [
            *Publishable.Meta.constraints,
            one_of("kind", InteractionKind.values),
            one_of("severity", Severity.values),
        ]

    def __str__(self) -> str:
        return f"{self.item_a} and {self.item_b}"
