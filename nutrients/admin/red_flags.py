"""Screens for red flags, the combinations that raise them, and the questions that these need."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from nutrients.models import Answer, Question, RedFlag, RedFlagRule

from .bench import bench
from .content import WRITING_RULE, ContentAdmin, ContentInline, FoldedInline, PublishableAdmin
from .content_forms import ContentForm
from .screens import fieldset

RULE = (
    "A rule raises its flag when every tick that it names is ticked, and so many of those under "
    "“some”. Of the answers named, one to each question is enough. A flag with several rules is "
    "raised by any one of them. Rules add urgency and never take it away."
)
ASKED = (
    "A question is asked only where a rule of a red flag names one of its answers and the reader "
    "ticked all else that the rule names. It may always be left open."
)
SOME = ("some_symptoms", "some_risk_factors", "some_other_causes")
TICKS = ("symptoms", "risk_factors", "other_causes", *SOME)
NAMED = (*TICKS, "answers")
NAMED_ROWS = (*TICKS, "answers__question")


class RuleForm(ContentForm):
    def clean(self) -> dict[str, Any]:
        """Refuse a rule that names no tick, because it would never raise its flag."""
        cleaned = super().clean()
        if not any(cleaned.get(name) for name in TICKS):
            self.add_error(None, "Name at least one tick: a rule without any raises nothing.")
        return cleaned


class RuleInline(FoldedInline):
    model = RedFlagRule
    form = RuleForm
    fields = ("slug", *NAMED, "at_least")
    classes = ()
    verbose_name_plural = "rules: which ticks raise it"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Fetch the questions too, which the names of answers include."""
        return super().get_queryset(request).prefetch_related("answers__question")


@admin.register(RedFlag)
class RedFlagAdmin(PublishableAdmin):
    prepopulated_fields = {"slug": ("sign",)}
    list_display = ("sign", "level", "is_asked", "state", "review")
    list_filter = ("level", "is_asked")
    search_fields = ("sign", "slug", "tick_label")
    inlines = (RuleInline,)
    row_views = {**PublishableAdmin.row_views, "bench": bench}
    fieldsets = (
        fieldset(
            None,
            "sign",
            "slug",
            "level",
            "why_it_matters",
            "action",
            "possible_causes",
            "related_symptoms",
            "only_for",
            "is_not_nutritional",
            "withheld_nutrients",
            "sources",
            description=WRITING_RULE,
        ),
        fieldset("In the checklist", "is_asked", "tick_label", "position", description=RULE),
    )


@admin.register(RedFlagRule)
class RedFlagRuleAdmin(ContentAdmin):
    form = RuleForm
    row_views = {"bench": bench}
    list_display = ("slug", "red_flag", "named")
    list_filter = ("red_flag__level",)
    search_fields = ("slug", "red_flag__sign", "symptoms__name", "risk_factors__name")
    fieldsets = (fieldset(None, "red_flag", "slug", *NAMED, "at_least", description=RULE),)

    def get_queryset(self, request: Any) -> Any:
        return super().get_queryset(request).prefetch_related(*NAMED_ROWS)

    @admin.display(description="Ticks")
    def named(self, obj: Any) -> str:
        return " + ".join(str(tick) for name in NAMED for tick in getattr(obj, name).all())


class AnswerInline(ContentInline, admin.TabularInline):
    model = Answer
    fields = ("label", "slug", "position")
    classes = ()


@admin.register(Question)
class QuestionAdmin(ContentAdmin):
    list_display = ("text", "slug", "why", "position")
    search_fields = ("text", "slug", "answers__label")
    inlines = (AnswerInline,)
    fieldsets = (
        fieldset(
            None,
            "text",
            "slug",
            "why",
            ("is_in_form", "position"),
            description=f"{ASKED} {WRITING_RULE}",
        ),
    )


@admin.register(Answer)
class AnswerAdmin(ContentAdmin):
    list_display = ("label", "question", "slug", "position")
    list_filter = ("question",)
    search_fields = ("label", "slug", "question__text")
    fieldsets = (fieldset(None, "question", "label", "slug", "position"),)
