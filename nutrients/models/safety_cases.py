"""The public test book: what readers might tick, and what the checklist must then show."""

from __future__ import annotations

from django.db import models
from django.urls import reverse

from .causes import OtherCause, RiskFactor
from .nutrients import Nutrient
from .publishing import Slugged, Status, one_of
from .red_flags import Answer, RedFlag
from .symptoms import Symptom, Urgency


class CaseGroup(models.TextChoices):
    """What a case proves, in the order of the book."""

    RED_FLAG = "red-flag", "Warning signs, each alone"
    COMBINATION = "combination", "Ticks that are a warning together"
    PICTURE = "picture", "Typical pictures of too little"
    TOO_MUCH = "too-much", "Too much"
    MEDICINE = "medicine", "Medicines"
    BENIGN = "benign", "Common and harmless"
    READER = "reader", "Everyday readers"
    NOTHING = "nothing", "Nothing that fits"
    EVERYTHING = "everything", "Everything at once"


class SafetyCase(Slugged):
    """Ticks, and what the checklist's answer to them must and must not show."""

    QUOTED = ("must_show", "must_not_show")

    title = models.CharField(
        max_length=120, unique=True, help_text="Who comes with what, in plain words."
    )
    why = models.CharField(
        "why it is in the book", max_length=240, help_text="One plain sentence for readers."
    )
    group = models.CharField(max_length=11, choices=CaseGroup)
    symptoms = models.ManyToManyField(Symptom, related_name="safety_cases", blank=True)
    risk_factors = models.ManyToManyField(RiskFactor, related_name="safety_cases", blank=True)
    other_causes = models.ManyToManyField(OtherCause, related_name="safety_cases", blank=True)
    red_flags = models.ManyToManyField(
        RedFlag,
        related_name="safety_cases",
        blank=True,
        help_text="Only those that have a tick of their own.",
    )
    answers = models.ManyToManyField(Answer, related_name="safety_cases", blank=True)
    level = models.CharField(
        "how soon",
        max_length=12,
        choices=Urgency,
        help_text="The answer must be exactly this urgent. "
        "An emergency must name no nutrient, no food and no link but telephone numbers.",
    )
    must_warn = models.ManyToManyField(
        RedFlag,
        related_name="cases_warning",
        blank=True,
        verbose_name="must warn of",
        help_text="The answer must show these signs, in the words that they have by then.",
    )
    must_suggest = models.ManyToManyField(
        Nutrient, related_name="cases_suggesting", blank=True, verbose_name="must suggest"
    )
    must_not_suggest = models.ManyToManyField(
        Nutrient, related_name="cases_not_suggesting", blank=True, verbose_name="must not suggest"
    )
    must_show = models.TextField(
        blank=True, help_text="Words that the answer must show, one phrase a line."
    )
    must_not_show = models.TextField(
        blank=True,
        help_text="Words that it must not show, one phrase a line. "
        "The words that are never written need not be listed here: every case looks for them.",
    )
    status = models.CharField(
        max_length=10,
        choices=Status,
        default=Status.DRAFT,
        help_text="Only published cases are run and shown to readers.",
    )
    position = models.PositiveSmallIntegerField(default=100, help_text="Order in its group.")

    # The test book's queries prefetch the links above into these.
    symptom_list: list[Symptom]
    risk_list: list[RiskFactor]
    cause_list: list[OtherCause]
    flag_list: list[RedFlag]
    answer_list: list[Answer]
    must_warn_list: list[RedFlag]
    must_suggest_list: list[Nutrient]
    must_not_suggest_list: list[Nutrient]

    class Meta:
        ordering = ["position", "slug"]
        constraints = [
            one_of("group", CaseGroup.values),
            one_of("level", Urgency.values),
            one_of("status", Status.values),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return f"{reverse('nutrients:test_book')}#case-{self.slug}"


class CaseOutcome(models.Model):
    """The result of a case in the last run of the test book, with a failure on each line."""

    case = models.OneToOneField(SafetyCase, on_delete=models.CASCADE, related_name="outcome")
    failures = models.TextField(blank=True)
    content_version = models.CharField(max_length=20, blank=True)
    checked_at = models.DateTimeField("checked")

    class Meta:
        ordering = ["case"]

    def __str__(self) -> str:
        return f"{self.case}: {'passes' if self.passes else 'fails'}"

    @property
    def passes(self) -> bool:
        return not self.failures


class BookOverride(models.Model):
    """A change that an editor saved although it makes cases of the test book fail. Public."""

    change = models.CharField(max_length=200, help_text="What was saved.")
    reason = models.CharField(max_length=300)
    cases = models.TextField(help_text="The titles of the cases that failed, one a line.")
    created_by = models.CharField(max_length=150)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.change}: {self.reason}"
