"""Screens for reference intakes."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from django.contrib import admin

from nutrients.models import ReferenceIntake

from .content import PUBLICATION, ListedInline, PublishableAdmin, StateFilter
from .content_forms import ContentForm
from .guard import GuardedAdmin

STAGES = (
    "Ages in whole years, both included: 19-30, 71-plus or children-1-3; infants-7-12-months in "
    "months."
)
AGES = re.compile(
    r"(?P<infants>infants-)?(?:children-)?(?P<first>\d{1,3})"
    r"-(?:plus|(?P<last>\d{1,3})(?P<months>-months)?)"
)


class IntakeForm(ContentForm):
    """The intake of one nutrient at one life stage, whose ages say which years it is for."""

    fixed = ("nutrient", "life_stage", "sex", "life_status", "authority")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "age_from" in self.fields:
            self.fields["age_from"].required = False
        if not self.instance.pk and "life_stage" in self.fields:
            self.fields["life_stage"].help_text = STAGES

    def clean(self) -> dict[str, Any]:
        """Fill in the years and the words of the ages, where they were left empty."""
        cleaned = super().clean()
        if self.instance.pk or cleaned.get("age_from") is not None:
            return cleaned
        found = AGES.fullmatch(cleaned.get("life_stage", ""))
        if found is None or bool(found["infants"]) != bool(found["months"]):
            self.add_error("life_stage", STAGES)
            return cleaned
        for name, value in _ages(found).items():
            if name in self.fields and cleaned.get(name) in (None, ""):
                cleaned[name] = value
            elif name not in self.fields:
                setattr(self.instance, name, value)
        return cleaned


def _ages(found: re.Match[str]) -> dict[str, Any]:
    """The years of a life stage such as "19-30", its end exclusive, and its words."""
    first = int(found["first"])
    if found["last"] is None:
        words = f"{first} years and over"
        return {"age_from": Decimal(first), "age_below": None, "life_stage_label": words}
    last, unit = int(found["last"]), "months" if found["months"] else "years"
    years = (Decimal(first), Decimal(last + 1))
    if found["months"]:
        years = (Decimal(max(first - 1, 0)) / 12, Decimal(last) / 12)
    age_from, age_below = (age.quantize(Decimal("0.01")) for age in years)
    label = f"{first} to {last} {unit}"
    return {"age_from": age_from, "age_below": age_below, "life_stage_label": label}


class IntakeInline(ListedInline, admin.TabularInline):
    """Intakes under their nutrient; the rest of each is behind its Change link."""

    model = ReferenceIntake
    form = IntakeForm
    fields = (
        "authority",
        "life_stage",
        "sex",
        "life_status",
        "reference_type",
        "amount",
        "upper_limit",
        "upper_limit_unit",
        "upper_limit_status",
        "upper_limit_kind",
    )
    joined = ("nutrient",)
    verbose_name_plural = "reference intakes by life stage"

    def told(self, row: Any) -> str:
        """The need, and the limit if the row sets one."""
        need = row.amount_words
        if row.amount is not None:
            need = f"{row.amount.normalize():f} {row.nutrient.get_unit_display()}"
        told = [f"{row.reference_type} {need}"] if row.reference_type else []
        if row.upper_limit is not None:
            told.append(f"limit {row.upper_limit.normalize():f} {row.upper_limit_unit}")
        return ", ".join(told)


@admin.register(ReferenceIntake)
class ReferenceIntakeAdmin(GuardedAdmin, PublishableAdmin):
    """How much of each nutrient a day, by life stage."""

    form = IntakeForm
    list_display = (
        "nutrient",
        "authority",
        "people",
        "reference_type",
        "amount",
        "upper_limit",
        "state",
    )
    list_display_links = ("nutrient", "people")
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

    @admin.display(description="Life stage", ordering="age_from")
    def people(self, obj: ReferenceIntake) -> str:
        return obj.people
