"""Red flags, and the questions whose answers raise them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse

from .causes import OtherCause, RiskFactor
from .nutrients import Nutrient
from .publishing import Keyed, Publishable, Slugged, one_of
from .sources import Source
from .symptoms import Symptom, Urgency

# Other parameters of the checklist's form, which slugs of questions must not be.
RESERVED_PARAMETERS = ("symptom", "risk", "flag", "change")
FLAG_LEVELS = [Urgency.EMERGENCY, Urgency.URGENT, Urgency.SEE_A_DOCTOR]
# The beginning of most actions in an emergency, which pages say once for all.
CALL = "Call the emergency number (999, 112 or 911)."


class Question(Slugged):
    """A question about what was ticked, such as how it started. Its slug is its parameter.

    The result asks it only if a rule of a red flag names one of its answers and everything else
    that the rule names is ticked. The form asks it, beside the symptoms, if `is_in_form`.
    """

    CHILDREN = ("answers",)

    text = models.CharField(
        "question", max_length=120, unique=True, help_text="In plain words, with a question mark."
    )
    why = models.CharField("why it is asked", max_length=200, help_text="One plain sentence.")
    is_in_form = models.BooleanField(
        "asked in the form",
        default=False,
        help_text="Asked before the first answer too, beside the symptoms that it matters for.",
    )
    position = models.PositiveSmallIntegerField(default=100)

    class Meta:
        ordering = ["position", "slug"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(slug__in=RESERVED_PARAMETERS),
                name="question_slug_free",
                violation_error_message="The checklist's form has a parameter of this name.",
            ),
        ]

    def __str__(self) -> str:
        return self.text


class Answer(Keyed):
    """An answer to a question. A question may always be left unanswered."""

    KEY = ("question", "slug")

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="answers")
    slug = models.SlugField(
        max_length=40, help_text="The value in the form. It cannot change once it is saved."
    )
    label = models.CharField("answer", max_length=80)
    position = models.PositiveSmallIntegerField(default=100)

    class Meta:
        ordering = ["question__position", "question__slug", "position", "slug"]
        constraints = [
            models.UniqueConstraint(
                fields=["question", "slug"],
                name="answer_unique",
                violation_error_message="This question has an answer with this slug already.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.question} {self.label}"


class RedFlag(Slugged, Publishable):
    """A sign that needs medical help: how soon, why, and what to do."""

    CHILDREN = ("rules",)

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
        help_text="Gives it a tick of its own: an emergency under “First, any of these?”, any "
        "other after the symptoms.",
    )
    tick_label = models.CharField(
        max_length=120, blank=True, help_text="The wording of its tick. Needed when it is asked."
    )
    only_for = models.ManyToManyField(
        RiskFactor,
        related_name="red_flags",
        blank=True,
        help_text="Whom it is about, such as babies. Results then list it as a sign to watch for "
        "only where one of these is ticked. Empty means everybody.",
    )
    is_not_nutritional = models.BooleanField(
        "no nutrients beside it",
        default=False,
        help_text="No nutrient is behind this sign, such as a clot: the answer names none.",
    )
    withheld_nutrients = models.ManyToManyField(
        Nutrient,
        related_name="+",
        blank=True,
        verbose_name="keeps foods of",
        help_text="Foods rich in these are not named while this flag may be raised: broken muscle "
        "raises potassium.",
    )
    position = models.PositiveSmallIntegerField(default=100)
    sources = models.ManyToManyField(Source, related_name="red_flags")

    class Meta(Publishable.Meta):
        ordering = ["position", "slug"]
        constraints = [
            *Publishable.Meta.constraints,
            one_of("level", [level.value for level in FLAG_LEVELS]),
            models.CheckConstraint(
                condition=Q(is_asked=False) | ~Q(tick_label=""),
                name="redflag_asked_has_label",
                violation_error_message="A sign that is asked needs the wording of its tick.",
            ),
        ]

    def __str__(self) -> str:
        return self.sign

    def get_absolute_url(self) -> str:
        return f"{reverse('nutrients:safety')}#{self.slug}"


class RedFlagRule(Slugged):
    """A rule raises its red flag if all ticks that it names are ticked.

    Of the ticks under “some of”, `at_least` that many must be ticked. Of several answers to a
    question, any one is enough. Any rule of a flag raises it. A rule that names no tick raises
    nothing. Rules only ever raise urgency.
    """

    FIXED = ("slug", "red_flag")

    red_flag = models.ForeignKey(RedFlag, on_delete=models.CASCADE, related_name="rules")
    symptoms = models.ManyToManyField(Symptom, related_name="red_flag_rules", blank=True)
    risk_factors = models.ManyToManyField(RiskFactor, related_name="red_flag_rules", blank=True)
    other_causes = models.ManyToManyField(OtherCause, related_name="red_flag_rules", blank=True)
    some_symptoms = models.ManyToManyField(Symptom, related_name="+", blank=True)
    some_risk_factors = models.ManyToManyField(RiskFactor, related_name="+", blank=True)
    some_other_causes = models.ManyToManyField(OtherCause, related_name="+", blank=True)
    at_least = models.PositiveSmallIntegerField(
        "at least",
        default=1,
        help_text="How many of the ticks under “some of” must be ticked.",
    )
    answers = models.ManyToManyField(
        Answer,
        related_name="red_flag_rules",
        blank=True,
        help_text="Of several answers to one question, one is enough. Name a tick beside them.",
    )

    class Meta:
        ordering = ["red_flag__position", "slug"]
        constraints = [
            models.CheckConstraint(
                condition=Q(at_least__gte=1),
                name="redflagrule_at_least_positive",
                violation_error_message="A rule needs at least 1 of the ticks under “some of”.",
            ),
        ]

    def __str__(self) -> str:
        return self.slug
