"""The screen of synonyms: words that readers type, and what they mean on this site."""

from django.contrib import admin

from nutrients.models import Synonym

from .content import ContentAdmin
from .screens import fieldset


@admin.register(Synonym)
class SynonymAdmin(ContentAdmin):
    prepopulated_fields = {"slug": ("means",)}
    list_display = ("words", "means")
    search_fields = ("words", "means", "slug")
    fieldsets = (
        fieldset(
            None,
            "words",
            "means",
            "slug",
            description=(
                "A search for what readers type finds what our words find as well. "
                "Other names of one symptom or one nutrient belong on its own form."
            ),
        ),
    )
