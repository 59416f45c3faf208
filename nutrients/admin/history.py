"""Versions: each save keeps exactly one, and none is lost, not even that of a deleted row."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.db import models, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.formats import date_format
from simple_history.admin import SimpleHistoryAdmin
from simple_history.template_utils import HistoricalRecordContextHelper

from nutrients.owners import date_owners
from nutrients.versions import (
    keep_first_version,
    keep_first_versions,
    write_version,
    write_versions,
)
from nutrisite.accounts.keys import is_key

from .deleting import Deletion, foreign_keys

SHOWN_CHARACTERS = 400
DELETED_SHOWN = 100


def is_earlier_version(row: Any) -> bool:
    """Whether the row was filled in from an earlier version of itself."""
    return hasattr(row, "_history")


def deleted_versions(model: Any) -> models.QuerySet[Any]:
    """The deletion of each row that is not back, newest first.

    `whole` is the number of the version before it: a deletion itself is kept without links,
    because they go first.
    """
    key = model._meta.pk.attname
    before = (
        model.history.filter(**{key: models.OuterRef(key)})
        .exclude(history_type="-")
        .order_by("-history_date", "-history_id")
    )
    return (
        model.history.filter(history_type="-")
        .exclude(**{f"{key}__in": model._default_manager.values("pk")})
        .annotate(whole=models.Subquery(before.values("history_id")[:1]))
        .select_related("history_user")
        .order_by("-history_date", "-history_id")
    )


def names_of(versions: list[Any]) -> list[str]:
    """What each row was called; empty where it was named after a row that is gone as well.

    Rows may be named after those that they point at: these come in one query a foreign key.
    """
    rows = [version.history_object for version in versions]
    if rows:
        models.prefetch_related_objects(rows, *foreign_keys(rows[0]))
    return [_name_of(row) for row in rows]


def _name_of(row: Any) -> str:
    try:
        return str(row)
    except ObjectDoesNotExist:
        return ""


@contextmanager
def missing_parent_is_404() -> Iterator[None]:
    """Answer 404 for a deleted row whose parent is deleted too: that must come back first."""
    try:
        yield
    except ObjectDoesNotExist as error:
        raise Http404("What this row belongs to is deleted too: bring that back first.") from error


def _require_keys(*parts: Any) -> None:
    """Answer 404 where an address names what cannot be a row; the library would ask for it."""
    if not all(is_key(part) for part in parts if isinstance(part, str)):
        raise Http404("There is no such row.")


class VersionContext(HistoricalRecordContextHelper):
    """Shows enough of a changed text to see what happened."""

    def __init__(self, model: type[models.Model], version: Any) -> None:
        super().__init__(model, version, max_displayed_delta_change_chars=SHOWN_CHARACTERS)


class VersionedAdmin(SimpleHistoryAdmin):
    """One version a save, links and inlines included, and a page of what was deleted."""

    object_history_list_template = "simple_history/object_history_list.html"
    change_list_template = "admin/nutrients/change_list.html"

    def get_urls(self) -> list[URLPattern]:
        """Django's and the library's addresses, and that of the deleted rows."""
        name = f"{self.opts.app_label}_{self.opts.model_name}_deleted"
        view = self.admin_site.admin_view(self.deleted_view)
        return [path("deleted/", view, name=name), *super().get_urls()]

    def deleted_view(self, request: HttpRequest) -> HttpResponse:
        """Rows that were deleted and are not back, newest first, each with a way back."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        key = self.opts.pk.attname
        versions = list(deleted_versions(self.model)[:DELETED_SHOWN])
        context = {
            **self.admin_site.each_context(request),
            "title": f"Deleted {self.opts.verbose_name_plural}",
            "opts": self.opts,
            "rows": [
                (getattr(version, key), version, name)
                for version, name in zip(versions, names_of(versions), strict=True)
            ],
        }
        return TemplateResponse(request, "admin/nutrients/deleted.html", context)

    def history_form_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """An earlier version in the form; saving brings it back in one transaction.

        The library asks for permission to view alone, so `get_form` asks for the rest.
        """
        _require_keys(*args)
        with transaction.atomic(), missing_parent_is_404():
            return super().history_form_view(request, *args, **kwargs)

    def history_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The versions of one row, newest first, with what changed in each."""
        _require_keys(*args, *kwargs.values())
        with missing_parent_is_404():
            return super().history_view(request, *args, **kwargs)

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **options: Any
    ) -> Any:
        """The form; that of an earlier version is closed to who may not bring it back."""
        form = super().get_form(request, obj, change, **options)
        if not is_earlier_version(obj) or not self.revert_disabled(request, obj):
            return form
        if request.method == "POST":
            raise PermissionDenied
        return _closed(form)

    def revert_disabled(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether the account may not bring versions back: one that is deleted is added anew."""
        if super().revert_disabled(request, obj) or not self.has_change_permission(request, obj):
            return True
        return not (self.has_add_permission(request) or self._is_there(obj))

    def _is_there(self, obj: Any) -> bool:
        return self.model._base_manager.filter(pk=obj.pk).exists()

    def get_historical_record_context_helper(self, request: Any, version: Any) -> VersionContext:
        """The library's hook for how a change is shown."""
        return VersionContext(self.model, version)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save without a version, since the links are not saved yet; nothing changed saves nothing.

        The log hooks below keep the version.
        """
        obj.skip_history_when_saving = True
        obj.is_new_version = not change or form.has_changed() or is_earlier_version(obj)
        if obj.is_new_version:
            if change:
                keep_first_version(obj)
            super().save_model(request, obj, form, change)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Keep the first version; Django calls this once everything is saved."""
        self._keep(request, obj, "+")
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Keep the new version; Django and the library call this once everything is saved."""
        self._keep(request, obj, "~")
        return super().log_change(request, obj, message)

    def _keep(self, request: HttpRequest, obj: Any, kind: str) -> None:
        del obj.skip_history_when_saving
        if not obj.is_new_version:
            return
        reason = ""
        if is_earlier_version(obj):
            reason = f"Brought back from {date_format(obj._history.history_date, 'j F Y, H:i')}"
        at = timezone.now()
        write_version(obj, kind, user=request.user, at=at, reason=reason)
        date_owners([obj], at=at)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Save the rows of an inline, with one version each."""
        rows = formset.save(commit=False)
        new = [row for row in rows if row._state.adding]
        changed = [row for row in rows if row not in new]
        keep_first_versions(changed)
        with Deletion(formset.deleted_objects).keeping(user=request.user):
            for row in formset.deleted_objects:
                row.delete()
        for row in rows:
            row.skip_history_when_saving = True
            row.save()
        formset.save_m2m()
        at = timezone.now()
        write_versions(new, "+", user=request.user, at=at)
        write_versions(changed, "~", user=request.user, at=at)
        date_owners(rows, at=at)

    def keep_and_save(self, request: HttpRequest, row: Any, **values: Any) -> None:
        """Give the row these values outside a form, with its versions kept."""
        keep_first_version(row)
        for name, value in values.items():
            setattr(row, name, value)
        row.skip_history_when_saving = True
        row.save()
        at = timezone.now()
        write_version(row, "~", user=request.user, at=at)
        date_owners([row], at=at)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Delete, with a version of the row, of all that goes and of all that loses a link kept."""
        with Deletion([obj]).keeping(user=request.user):
            super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        """Delete several rows, with the same versions kept as for each alone."""
        with Deletion(list(queryset)).keeping(user=request.user):
            super().delete_queryset(request, queryset)


def _closed(form: Any) -> Any:
    """The form to read: nobody can write in its fields, and what is sent for them is not taken."""

    class Closed(form):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            for field in self.fields.values():
                field.disabled = True

    return Closed
