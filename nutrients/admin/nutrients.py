"""Screens for nutrients."""

from __future__ import annotations

from django.contrib import admin

from nutrients.models import Nutrient

from .associations import NutrientAssociationInline
from .content import PUBLICATION, WRITING_RULE, PublishableAdmin
from .details import DetailInline
from .foods import NutrientAmountInline
from .intakes import IntakeInline
from .rows import fieldset


@admin.register(Nutrient)
class NutrientAdmin(PublishableAdmin):
    slug_from = ("name",)
    list_display = ("name", "kind", "is_featured", "daily", "state", "review")
    list_filter = (*PublishableAdmin.list_filter, "kind", "is_featured")
    search_fields = ("name", "slug", "also_known_as")
    autocomplete_fields = ("how_common_source", "sources")
    inlines = (DetailInline, NutrientAssociationInline, IntakeInline, NutrientAmountInline)
    fieldsets = (
        fieldset(
            None,
            ("name", "symbol"),
            "slug",
            ("kind", "is_electrolyte"),
            "also_known_as",
            "tagline",
            "job",
            "figure",
            "sources",
            description=WRITING_RULE,
        ),
        fieldset(
            "Too little",
            ("low_phrase", "deficiency_name"),
            "why_low_matters",
            "usual_causes_of_low",
            ("how_common", "how_common_source"),
            "how_common_why",
            "test_used",
        ),
        fieldset("Too much", ("high_phrase", "excess_name"), "excess_signs"),
        fieldset(
            "Label values and upper limit",
            ("unit", "daily_value", "reference_value"),
            ("upper_limit", "upper_limit_unit"),
            "upper_limit_note",
            description=(
                "Copy figures and units from the source. "
                "Every amount of this nutrient on the site is in its one unit."
            ),
        ),
        fieldset("Foods in a few words", "food_summary"),
        fieldset("Where it shows", ("accent", "position"), "is_featured", folded=True),
        PUBLICATION,
    )

    @admin.display(description="Daily value", ordering="daily_value")
    def daily(self, obj: Nutrient) -> str:
        return "–" if obj.daily_value is None else f"{obj.daily_value.normalize():f} {obj.unit}"
