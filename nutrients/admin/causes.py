"""Screens for risk factors, interactions, and causes that are not nutrients."""

from typing import Any

from django.contrib import admin

from nutrients.models import Interaction, OtherCause, RiskEffect, RiskFactor

from .content import WRITING_RULE, ContentInline, PublishableAdmin
from .content_forms import ContentForm
from .screens import fieldset


class RiskFactorForm(ContentForm):
    def clean(self) -> dict[str, Any]:
        """Refuse the slug of a cause that the checklist asks: their ticks would be the same."""
        cleaned = super().clean()
        slug = cleaned.get("slug") or self.instance.slug
        if OtherCause.objects.filter(slug=slug, is_asked=True).exists():
            self.add_error(
                "slug" if "slug" in self.fields else None,
                "A cause that the checklist asks has this slug, so the ticks could not be told "
                "apart. Name this one otherwise, or ask for the cause no more.",
            )
        return cleaned


class OtherCauseForm(ContentForm):
    def clean(self) -> dict[str, Any]:
        """Refuse to ask for a cause with a risk factor’s slug: their ticks would be the same."""
        cleaned = super().clean()
        slug = cleaned.get("slug") or self.instance.slug
        if cleaned.get("is_asked") and RiskFactor.objects.filter(slug=slug).exists():
            self.add_error(
                "is_asked",
                "A risk factor has this slug, so the checklist could not tell the ticks apart. "
                "Name the risk factor below instead.",
            )
        return cleaned


class RiskEffectInline(ContentInline, admin.TabularInline):
    model = RiskEffect
    fields = ("nutrient", "direction", "strength", "reason")
    classes = ()


@admin.register(RiskFactor)
class RiskFactorAdmin(PublishableAdmin):
    form = RiskFactorForm
    prepopulated_fields = {"slug": ("name",)}
    list_display = ("name", "kind", "is_common", "state", "review")
    list_filter = ("kind", "is_common", "effects__nutrient")
    search_fields = ("name", "slug", "mechanism")
    inlines = (RiskEffectInline,)
    fieldsets = (
        fieldset(
            None,
            ("name", "kind"),
            "slug",
            "mechanism",
            "what_to_do",
            "sources",
            description=(
                f"{WRITING_RULE} The site adds “Do not stop a prescribed medicine” to every "
                "medicine."
            ),
        ),
        fieldset(
            "In the checklist",
            ("diet", "population_group"),
            "has_own_food_advice",
            ("is_common", "position"),
        ),
    )


@admin.register(OtherCause)
class OtherCauseAdmin(PublishableAdmin):
    form = OtherCauseForm
    prepopulated_fields = {"slug": ("name",)}
    list_display = ("name", "kind", "is_common", "is_asked", "state", "review")
    list_filter = ("kind", "is_common", "is_asked")
    search_fields = ("name", "slug", "mechanism")
    fieldsets = (
        fieldset(
            None,
            ("name", "kind"),
            "slug",
            "symptoms",
            "mechanism",
            "what_helps",
            "when_to_seek_care",
            "evidence",
            "sources",
            description=WRITING_RULE,
        ),
        fieldset(
            "In the checklist",
            ("is_common", "is_asked", "only_if_ticked"),
            "risk_factors",
            "not_with_symptoms",
            "position",
        ),
    )


@admin.register(Interaction)
class InteractionAdmin(PublishableAdmin):
    prepopulated_fields = {"slug": ("item_a", "item_b")}
    list_display = ("item_a", "item_b", "kind", "severity", "state", "review")
    list_display_links = ("item_a", "item_b")
    list_filter = ("kind", "severity", "nutrients")
    search_fields = ("item_a", "item_b", "slug", "effect")
    fieldsets = (
        fieldset(
            None,
            ("item_a", "item_b"),
            "slug",
            ("kind", "severity"),
            "nutrients",
            "effect",
            "advice",
            "sources",
            description=WRITING_RULE,
        ),
        fieldset("In the checklist", "risk_factors"),
    )
