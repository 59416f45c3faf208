"""Screens for reference intakes."""

import re
from decimal import Decimal
from typing import Any

from django.contrib import admin

from nutrients.models import ReferenceIntake

from .content import ListedInline, PublishableAdmin
from .content_forms import ContentForm
from .screens import fieldset

STAGES = (
    "Ages in whole years, both included: 19-30, 71-plus or children-1-3; infants-7-12-months in "
    "months."
)
AGES = re.compile(
    r"(?P<infants>infants-)?(?:children-)?(?P<first>\d{1,2})"
    r"-(?:plus|(?P<last>\d{1,2})(?P<months>-months)?)"
)


class IntakeForm(ContentForm):
    """The form of an intake, which derives the ages from the life stage."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "age_from" in self.fields:
            self.fields["age_from"].required = bool(self.instance.pk)
        if not self.instance.pk and "life_stage" in self.fields:
            self.fields["life_stage"].help_text = STAGES

    def clean(self) -> dict[str, Any]:
        """Derive the ages and their words from the life stage, unless an editor gave them."""
        cleaned = super().clean()
        if self.instance.pk or cleaned.get("age_from") is not None:
            return cleaned
        match = AGES.fullmatch(cleaned.get("life_stage", ""))
        if match is None or bool(match["infants"]) != bool(match["months"]):
            self.add_error("life_stage", STAGES)
            return cleaned
        for name, value in _ages(match).items():
            if name in self.fields and cleaned.get(name) in (None, ""):
                cleaned[name] = value
            elif name not in self.fields:
                setattr(self.instance, name, value)
        return cleaned


def _ages(match: re.Match[str]) -> dict[str, Any]:
    """Return the years of a life stage such as "19-30", its end exclusive, and its words."""
    first = int(match["first"])
    if match["last"] is None:
        words = f"{first} years and over"
        return {"age_from": Decimal(first), "age_below": None, "life_stage_label": words}
    last, unit = int(match["last"]), "months" if match["months"] else "years"
    years = (Decimal(first), Decimal(last + 1))
    if match["months"]:
        years = (Decimal(max(first - 1, 0)) / 12, Decimal(last) / 12)
    age_from, age_below = (age.quantize(Decimal("0.01")) for age in years)
    label = f"{first} to {last} {unit}"
    return {"age_from": age_from, "age_below": age_below, "life_stage_label": label}


class IntakeInline(ListedInline, admin.TabularInline):
    """Intakes under their nutrient, with the fields that fit into a table."""

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
    verbose_name_plural = "reference intakes by life stage"

    def summarize(self, row: Any) -> str:
        """Return the need, and the limit if there is one."""
        need = row.amount_words
        if row.amount is not None:
            need = f"{row.amount.normalize():f} {row.nutrient.get_unit_display()}"
        parts = [f"{row.reference_type} {need}"] if row.reference_type else []
        if row.upper_limit is not None:
            parts.append(f"limit {row.upper_limit.normalize():f} {row.upper_limit_unit}")
        return ", ".join(parts)


@admin.register(ReferenceIntake)
class ReferenceIntakeAdmin(PublishableAdmin):
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
        "authority",
        "nutrient",
        "reference_type",
        "sex",
        "life_status",
        "upper_limit_status",
    )
    search_fields = ("nutrient__name", "life_stage_label", "life_stage")
    fieldsets = (
        fieldset(
            "Who it is for",
            ("nutrient", "authority"),
            ("life_stage", "life_stage_label"),
            ("age_from", "age_below"),
            ("sex", "life_status"),
        ),
        fieldset(
            "How much a day",
            ("reference_type", "amount", "amount_words"),
            ("upper_limit_status", "upper_limit", "upper_limit_unit", "upper_limit_kind"),
            "upper_limit_applies_to",
            "chronic_disease_limit_mg",
            "note",
            "sources",
            description=(
                "Copy the figure and its unit from the source. Kinds of figures are "
                "kept apart; never work one out from another. An LRNI is no need and is not shown."
            ),
        ),
    )

    @admin.display(description="Life stage", ordering="age_from")
    def people(self, obj: ReferenceIntake) -> str:
        return obj.people
