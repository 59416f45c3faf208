"""Screens for the questions of the checklist and their answers."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from nutrients.models import Answer, Question

from .content import WRITING_RULE, ContentAdmin, ContentInline, number_of
from .guard import GuardedAdmin

ASKED = (
    "A question is asked only where a rule of a red flag names one of its answers and the reader "
    "ticked all else that the rule names. It may always be left open."
)


class AnswerInline(ContentInline, admin.TabularInline):
    model = Answer
    fields = ("label", "slug", "position")
    classes = ()
    joined = ("question",)


@admin.register(Question)
class QuestionAdmin(GuardedAdmin, ContentAdmin):
    list_display = ("text", "slug", "why", "position", "answer_total")
    search_fields = ("text", "slug", "answers__label")
    inlines = (AnswerInline,)
    fieldsets = (
        (
            None,
            {
                "fields": ("text", "slug", "why", ("is_in_form", "position")),
                "description": f"{ASKED} {WRITING_RULE}",
            },
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).annotate(answer_count=number_of(Answer, "question"))

    @admin.display(description="Answers", ordering="answer_count")
    def answer_total(self, obj: Any) -> int:
        return obj.answer_count


@admin.register(Answer)
class AnswerAdmin(GuardedAdmin, ContentAdmin):
    list_display = ("label", "question", "slug", "position")
    list_filter = ("question",)
    list_select_related = ("question",)
    search_fields = ("label", "slug", "question__text")
    autocomplete_fields = ("question",)
    fieldsets = ((None, {"fields": ("question", "label", "slug", "position")}),)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("question")
