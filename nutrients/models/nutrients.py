"""Nutrients: the minerals and vitamins that muscle and nerve depend on, with details."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import Q

from .pictures import Figure
from .publishing import Keyed, Publishable, Ranked, Slugged, address_of, one_of
from .sources import Source


class Authority(models.TextChoices):
    """Who sets reference intakes. Values are those of the parameter `country`."""

    UK = "uk", "UK"
    EU = "eu", "EU"
    US = "us", "US and Canada"

    @property
    def phrase(self) -> str:
        """The name inside a sentence: “in the UK”."""
        return f"the {self.label}"

    @property
    def adult_from(self) -> int:
        """The age in years at which its tables begin to count people as adults."""
        return 18 if self is Authority.EU else 19

    @property
    def label_value_name(self) -> str:
        """The name of the amount that is 100% on its food labels."""
        return "US daily value" if self is Authority.US else "UK and EU reference value"

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The parameters of its query string: none for DEFAULT_AUTHORITY."""
        return [] if self is DEFAULT_AUTHORITY else [("country", self.value)]

    @property
    def query(self) -> str:
        """Its query string with the question mark: “?country=eu”, or nothing."""
        return "" if self is DEFAULT_AUTHORITY else f"?country={self.value}"


# The authority for addresses without the parameter `country`.
DEFAULT_AUTHORITY = Authority.UK


class NutrientKind(models.TextChoices):
    MINERAL = "mineral", "Mineral"
    ELECTROLYTE = "electrolyte", "Electrolyte"
    VITAMIN = "vitamin", "Vitamin"


class Unit(models.TextChoices):
    """Units of amounts. A nutrient has the same unit everywhere; 1 mg is 1,000 mcg."""

    MG = "mg", "mg"
    MCG = "mcg", "mcg"
    MCG_DFE = "mcg DFE", "mcg DFE"

    @property
    def spoken(self) -> str:
        """The unit in full, for sentences."""
        return {
            Unit.MG: "milligrams",
            Unit.MCG: "micrograms",
            Unit.MCG_DFE: "micrograms of dietary folate equivalents",
        }[self]

    @property
    def meaning(self) -> str:
        """A sentence that explains the unit; empty for one that everybody knows."""
        if self is not Unit.MCG_DFE:
            return ""
        return "Dietary folate equivalents (DFE) count both folate in food and added folic acid."


class Accent(models.TextChoices):
    """The colour of a nutrient; only the four core ones have their own."""

    MAGNESIUM = "mg", "Magnesium green"
    CALCIUM = "ca", "Calcium blue"
    VITAMIN_D = "vd", "Vitamin D gold"
    VITAMIN_B12 = "b12", "Vitamin B12 rose"
    NEUTRAL = "neutral", "Neutral"


class Frequency(Ranked):
    """How many people have too little of a nutrient, most first."""

    COMMON = "common", "Common"
    LESS_COMMON = "less-common", "Less common"
    UNCOMMON = "uncommon", "Uncommon"
    RARE = "rare", "Rare"


