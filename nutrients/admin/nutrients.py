"""Screens for nutrients and their details."""

from typing import Any

from django.contrib import admin

from nutrients import prose
from nutrients.models import Nutrient, NutrientDetail

from .articles import MARKDOWN_FIELDS
from .associations import NutrientAssociationInline
from .content import WRITING_RULE, FoldedInline, PublishableAdmin
from .content_forms import ContentForm
from .foods import NutrientAmountInline
from .intakes import IntakeInline
from .screens import fieldset


class DetailForm(ContentForm):
    def clean(self) -> dict[str, Any]:
        """Check that the text cites all of the chosen sources and no others."""
        cleaned = super().clean()
        body, sources = cleaned.get("body"), cleaned.get("sources")
        if body and sources is not None:
            slugs = {source.slug for source in sources}
            for error in prose.check_plain(body, sources=slugs):
                self.add_error("body", f"{error} Choose the sources that the text cites below it.")
            if unused := sorted(slugs - set(prose.cited_slugs(body))):
                self.add_error("sources", f"The text does not cite “{unused[0]}”.")
        return cleaned


class DetailInline(FoldedInline):
    model = NutrientDetail
    form = DetailForm
    fields = ("topic", "body", "sources", ("status", "verification"))
    formfield_overrides = MARKDOWN_FIELDS


@admin.register(Nutrient)
class NutrientAdmin(PublishableAdmin):
    prepopulated_fields = {"slug": ("name",)}
    list_display = ("name", "kind", "is_featured", "daily", "state", "review")
    list_filter = ("kind", "is_featured")
    search_fields = ("name", "slug", "also_known_as")
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
    )

    @admin.display(description="Daily value", ordering="daily_value")
    def daily(self, obj: Nutrient) -> str:
        return f"{obj.daily_value.normalize():f} {obj.unit}"


@admin.register(NutrientDetail)
class NutrientDetailAdmin(PublishableAdmin):
    form = DetailForm
    formfield_overrides = MARKDOWN_FIELDS
    list_display = ("nutrient", "topic", "state", "review")
    list_display_links = ("nutrient", "topic")
    list_filter = ("topic", "nutrient")
    search_fields = ("nutrient__name", "body")
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
    )
