"""Screens for sources."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest

from nutrients.models import Association, Nutrient, Source, Symptom

from .content import TEXT_AREAS, ContentAdmin, number_of
from .content_forms import ContentForm


class SourceForm(ContentForm):
    """A publication. Its title is quoted as it is, so its words are not ours to check."""

    fixed = ("slug",)
    quoted = frozenset({"title", "publisher", "url", "licence_note", "how_seen"})


@admin.register(Source)
class SourceAdmin(ContentAdmin):
    """Sources, with how much rests on each."""

    form = SourceForm
    formfield_overrides = {**TEXT_AREAS, models.URLField: {"assume_scheme": "https"}}
    slug_from = ("publisher", "title")
    list_display = ("title", "publisher", "kind", "read_form", "checked_on", "claims", "slug")
    list_filter = ("kind", "read_form", "checked_on")
    search_fields = ("slug", "title", "publisher", "url")
    date_hierarchy = "checked_on"
    fieldsets = (
        (
            None,
            {
                "fields": ("title", "publisher", "url", "kind", "slug"),
                "description": "One row a publication. Articles cite it by its slug: "
                "[@slug] after the full stop of the sentence that rests on it.",
            },
        ),
        (
            "How it was read",
            {"fields": ("read_form", "how_seen", "checked_on", "next_review_on", "licence_note")},
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """The sources with the number of nutrients, symptoms and associations on each."""
        sourced = (Nutrient, Symptom, Association)
        number = sum(number_of(model.sources.through, "source") for model in sourced)
        return super().get_queryset(request).annotate(claim_count=number)

    @admin.display(description="Claims that rest on it", ordering="claim_count")
    def claims(self, obj: Any) -> int:
        """How many nutrients, symptoms and associations name the source."""
        return obj.claim_count