class Nutrient(Slugged, Publishable):
    """A mineral or vitamin: its job in muscle and nerve, its deficiency, excess and daily value."""

    # Amounts are children of their food alone: a nutrient may have thousands.
    CHILDREN = ("associations", "details", "intakes")

    name = models.CharField(max_length=60, unique=True)
    symbol = models.CharField(
        max_length=4, help_text="Shown on its tile: Mg, Ca, D, B12. At most four characters."
    )
    accent = models.CharField(max_length=8, choices=Accent, default=Accent.NEUTRAL)
    position = models.PositiveSmallIntegerField(default=100, help_text="Order in lists.")
    is_featured = models.BooleanField(
        "core nutrient", default=False, help_text="Shown on the home page and in the main article."
    )
    kind = models.CharField(max_length=12, choices=NutrientKind)
    is_electrolyte = models.BooleanField(default=False)
    also_known_as = models.CharField(max_length=200, blank=True)
    tagline = models.CharField(
        max_length=120, help_text="What it does, in under ten words and without a full stop."
    )
    job = models.TextField(help_text="Its job in muscle and nerve. Sentences of 20 words or fewer.")
    why_low_matters = models.TextField(help_text="Why too little of it can make muscles move.")
    figure = models.CharField("picture", max_length=20, choices=Figure, blank=True)
    low_phrase = models.CharField(
        max_length=60, help_text="Begins a sentence: “Low magnesium”, “Lack of vitamin B12”."
    )
    high_phrase = models.CharField(
        max_length=60, help_text="Begins a sentence: “Too much magnesium”."
    )
    deficiency_name = models.CharField("clinical name of its lack", max_length=120)
    excess_name = models.CharField("clinical name of its excess", max_length=120, blank=True)
    usual_causes_of_low = models.TextField(help_text="The usual reasons for too little.")
    how_common = models.CharField(
        "how common its lack is",
        max_length=12,
        choices=Frequency,
        default=Frequency.RARE,
        help_text="Among all readers, not only among those with a sign. Settles ties.",
    )
    how_common_why = models.CharField(
        "why this frequency", max_length=240, blank=True, help_text="The figure, in a sentence."
    )
    how_common_source = models.ForeignKey(
        Source, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    food_summary = models.CharField(
        max_length=160, help_text="Food groups that hold it, as a sentence without a full stop."
    )
    unit = models.CharField(max_length=8, choices=Unit)
    daily_value = models.DecimalField(
        max_digits=9,
        decimal_places=3,
        help_text="US FDA Daily Value, adults and children from 4 years, in the nutrient's unit.",
    )
    reference_value = models.DecimalField(
        "nutrient reference value",
        max_digits=9,
        decimal_places=3,
        null=True,
        blank=True,
        help_text="UK and EU labels, adults, in the nutrient's unit. Empty where none is set.",
    )
    upper_limit = models.DecimalField(
        "adult upper limit",
        max_digits=9,
        decimal_places=3,
        null=True,
        blank=True,
        help_text="At 19 to 30 years. Empty where none is set. Never compare it with another unit.",
    )
    upper_limit_unit = models.CharField(max_length=8, choices=Unit, blank=True)
    upper_limit_note = models.TextField(help_text="To what the limit applies, in a sentence.")
    excess_signs = models.TextField(help_text="Signs of too much, in sentences.")
    test_used = models.TextField(help_text="The blood test used, and its limits.")
    sources = models.ManyToManyField(Source, related_name="nutrients")

    class Meta(Publishable.Meta):
        ordering = ["position", "name"]
        constraints = [
            *Publishable.Meta.constraints,
            one_of("kind", NutrientKind.values),
            one_of("accent", Accent.values),
            one_of("unit", Unit.values),
            one_of("figure", ["", *Figure.values]),
            one_of("how_common", Frequency.values),
            models.CheckConstraint(
                condition=Q(daily_value__gt=0, reference_value__gt=0),
                name="nutrient_label_values_positive",
                violation_error_message="The daily value and the nutrient reference value must be "
                "more than 0.",
            ),
            models.CheckConstraint(
                condition=Q(upper_limit__isnull=True, upper_limit_unit="")
                | (Q(upper_limit__gt=0) & Q(upper_limit_unit__in=Unit.values)),
                name="nutrient_upper_limit_has_unit",
                violation_error_message="Give an upper limit of more than 0 and its unit, or "
                "neither.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return address_of("nutrient", self.slug)

    @property
    def phrase(self) -> str:
        """The name inside a sentence: “magnesium”, “vitamin B12”."""
        return self.name[:1].lower() + self.name[1:]

    def label_value(self, authority: Authority) -> Decimal | None:
        """Return the amount that is 100% on food labels; None if none is set."""
        return self.daily_value if authority == Authority.US else self.reference_value

    def label_percent(self, amount: Decimal | None, authority: Authority) -> Decimal | None:
        """Return the percentage of the label value; None if amount or value is not known."""
        whole = self.label_value(authority)
        return None if amount is None or whole is None else amount / whole * 100


class Topic(Ranked):
    """Topics of details, in the order of the page."""

    TESTING = "testing", "Who should be tested, and what a result means"
    TIME = "time", "How long it takes to run short, and to recover"
    ABSORPTION = "absorption", "What helps or hinders your body in taking it up"
    FORMS = "forms", "Forms of supplement compared"
    COMMON = "common", "How common it is to be short of it"
    FOODS = "foods", "UK foods, and an easy day"


class NutrientDetail(Keyed, Publishable):
    """A few sentences on one topic of a nutrient, in Markdown with `[@source]` citations."""

    KEY = ("nutrient", "topic")
    SHOWN_WITH = ("nutrient",)

    nutrient = models.ForeignKey(Nutrient, on_delete=models.CASCADE, related_name="details")
    topic = models.CharField(max_length=10, choices=Topic)
    body = models.TextField(
        help_text="Markdown without blocks, about 120 words. Cite as [@source-slug] after the "
        "full stop. Never a dose or a brand."
    )
    sources = models.ManyToManyField(
        Source, related_name="details", help_text="Those that the text cites."
    )

    class Meta(Publishable.Meta):
        ordering = ["nutrient__position", "topic"]
        constraints = [
            *Publishable.Meta.constraints,
            models.UniqueConstraint(
                fields=["nutrient", "topic"],
                name="nutrientdetail_unique",
                violation_error_message="This nutrient has a text on this topic already.",
            ),
            one_of("topic", Topic.values),
        ]

    def __str__(self) -> str:
        return f"{self.nutrient}: {self.get_topic_display()}"

    def get_absolute_url(self) -> str:
        return f"{self.nutrient.get_absolute_url()}#detail-{self.topic}"
