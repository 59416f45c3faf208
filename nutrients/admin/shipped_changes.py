"""The screen on which editors settle the changes of a release that they made differently here."""

from typing import Any

from django.contrib import admin
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from nutrients.content.merging import NEVER_SHIPPED, REASON, shipped_value
from nutrients.models import ShippedChange
from nutrients.proposals.rows import values_of

from .differences import format_value
from .proposing import propose_changes
from .screens import FixedRowsAdmin, TableFilter, fieldset, row_link

ABOUT = (
    "A newer release of the site brought other content for this row, and it was not written over "
    "what stands here. Compare the two, then choose. What you propose is on the site once the "
    "proposal is published; if you drop it, what stands here stays. To write a third wording, keep "
    "what stands here and edit the row."
)
NOTHING = "Nothing"


@admin.register(ShippedChange)
class ShippedChangeAdmin(FixedRowsAdmin):
    """Changes to settle, which are deleted once settled and never added by hand."""

    change_form_template = "admin/nutrients/shipped_change.html"
    list_display = ("__str__", "reason", "noticed_at")
    list_filter = (TableFilter,)
    search_fields = ("natural_key", "field")
    actions = ("keep", "take")
    readonly_fields = ("row", "reason", "shipped_before", "here", "shipped")
    fieldsets = (
        fieldset(None, "row", "reason", description=ABOUT),
        fieldset("Compare", "shipped_before", "here", "shipped"),
    )

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return super().changelist_view(request, {"title": "Changes to settle"})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        return super().change_view(request, object_id, form_url, {"title": "Settle a change"})

    @admin.display(description="Row")
    def row(self, obj: ShippedChange) -> SafeString | str:
        row = obj.live_row()
        return row_link(obj.table, row.pk, row) if row else "It was deleted here."

    @admin.display(description="Came with the site before")
    def shipped_before(self, obj: ShippedChange) -> SafeString | str:
        return _show(obj, obj.before) if obj.field else str(obj)

    @admin.display(description="Stands here")
    def here(self, obj: ShippedChange) -> SafeString | str:
        row = obj.live_row()
        return _show(obj, values_of(row)) if row and obj.field else str(row or NOTHING)

    @admin.display(description="Comes with the site now")
    def shipped(self, obj: ShippedChange) -> SafeString | str:
        return _show(obj, obj.theirs)

    @admin.action(description="Keep what stands here", permissions=["change"])
    def keep(self, request: HttpRequest, queryset: QuerySet[ShippedChange]) -> None:
        """Leave the rows as they are. The same shipped values are not offered again."""
        count, _ = queryset.delete()
        self.message_user(request, f"Settled: {count}.")

    @admin.action(description="Propose what comes with the site", permissions=["change"])
    def take(self, request: HttpRequest, queryset: QuerySet[ShippedChange]) -> HttpResponse | None:
        """Put the shipped values, or the deletion of rows no longer shipped, into a proposal."""
        changes = {change: row for change in queryset if (row := change.live_row())}
        if not changes:
            self.message_user(request, "These rows were deleted here: nothing can be taken.")
            return None
        with transaction.atomic():
            values = [(row, _proposed(change)) for change, row in changes.items()]
            queryset.filter(pk__in=[change.pk for change in changes]).delete()
            return propose_changes(request, REASON, values)


def _proposed(change: ShippedChange) -> dict[str, Any] | None:
    """Return the shipped value by field, or None to delete a row that is no longer shipped."""
    if not change.field:
        return None
    field = change.table._meta.get_field(change.field)
    return change.theirs or {field.name: [] if field.many_to_many else field.get_default()}


def _show(change: ShippedChange, values: dict[str, Any] | None) -> SafeString | str:
    """Return the value of the field in a row as text; for a whole row, that there is none."""
    if not change.field:
        return NOTHING
    field = change.table._meta.get_field(change.field)
    value = shipped_value(field, values)
    is_new = value is NEVER_SHIPPED
    text = "It did not come with the site" if is_new else format_value(field, value) or NOTHING
    return format_html('<div class="as-it-is">{}</div>', text)
