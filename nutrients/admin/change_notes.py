"""The screen of notes for readers, to reword them and to add some on pages without a form."""

from django.contrib import admin

from nutrients.models import ChangeNote

from .content import WRITING_RULE, ContentAdmin
from .screens import fieldset


@admin.register(ChangeNote)
class ChangeNoteAdmin(ContentAdmin):
    list_display = ("title", "kind", "created_at", "text")
    list_filter = ("kind",)
    search_fields = ("title", "text", "address")
    fieldsets = (
        fieldset(
            None,
            ("kind", "created_at"),
            "title",
            "address",
            "text",
            description=(
                f"{WRITING_RULE} Readers see notes, and not who made them. "
                "The form of a row with a page offers a note. Add one here only for a page without "
                "a form, or for a page that is gone."
            ),
        ),
    )
