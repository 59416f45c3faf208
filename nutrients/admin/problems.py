"""The list of what the checks found. The next check takes off it what was put right."""

from __future__ import annotations

from django.contrib import admin
from django.urls import NoReverseMatch
from django.utils.html import format_html

from nutrients.models import KeptProblem
from nutrisite.accounts.admin_site import ReadOnlyAdmin, change_address


@admin.register(KeptProblem)
class ProblemAdmin(ReadOnlyAdmin):
    list_display = ("reason", "where", "kind", "found_at")
    list_display_links = None
    list_filter = ("kind", "model")
    search_fields = ("row", "reason")

    @admin.display(description="Row", ordering="row")
    def where(self, obj: KeptProblem) -> str:
        if obj.row_id is None:
            return obj.row
        try:
            address = change_address(obj.model, obj.row_id)
            return format_html('<a href="{}">{}</a>', address, obj.row)
        except NoReverseMatch:
            return obj.row
