"""Screens for associations: the evidence between a nutrient and a symptom."""

from typing import Any

from django.contrib import admin

from nutrients.models import VERB_AGAINST, Association, Evidence

from .content import WRITING_RULE, FoldedInline, ListedInline, PublishableAdmin
from .screens import fieldset

GRADES = " ".join(
    (
        "The grade chooses the verb that readers see.",
        *(f"{grade.value.capitalize()}: “{grade.verb}”." for grade in Evidence),
        f"Evidence against: “{VERB_AGAINST}”.",
    )
)
REST = (("typicality", "evidence"), "evidence_why", "note", "sources", ("status", "verification"))


class AssociationInline(ListedInline, FoldedInline):
    model = Association
    verbose_name_plural = "associations: what too little or too much does"

    def summarize(self, row: Any) -> str:
        evidence = "Evidence against" if row.is_against else row.get_evidence_display()
        return f"{evidence}, {row.get_typicality_display().lower()}"


class NutrientAssociationInline(AssociationInline):
    fields = (("symptom", "relation", "is_against"), *REST)


class SymptomAssociationInline(AssociationInline):
    fields = (("nutrient", "relation", "is_against"), *REST)


@admin.register(Association)
class AssociationAdmin(PublishableAdmin):
    list_display = ("claim_made", "typicality", "evidence", "state", "review")
    list_filter = ("relation", "evidence", "typicality", "is_against", "nutrient")
    list_select_related = ("nutrient", "symptom")
    search_fields = ("nutrient__name", "symptom__name", "symptom__clinical_term", "note")
    readonly_fields = (*PublishableAdmin.readonly_fields, "claim_made")
    fieldsets = (
        fieldset(
            None,
            ("nutrient", "symptom"),
            ("relation", "is_against"),
            "people",
            "claim_made",
            description=WRITING_RULE,
        ),
        fieldset(
            "Evidence",
            ("typicality", "evidence"),
            "evidence_why",
            "note",
            "sources",
            description=GRADES,
        ),
    )

    @admin.display(description="What readers see")
    def claim_made(self, obj: Any) -> str:
        return obj.claim if obj.pk else "The sentence shows here once the row is saved."
