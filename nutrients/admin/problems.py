"""The list of what the checks found. The next check takes off it what was put right."""

from __future__ import annotations

from django.contrib import admin

from nutrients.models import KeptProblem
from nutrisite.accounts.admin_site import ReadOnlyAdmin, row_link


@admin.register(KeptProblem)
class ProblemAdmin(ReadOnlyAdmin):
    list_display = ("reason", "where", "kind", "found_at")
    list_display_links = None
    list_filter = ("kind", "model")
    search_fields = ("row", "reason")

    @admin.display(description="Row", ordering="row")
    def where(self, obj: KeptProblem) -> str:
        return row_link(obj.model, obj.row_id, obj.row) if obj.row_id else obj.row
