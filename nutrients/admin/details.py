"""Screens for the details of nutrients."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db import models

from nutrients import prose
from nutrients.models import NutrientDetail

from .articles import MARKDOWN
from .content import PUBLICATION, TEXT_AREAS, WRITING_RULE, FoldedInline, PublishableAdmin
from .content_forms import ContentForm
from .rows import fieldset


class DetailForm(ContentForm):
    def clean(self) -> dict[str, Any]:
        """Check that the text cites all of the chosen sources and no others."""
        cleaned = super().clean()
        body, sources = cleaned.get("body"), cleaned.get("sources")
        if body and sources is not None:
            slugs = {source.slug for source in sources}
            for error in prose.check_plain(body, sources=slugs):
                self.add_error("body", f"{error} Sources are chosen below the text.")
            if unused := sorted(slugs - set(prose.cited_slugs(body))):
                self.add_error("sources", f"The text does not cite “{unused[0]}”.")
        return cleaned


class DetailInline(FoldedInline):
    model = NutrientDetail
    form = DetailForm
    fields = ("topic", "body", "sources", ("status", "verification"))
    formfield_overrides = {**TEXT_AREAS, models.TextField: MARKDOWN}
    autocomplete_fields = ("sources",)
    joined = ("nutrient",)
    prefetched = ("sources",)


@admin.register(NutrientDetail)
class NutrientDetailAdmin(PublishableAdmin):
    form = DetailForm
    formfield_overrides = {**TEXT_AREAS, models.TextField: MARKDOWN}
    list_display = ("nutrient", "topic", "state", "review")
    list_display_links = ("nutrient", "topic")
    list_filter = (*PublishableAdmin.list_filter, "topic", "nutrient")
    list_select_related = ("nutrient",)
    search_fields = ("nutrient__name", "body")
    autocomplete_fields = ("nutrient", "sources")
    fieldsets = (
        fieldset(
            None,
            ("nutrient", "topic"),
            "body",
            "sources",
            description=(
                f"{WRITING_RULE} Markdown without blocks. Cite after the full stop: [@source-slug]."
            ),
        ),
        PUBLICATION,
    )
