"""The screen of notes for readers: to correct their wording, and to add one on any page."""

from __future__ import annotations

from django.contrib import admin

from nutrients.models import ChangeNote

from .content import WRITING_RULE, ContentAdmin
from .content_forms import ContentForm


class ChangeNoteForm(ContentForm):
    # Its address and its moment can be corrected.
    fixed = ()


@admin.register(ChangeNote)
class ChangeNoteAdmin(ContentAdmin):
    """Notes that were kept with an edit, and notes on what has no form of its own."""

    form = ChangeNoteForm
    list_display = ("title", "kind", "made_at", "text")
    list_filter = ("kind",)
    date_hierarchy = "made_at"
    search_fields = ("title", "text", "address")
    fieldsets = (
        (
            None,
            {
                "fields": (("kind", "made_at"), "title", "address", "text"),
                "description": f"{WRITING_RULE} Readers see notes, and not who made them. "
                "The form of a row offers a note by itself: add one here for a page without a "
                "form, or for a page that is gone.",
            },
        ),
    )
