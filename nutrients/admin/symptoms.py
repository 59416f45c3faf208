"""Screens for symptoms."""

from django.contrib import admin

from nutrients.models import Symptom

from .associations import SymptomAssociationInline
from .content import WRITING_RULE, PublishableAdmin
from .screens import fieldset


@admin.register(Symptom)
class SymptomAdmin(PublishableAdmin):
    prepopulated_fields = {"slug": ("name",)}
    list_display = ("name", "clinical_term", "body_area", "urgency", "state", "review")
    list_filter = ("body_area", "urgency", "is_noticeable")
    search_fields = ("name", "clinical_term", "also_known_as", "slug")
    inlines = (SymptomAssociationInline,)
    fieldsets = (
        fieldset(
            None,
            ("name", "clinical_term"),
            "sentence_name",
            "slug",
            "also_known_as",
            "description",
            ("body_area", "urgency"),
            "help_note",
            "self_care",
            "figure",
            "sources",
            description=WRITING_RULE,
        ),
        fieldset("Where it shows", ("is_noticeable", "is_common"), "position", folded=True),
    )
