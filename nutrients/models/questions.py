"""Questions that the checklist asks where an answer would change the outcome."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from .publishing import Slugged, SluggedManager

# The other parameters of the checklist's form: a question's slug stands beside them.
TAKEN = ("symptom", "risk", "flag", "find", "look")


class Question(Slugged):
    """A question about what was ticked, such as how it started. Its slug names its parameter.

    The answer asks it only if a rule of a red flag names one of its answers and all else that the
    rule names is ticked. The form asks it beside the symptoms if `is_in_form`.
    """

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

    objects = SluggedManager()

    class Meta:
        ordering = ["position", "slug"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(slug__in=TAKEN),
                name="question_slug_free",
                violation_error_message="The checklist's form has a parameter of this name.",
            ),
        ]

    def __str__(self) -> str:
        return self.text


class AnswerManager(models.Manager["Answer"]):
    """Finds an answer by its question and its slug."""

    def get_by_natural_key(self, question: str, slug: str) -> Answer:
        """Return the answer with this slug to this question (slug); raise DoesNotExist."""
        return self.get(question__slug=question, slug=slug)


class Answer(models.Model):
    """One answer to a question. Leaving a question unanswered is always possible too."""

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="answers")
    slug = models.SlugField(
        max_length=40, help_text="The value in the form. It cannot change once it is saved."
    )
    label = models.CharField("answer", max_length=80)
    position = models.PositiveSmallIntegerField(default=100)

    objects = AnswerManager()

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

    def natural_key(self) -> tuple[str, str]:
        """Return question and slug, which identify the row in fixtures."""
        return (self.question.slug, self.slug)
