"""Screens for reference intakes."""

from __future__ import annotations

from typing import Any

from django.contrib import admin

from nutrients.models import ReferenceIntake

from .content import PUBLICATION, ContentInline, PublishableAdmin, StateFilter
from .content_forms import ContentForm
from .guard import GuardedAdmin


class IntakeForm(ContentForm):
    """The intake of one nutrient at one life stage."""

    fixed = ("nutrient", "life_stage", "sex", "life_status", "authority")


class IntakeInline(ContentInline, admin.TabularInline):
    """Intakes under their nutrient; the rest of each is behind its Change link."""

    model = ReferenceIntake
    form = IntakeForm
    fields = (
        "reference_type",
        "amount",
        "upper_limit",
        "upper_limit_unit",
        "upper_limit_status",
        "upper_limit_kind",
    )
    along = ("nutrient",)
    verbose_name_plural = "reference intakes by life stage"

    def has_add_permission(self, request: Any, obj: Any = None) -> bool:
        """New intakes need more fields than a line has room for: they have their own screen."""
        return False


@admin.register(ReferenceIntake)
class ReferenceIntakeAdmin(GuardedAdmin, PublishableAdmin):
    """How much of each nutrient a day, by life stage."""

    form = IntakeForm
    list_display = (
        "nutrient",
        "authority",
        "life_stage_label",
        "sex",
        "life_status",
        "reference_type",
        "amount",
        "upper_limit",
        "upper_limit_status",
        "state",
    )
    list_display_links = ("nutrient", "life_stage_label")
    list_filter = (
        StateFilter,
        "authority",
        "nutrient",
        "reference_type",
        "sex",
        "life_status",
        "upper_limit_status",
    )
    list_select_related = ("nutrient",)
    search_fields = ("nutrient__name", "life_stage_label", "life_stage")
    autocomplete_fields = ("nutrient", "sources")
    fieldsets = (
        (
            "Who it is for",
            {
                "fields": (
                    ("nutrient", "authority"),
                    ("life_stage", "life_stage_label"),
                    ("age_from", "age_below"),
                    ("sex", "life_status"),
                )
            },
        ),
        (
            "How much a day",
            {
                "fields": (
                    ("reference_type", "amount", "amount_words"),
                    ("upper_limit_status", "upper_limit", "upper_limit_unit", "upper_limit_kind"),
                    "upper_limit_applies_to",
                    "chronic_disease_limit_mg",
                    "note",
                    "sources",
                ),
                "description": "Copy the figure and its unit from the source. Kinds of figures are "
                "kept apart; never work one out from another. An LRNI is no need and is not shown.",
            },
        ),
        PUBLICATION,
    )
