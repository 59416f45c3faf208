"""Taking a page off the site: a reason, and a redirect or words for readers at its address."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.admin.widgets import AdminTextInputWidget
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import timezone
from reversion import set_comment
from reversion.admin import VersionAdmin

from nutrients.content.removed import has_page, redirect_pages
from nutrients.models import Redirect, Status

from .content_forms import ContentForm
from .guard import refuse
from .proposing import is_proposing

NOT_YET = (
    "Not saved yet: this takes a page off the site. Answer what is asked above, and save again."
)


class RemovalForm(forms.ModelForm):
    """The reason for taking rows off, and what readers find instead of their pages."""

    # Its fields are sent along with those of a row.
    prefix = "gone"

    class Meta:
        model = Redirect
        fields: ClassVar[list[str]] = ["reason", "words", "to"]
        labels: ClassVar[dict[str, str]] = {
            "reason": "Why, for the history",
            "words": "Words for readers who come to its page",
            "to": "Address that takes its place",
        }
        widgets: ClassVar[dict[str, Any]] = dict.fromkeys(fields, AdminTextInputWidget)
        error_messages: ClassVar[dict[str, Any]] = {
            "reason": {"required": "Say why, in a sentence."}
        }

    def __init__(self, request: HttpRequest, rows: Sequence[Any]) -> None:
        super().__init__(request.POST if "gone-reason" in request.POST else None)
        self.rows = rows
        if len(rows) > 1:
            # They do not all lead to one page.
            del self.fields["to"]

    def add_redirects(self, *, by: Any) -> None:
        """Save a redirect, or words for readers, for each row that has a page."""
        pages = [row for row in self.rows if has_page(row, at=timezone.now())]
        redirect_pages(pages, by=by.get_username(), **self.cleaned_data)


class TakingOffMixin(VersionAdmin):
    """Asks for a reason before a form or a deletion takes pages off the site."""

    def changeform_view(
        self: Any,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: Any = None,
    ) -> HttpResponse:
        is_draft = request.POST.get("status") == Status.DRAFT and not is_proposing(request)
        row = self.get_object(request, unquote(object_id)) if is_draft and object_id else None
        if not _is_answered(request, [row] if row else []):
            refuse(request, NOT_YET)
        return super().changeform_view(request, object_id, form_url, extra_context)

    def get_deleted_objects(self: Any, objs: Any, request: Any) -> Any:
        """Ask on Django's confirmation page; show it again if the form is invalid."""
        if not _is_answered(request, list(objs)):
            # Django deletes nothing if nothing was sent.
            request.POST = QueryDict()
        return super().get_deleted_objects(objs, request)

    def save_model(self: Any, request: Any, obj: Any, form: Any, change: bool) -> None:
        """Save the row, then redirect its page if it is taken off."""
        removal = getattr(request, "removal", None)
        super().save_model(request, obj, form, change)
        if removal:
            removal.add_redirects(by=request.user)

    def log_change(self: Any, request: Any, obj: Any, message: Any) -> Any:
        """Add the reason to the comment of the revision."""
        entry = super().log_change(request, obj, message)
        if removal := getattr(request, "removal", None):
            set_comment(f"{entry.get_change_message()} {removal.cleaned_data['reason']}")
        return entry

    def delete_queryset(self: Any, request: Any, queryset: Any) -> None:
        if removal := getattr(request, "removal", None):
            removal.add_redirects(by=request.user)
        super().delete_queryset(request, queryset)


def _is_answered(request: Any, rows: Sequence[Any]) -> bool:
    """Return whether rows may go: none has a page, or the form is valid.

    The form is stored in `request.removal`, for templates and for the hooks of a save.
    """
    if not any(has_page(row, at=timezone.now()) for row in rows):
        return True
    request.removal = RemovalForm(request, rows)
    is_valid: bool = request.removal.is_valid()
    return is_valid


class RedirectForm(ContentForm):
    fixed = ()
    quoted = frozenset({"path", "to"})


@admin.register(Redirect)
class RedirectAdmin(admin.ModelAdmin):
    form = RedirectForm
    list_display = ("path", "to", "reason", "created_by", "created_at")
    search_fields = ("path", "to", "reason", "words")
    fields = ("path", "to", "reason", "words")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.created_by = request.user.get_username()
        super().save_model(request, obj, form, change)
