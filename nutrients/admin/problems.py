"""The list of what the checks found. The next check takes off it what was put right."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html

from nutrients.models import KeptProblem


@admin.register(KeptProblem)
class ProblemAdmin(admin.ModelAdmin):
    """Problems that checks found, to be read, each with a link to its row."""

    list_display = ("reason", "where", "kind", "found_at")
    list_display_links = None
    list_filter = ("kind", "model")
    search_fields = ("row", "reason")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description="Row", ordering="row")
    def where(self, obj: KeptProblem) -> str:
        if obj.row_id is None:
            return obj.row
        try:
            name = f"admin:{obj.model.replace('.', '_')}_change"
            return format_html('<a href="{}">{}</a>', reverse(name, args=[obj.row_id]), obj.row)
        except NoReverseMatch:
            return obj.row
