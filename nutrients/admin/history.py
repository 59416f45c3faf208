"""The versions of rows: a revision for each save, its changes, and restoring a version."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import ProtectedError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.text import capfirst
from reversion import set_comment
from reversion.admin import VersionAdmin
from reversion.errors import RevertError
from reversion.models import Version

from nutrients.content.versions import parents, record, record_first, touch_owners
from nutrients.search.index import catch_up
from nutrisite.accounts.requests import is_key

from .content_forms import CONFIRM_FIGURES, FIGURES_ARE_RIGHT, fixed_fields, is_jump
from .deleting import Deletion, is_link, linked_name, without_links
from .differences import Change, diff_versions, value_in
from .guard import refuse
from .proposing import is_proposing
from .restoring import restore
from .screens import admin_address, is_row_form, return_texts

VERSIONS_A_PAGE, MAX_DELETED = 50, 100
# The hidden field with the version on which a form was opened.
OPENED = "opened_version"
SAVED_SINCE = (
    "Not saved yet, because somebody saved this after you opened it: see above. The form now "
    "holds what you typed, and what your colleague saved wherever you changed nothing. If you "
    "both changed the same field, it holds yours. Look it through, and save again."
)
DELETED_SINCE = (
    "Not saved, because somebody deleted a row of this form after you opened it. Open the form "
    "again, and copy what you want to keep of what you typed."
)
GONE = (
    "Not saved, because somebody deleted this after you opened it. Bring it back from its list, or "
    "copy what you want to keep of what you typed."
)
NewerVersions = list[tuple[Version, list[Change]]]


def versions_of_form(model: Any, pk: Any) -> Any:
    """Return the versions of a row and of the rows below it in its form, newest first."""
    versions = Version.objects.get_for_object_reference(model, pk)
    for name in model.CHILDREN:
        link = model._meta.get_field(name)
        below = link.related_model._base_manager.filter(**{link.field.name: pk})
        keys = [str(key) for key in below.values_list("pk", flat=True)]
        versions |= Version.objects.get_for_model(link.related_model).filter(object_id__in=keys)
    return versions.order_by("-pk")


def versions_since(opened: str, versions: Any) -> NewerVersions:
    """Return the versions that changed something since a form was opened, with their changes."""
    if not is_key(opened):
        return []
    newer = []
    for version in versions.filter(pk__gt=opened).select_related("revision__user"):
        own = versions.filter(content_type=version.content_type_id, object_id=version.object_id)
        if changes := diff_versions(own.filter(pk__lt=version.pk).first(), version):
            newer.append((version, changes))
    return newer


class VersionedAdmin(VersionAdmin):
    """Stores one revision for each save, and none for a save that changes nothing.

    Deletes with `Deletion`, and lists its effects beforehand.

    Restoring does not use django-reversion's views: they restore all rows of a revision, and accept
    versions of other tables.
    """

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: Any = None,
    ) -> HttpResponse:
        """Refuse a form if a newer version was saved since it was opened."""
        row = self.get_object(request, object_id) if object_id else None
        is_sent = request.method == "POST" and is_row_form(request)
        if object_id and row is None and is_sent:
            return return_texts(request, GONE, admin_address(self.model, "changelist"))
        if row is None:
            return super().changeform_view(request, object_id, form_url, extra_context)
        versions, newer = versions_of_form(self.model, row.pk), []
        # Of two simultaneous saves, the guard lets the second wait for the first.
        if is_sent and (newer := versions_since(request.POST.get(OPENED, ""), versions)):
            refuse(request, SAVED_SINCE)
        latest = versions.first()
        context = {"opened": OPENED, "latest": latest.pk if latest else 0, "newer": newer}
        context |= extra_context or {}
        return super().changeform_view(request, object_id, form_url, context)

    def get_form(self, request: Any, obj: Any = None, *args: Any, **options: Any) -> Any:
        """Return a form class that knows the row which a version replaces."""
        form: Any = super().get_form(request, obj, *args, **options)
        form.replaced = getattr(request, "replaced", {}).get(obj)
        return form

    @contextmanager
    def create_revision(self, request: HttpRequest) -> Iterator[None]:
        """Begin a revision for a form that is sent, since it locks the database.

        The save of a proposed form is rolled back, in a revision that ProposingMixin begins.
        """
        if request.method != "POST" or is_proposing(request):
            yield
            return
        with super().create_revision(request):
            yield

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change or form.has_changed():
            record_first([obj])
            super().save_model(request, obj, form, change)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        rows = formset.save(commit=False)
        if change and (rows or formset.deleted_objects):
            record_first([form.instance, *rows])
        Deletion(formset.deleted_objects).execute(user=request.user)
        for row in rows:
            row.save()
        formset.save_m2m()
        record(rows, at=timezone.now())

    def get_deleted_objects(self, objs: Any, request: Any) -> Any:
        """Return Django's lists without rows of many-to-many tables, which have no name.

        Rows that prevent the deletion are added to the protected ones.
        """
        rows, counts, missing, protected = super().get_deleted_objects(objs, request)
        counts = {kind: count for kind, count in counts.items() if not is_link(kind)}
        deletion = Deletion(list(objs))
        # For the templates: Django's return value does not include them.
        request.unlinked = [linked_name(row) for row in deletion.unlinked_rows]
        blockers = deletion.blockers()
        protected += [format_html("{}. {}", linked_name(row), why) for row, why in blockers]
        return without_links(rows), counts, missing, protected

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        self.delete_queryset(request, self.model._base_manager.filter(pk=obj.pk))

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        Deletion(list(queryset)).execute(user=request.user)

    # Django calls these two once a row is saved with its links and inlines.

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return _record_save(obj, super().log_addition(request, obj, message))

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        entry = super().log_change(request, obj, message)
        return _record_save(obj, entry, has_changed=bool(message))

    def save_values(self, row: Any, **values: Any) -> None:
        """Save values of a row outside its form, within the current revision.

        The value of a many-to-many field is a pair: the row to remove, and the row to add.
        """
        record_first([row])
        for name, value in values.items():
            if row._meta.get_field(name).many_to_many:
                getattr(row, name).remove(value[0])
                getattr(row, name).add(value[1])
            else:
                setattr(row, name, value)
        row.save()
        record([row], at=timezone.now())

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        """List the versions, and compare two that the query names."""
        context = extra_context or {}
        if row := self.get_object(request, object_id):
            versions = Version.objects.get_for_object(row).select_related("revision__user")
            page = Paginator(versions, VERSIONS_A_PAGE).get_page(request.GET.get("p"))
            # One more than the page shows, to compare the last one with.
            rows = [*versions[max(page.start_index() - 1, 0) : page.end_index() + 1], None]
            entries = [(new, diff_versions(old, new)) for new, old in pairwise(rows)]
            context |= {"page": page, "entries": entries[:VERSIONS_A_PAGE]}
            keys = [request.GET.get(name, "") for name in ("from", "to")]
            compared = list(versions.filter(pk__in=[*filter(is_key, keys)]).order_by("pk"))
            if len(compared) == 2:
                context |= {"compared": compared, "differences": diff_versions(*compared)}
                readonly = self.get_readonly_fields(request, row)
                context["fixed"] = {*fixed_fields(self.model), *readonly}
        return admin.ModelAdmin.history_view(self, request, object_id, context)

    def render_change_form(self, request: Any, context: Any, **options: Any) -> Any:
        """Fill one field from an earlier version, if the query names both.

        In a form that comes back, replace the fields that the editor did not change by what was
        saved meanwhile.
        """
        key, name = request.GET.get("back", ""), request.GET.get("field", "")
        obj = options["obj"]
        form = context["adminform"].form
        if obj and request.method == "GET" and is_key(key) and name in form.fields:
            for version in Version.objects.get_for_object(obj).filter(pk=key):
                form.initial[name] = value_in(version, name)
        if obj and request.method == "POST" and is_row_form(request):
            formsets = [inline.formset for inline in context["inline_admin_formsets"]]
            below = [row_form for formset in formsets for row_form in formset.initial_forms]
            if any(_is_lost(row_form) for row_form in below):
                return return_texts(request, DELETED_SINCE, request.get_full_path())
            for row_form in (form, *below):
                _carry_over(row_form, context.get("newer", ()), request.POST.get(OPENED, ""))
        return super().render_change_form(request, context, **options)

    def recoverlist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        deleted = Version.objects.get_deleted(self.model).select_related("revision__user")
        context = {
            "title": f"Bring back deleted {self.opts.verbose_name_plural}",
            "deleted": deleted.order_by("-pk")[:MAX_DELETED],
        }
        return super().recoverlist_view(request, context | (extra_context or {}))

    def revision_view(
        self, request: HttpRequest, object_id: str, version_id: str, extra_context: Any = None
    ) -> HttpResponse:
        """Show an earlier version in the form; saving restores it."""
        return self._restore_view(request, extra_context, pk=version_id, object_id=object_id)

    def recover_view(
        self, request: HttpRequest, version_id: str, extra_context: Any = None
    ) -> HttpResponse:
        return self._restore_view(request, extra_context, pk=version_id)

    def _restore_view(self, request: Any, extra_context: Any, **lookups: str) -> HttpResponse:
        version = get_object_or_404(Version.objects.get_for_model(self.model), **lookups)
        exists = self.model._base_manager.filter(pk=version.object_id).exists()
        if not (exists or self.has_add_permission(request)):
            raise PermissionDenied
        context = {"is_gone": not exists} | (extra_context or {})
        try:
            # VersionedAdmin's own begins no revision for a GET.
            with super().create_revision(request):
                return self._show_or_save_restored(request, version, context)
        except (RevertError, ProtectedError) as error:
            sentence, address = str(error.args[0]), admin_address(self.model, "changelist")
            if request.method == "POST":
                return return_texts(request, sentence, address)
            self.message_user(request, sentence, messages.ERROR)
            return redirect(address)

    def _show_or_save_restored(
        self, request: Any, version: Version, context: dict[str, Any]
    ) -> HttpResponse:
        """Restore a version to show or save its form, and undo that unless it is saved."""
        at = timezone.now()
        restored, deleted = restore(version, at=at, user=request.user)
        request.replaced = restored
        date = date_format(version.revision.date_created, "j F Y, H:i e")
        context |= {"title": f"Bring back {version} as of {date}", "removed": deleted}
        if request.method == "POST":
            touch_owners(restored, at=at)
            record([version.object], at=at)
            jumps = list(_jumps(restored))
            if jumps and FIGURES_ARE_RIGHT not in request.POST:
                refuse(request, " ".join(jumps))
                context |= CONFIRM_FIGURES
        response: Any = self.changeform_view(request, version.object_id, request.path, context)
        if request.method == "POST" and response.status_code == 302:
            removal = getattr(request, "removal", None)
            reason = f". {removal.cleaned_data['reason']}" if removal else ""
            set_comment(f"Brought back from {date}{reason}")
        else:
            response.template_name = "reversion/revision_form.html"
            response.render()
            transaction.set_rollback(True)
        return response


def _jumps(restored: dict[Any, Any]) -> Iterator[str]:
    """Yield a sentence for each figure that is a jump from that of the row that it replaces."""
    for row, before in restored.items():
        for field in row._meta.concrete_fields:
            old: Any = getattr(before, field.attname, None)
            new = getattr(row, field.attname)
            if is_jump(old, new):
                label = f"{row}, {field.verbose_name}"
                yield f"{label}: it was {old.normalize():f}, and would be {new.normalize():f}."


def _is_lost(form: Any) -> bool:
    """Whether the row of a form was deleted since the form was opened.

    Over a proposal, a row that it deletes or no longer adds is missing too.
    """
    is_deleted = f"{form.prefix}-DELETE" in form.data
    return (
        form.instance._state.adding
        and is_key(form.data.get(f"{form.prefix}-id", ""))
        and not is_deleted
    )


def _carry_over(form: Any, newer: NewerVersions, opened: str) -> None:
    """Show what was saved since in each field that the editor did not change."""
    row = form.instance
    own = Version.objects.get_for_object_reference(type(row), row.pk)
    for version, changes in newer:
        if version.content_type.model_class() is type(row) and version.object_id == str(row.pk):
            # The first version of a row without any was written by the first save.
            before = own.filter(pk__lte=opened).first() or own.last()
            for name in (change.name for change in changes if change.name in form.fields):
                field = form.fields[name]
                if not field.has_changed(value_in(before, name), form[name].data):
                    field.bound_data = lambda data, initial: initial


def _record_save(row: Any, entry: Any, *, has_changed: bool = True) -> Any:
    """Record a saved row; name it in the comment if the history of its parent has the save too."""
    if has_changed:
        record([row], at=timezone.now())
    catch_up(table=type(row))
    if parents([row]):
        kind = capfirst(row._meta.verbose_name)
        set_comment(f"{kind} “{row}”: {entry.get_change_message()}")
    return entry
