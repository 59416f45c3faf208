"""Screens for foods, their groups and the amounts in them."""

from typing import Any

from django.contrib import admin
from django.utils.formats import number_format

from nutrients.models import Allergen, Diet, FoodGroup, FoodPortion, FoodSource, NutrientAmount

from .content import WRITING_RULE, ContentAdmin, ContentInline, ListedInline, PublishableAdmin
from .content_forms import ContentForm
from .screens import fieldset


class FoodForm(ContentForm):
    def clean_usda_ndb_number(self) -> str:
        """Restore the leading zero that spreadsheets drop."""
        number: str = self.cleaned_data["usda_ndb_number"]
        return number.zfill(5) if len(number) == 4 else number


class PortionInline(ContentInline, admin.TabularInline):
    model = FoodPortion
    fields = ("description", "grams")
    verbose_name_plural = "household measures"


class AmountInline(ContentInline, admin.TabularInline):
    model = NutrientAmount
    readonly_fields = ("unit",)

    @admin.display(description="Unit")
    def unit(self, obj: Any) -> str:
        return obj.nutrient.get_unit_display() if obj.pk else ""


class FoodAmountInline(AmountInline):
    fields = ("nutrient", "per_100g", "unit", "source")
    verbose_name_plural = "amounts in 100 g"


class NutrientAmountInline(ListedInline, AmountInline):
    fields = ("food", "per_100g", "unit", "source")
    max_rows = 20
    ordering = ("-per_100g", "food__name")
    verbose_name_plural = f"amounts in 100 g: the {max_rows} richest foods"

    def summarize(self, row: Any) -> str:
        return f"{row.per_100g.normalize():f} {row.nutrient.get_unit_display()}"


@admin.register(FoodSource)
class FoodSourceAdmin(PublishableAdmin):
    """Foods, and sunlight."""

    form = FoodForm
    prepopulated_fields = {"slug": ("name",)}
    list_display = ("name", "group", "serving", "state", "review")
    list_filter = ("is_curated", "not_suggested_to", "group", *Diet.values, *Allergen.values)
    search_fields = ("name", "slug", "usda_description", "usda_ndb_number")
    inlines = (FoodAmountInline, PortionInline)
    fieldsets = (
        fieldset(
            None,
            "name",
            "slug",
            ("group", "is_food", "is_curated"),
            ("serving_description", "serving_grams"),
            "energy_kcal",
            "note",
            "not_suggested_to",
            "sources",
            description=WRITING_RULE,
        ),
        fieldset(
            "Diets and allergens",
            tuple(Diet.values),
            tuple(Allergen.values),
            description=(
                "For the plain food. Choose “Unknown” where you do not know: "
                "the site then says that labels decide."
            ),
        ),
        fieldset(
            "US food database", ("usda_ndb_number", "usda_fdc_id"), "usda_description", folded=True
        ),
        fieldset("Nutrients without an amount", "unmeasured_nutrients", folded=True),
    )

    @admin.display(description="Serving", ordering="serving_grams")
    def serving(self, obj: Any) -> str:
        if obj.serving_grams is None:
            return obj.serving_description
        return f"{obj.serving_description} ({number_format(obj.serving_grams.normalize())} g)"


@admin.register(NutrientAmount)
class NutrientAmountAdmin(ContentAdmin):
    list_display = ("food", "nutrient", "per_100g", "unit", "source")
    list_display_links = ("food", "nutrient")
    list_filter = ("nutrient", "source")
    search_fields = ("food__name", "nutrient__name")
    fields = (("food", "nutrient"), "per_100g", "source")

    @admin.display(description="Unit")
    def unit(self, obj: Any) -> str:
        return obj.nutrient.get_unit_display()


@admin.register(FoodGroup)
class FoodGroupAdmin(ContentAdmin):
    prepopulated_fields = {"slug": ("name",)}
    list_display = ("name", "position")
    search_fields = ("name",)
    fields = (("name", "position"), "slug")


@admin.register(FoodPortion)
class FoodPortionAdmin(ContentAdmin):
    list_display = ("food", "description", "grams")
    list_display_links = ("food", "description")
    search_fields = ("food__name", "description")
    fields = ("food", ("description", "grams"))
