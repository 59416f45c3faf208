"""Taking a page off the site: a question, a reason, and what readers get at its address."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import unquote
from django.contrib.admin.widgets import AdminTextInputWidget
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import timezone
from reversion import set_comment
from reversion.admin import VersionAdmin

from nutrients.content.removed import has_page, redirect_pages
from nutrients.models import Redirect, Status

from .content_forms import ContentForm, RefusableMixin, read_instead
from .proposing import is_proposing

NOT_YET = (
    "Not saved yet: this takes a page off the site. Answer what is asked above, and save again."
)


class GoneForm(forms.ModelForm):
    """Why a page goes, and what readers find in its place. Its fields stand beside a row's own."""

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


class TakingOffMixin(RefusableMixin, VersionAdmin):
    """Asks before a page goes, by its row's form or by deletion, and keeps the answer."""

    def changeform_view(
        self: Any,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: Any = None,
    ) -> HttpResponse:
        is_draft = request.POST.get("status") == Status.DRAFT and not is_proposing(request)
        if is_draft and (form := self._asked(request, object_id)) and not form.is_valid():
            self.refuse(request, NOT_YET)
        return super().changeform_view(request, object_id, form_url, extra_context)

    def delete_view(
        self: Any, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        form = self._asked(request, object_id)
        if form and form.is_bound and not form.is_valid():
            # Ask again.
            read_instead(request, QueryDict())
        return super().delete_view(request, object_id, extra_context)

    def _asked(self: Any, request: Any, object_id: str | None) -> GoneForm | None:
        """The form of what a page needs that would go, which hooks and templates read as well."""
        row = self.get_object(request, unquote(object_id)) if object_id else None
        if row is None or not has_page(row, at=timezone.now()):
            return None
        request.gone = GoneForm(request.POST if request.method == "POST" else None)
        form: GoneForm = request.gone
        return form

    def response_action(self: Any, request: Any, queryset: Any) -> Any:
        """Django's answer; the page before deleting several asks where that takes pages off."""
        if request.POST.get("action") == "delete_selected":
            ticked = queryset.filter(pk__in=request.POST.getlist(ACTION_CHECKBOX_NAME))
            if any(has_page(row, at=timezone.now()) for row in ticked):
                form = request.gone = GoneForm(request.POST if "post" in request.POST else None)
                # They do not all lead to one page.
                del form.fields["to"]
                if form.is_bound and not form.is_valid():
                    sent = request.POST.copy()
                    del sent["post"]
                    read_instead(request, sent)
        return super().response_action(request, queryset)

    def save_model(self: Any, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        _keep(request, [obj])

    def log_change(self: Any, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Django's entry; the history has the reason too."""
        entry = super().log_change(request, obj, message)
        if reason := _said(request).get("reason"):
            set_comment(f"{entry.get_change_message()} {reason}")
        return entry

    def delete_queryset(self: Any, request: HttpRequest, queryset: Any) -> None:
        if hasattr(request, "gone"):
            _keep(request, [row for row in queryset if has_page(row, at=timezone.now())])
        super().delete_queryset(request, queryset)


def _said(request: Any) -> dict[str, str]:
    """What was said of a page that goes; nothing where none does."""
    form = getattr(request, "gone", None)
    return form.cleaned_data if form and form.is_valid() else {}


def _keep(request: Any, rows: list[Any]) -> None:
    if said := _said(request):
        redirect_pages(rows, by=request.user.get_username(), **said)


class RedirectForm(ContentForm):
    fixed = ()
    quoted = frozenset({"path", "to"})


@admin.register(Redirect)
class RedirectAdmin(admin.ModelAdmin):
    form = RedirectForm
    list_display = ("path", "to", "reason", "made_by", "made_at")
    search_fields = ("path", "to", "reason", "words")
    fields = ("path", "to", "reason", "words")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.made_by = request.user.get_username()
        super().save_model(request, obj, form, change)
