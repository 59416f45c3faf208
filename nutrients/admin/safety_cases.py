"""Screens for the public test book."""

from typing import Any

from django.contrib import admin

from nutrients.models import SafetyCase, Status

from .content import ContentAdmin
from .content_forms import ContentForm
from .screens import fieldset

CASE = (
    "What a reader might tick, and what the answer must be. A published case is run at once and at "
    "every later change: a change that breaks it is shown before it is saved. Readers see it on "
    "the page on safety."
)
TICKED = ("symptoms", "risk_factors", "other_causes", "red_flags", "answers")
EXPECTED = ("must_warn", "must_suggest", "must_not_suggest")


class SafetyCaseForm(ContentForm):
    def clean(self) -> dict[str, Any]:
        """Refuse a red flag that has no tick of its own, because a case could not tick it."""
        cleaned = super().clean()
        for flag in cleaned.get("red_flags") or ():
            if not flag.is_asked:
                self.add_error("red_flags", f"“{flag}” has no tick of its own.")
        return cleaned


@admin.register(SafetyCase)
class SafetyCaseAdmin(ContentAdmin):
    form = SafetyCaseForm
    prepopulated_fields = {"slug": ("title",)}
    list_display = ("title", "group", "level", "status")
    list_filter = ("group", "level", "status")
    search_fields = ("title", "slug", "why")
    fieldsets = (
        fieldset(None, "title", "slug", "why", "group", "position", description=CASE),
        fieldset("What is ticked", *TICKED),
        fieldset("What the answer must be", "level", *EXPECTED, "must_show", "must_not_show"),
        fieldset("Publication", "status"),
    )

    def get_view_on_site_url(self, obj: Any = None) -> str | None:
        """Link to the case on the public page if it is published there."""
        is_public = obj is not None and obj.status == Status.PUBLISHED
        return super().get_view_on_site_url(obj) if is_public else None
