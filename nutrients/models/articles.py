"""Articles and their sections, written in Markdown with citations and live blocks."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property

from .associations import Evidence
from .nutrients import Nutrient
from .publishing import Keyed, Publishable, Slugged, address_of, one_of, reviewed_index
from .symptoms import Symptom

# Nearly a tenth of the words of a section are citations and marks, which readers skip.
WORDS_A_MINUTE = 220


class ArticleTopic(models.TextChoices):
    """Topics, in the order of the list of articles."""

    TWITCHES = "twitches", "Twitches and jerks"
    CRAMPS = "cramps", "Cramps and restless legs"
    NERVES = "nerves", "Tingling and nerves"
    TESTS = "tests", "Tests and supplements"


class Article(Slugged, Publishable):
    CHILDREN = ("sections",)
    QUOTED = ("written_by",)

    title = models.CharField(max_length=120, unique=True, help_text="The reader's own question.")
    short_title = models.CharField(
        max_length=60, help_text="For menus, breadcrumbs and links from other pages."
    )
    summary = models.CharField(max_length=200, help_text="For lists, search engines and feeds.")
    standfirst = models.TextField(help_text="Two or three sentences under the title.")
    short_answer = models.TextField(
        blank=True,
        help_text="The answer in a sentence or two, with its citations: [@source-slug].",
    )
    answer_evidence = models.CharField(
        "evidence for the short answer", max_length=10, choices=Evidence, blank=True
    )
    key_points = models.TextField(help_text="Three to five sentences, one on each line.")
    written_by = models.CharField(max_length=200, default="Nutrisite editors")
    topic = models.CharField(max_length=10, choices=ArticleTopic, default=ArticleTopic.TWITCHES)
    position = models.PositiveSmallIntegerField(default=100)
    related_nutrients = models.ManyToManyField(Nutrient, related_name="articles", blank=True)
    related_symptoms = models.ManyToManyField(Symptom, related_name="articles", blank=True)

    class Meta(Publishable.Meta):
        ordering = ["position", "title"]
        constraints = [
            *Publishable.Meta.constraints,
            one_of("topic", ArticleTopic.values),
            models.CheckConstraint(
                condition=Q(short_answer="", answer_evidence="")
                | (~Q(short_answer="") & Q(answer_evidence__in=Evidence.values)),
                name="article_answer_has_grade",
                violation_error_message="Give the short answer and its grade, or neither.",
            ),
        ]
        indexes = [
            *Publishable.Meta.indexes,
            # All sort keys of the list, so that only one page of articles is read.
            models.Index(
                fields=["status", "publish_at", "topic", "position", "title"],
                name="article_listed",
            ),
            # For the first articles of a topic.
            models.Index(fields=["status", "topic", "position", "title"], name="article_by_topic"),
            reviewed_index(),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return address_of("article", self.slug)

    @cached_property
    def reading_minutes(self) -> int:
        """Minutes to read the article, at least one. Prefetch `sections` for lists."""
        words = sum(len(section.body.split()) for section in self.sections.all())
        return max(1, round(words / WORDS_A_MINUTE))


class ArticleSection(Keyed):
    """A heading and Markdown with `[@source]` citations and `[[blocks]]`."""

    KEY = ("article", "anchor")

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="sections")
    position = models.PositiveSmallIntegerField(default=10)
    anchor = models.SlugField(
        max_length=60, help_text="The address of the section on its page. It should not change."
    )
    title = models.CharField(max_length=120)
    body = models.TextField(
        help_text="Markdown. Cite as [@source-slug] after the full stop. "
        "Blocks: [[comparison-table core]], [[red-flags]], [[other-causes symptom-slug]], "
        "[[steps]] … [[/steps]], [[callout caution]] … [[/callout]], [[figure name]], "
        "[[picture slug]], [[questions]] … [[/questions]], [[table Title]] … [[/table]]."
    )

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["article", "anchor"],
                name="articlesection_anchor_unique",
                violation_error_message="Another section of this article has this anchor.",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return f"{self.article.get_absolute_url()}#{self.anchor}"
