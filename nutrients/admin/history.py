"""History: one revision a save, what each changed, and the way back from it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from textwrap import shorten
from typing import Any, NamedTuple

from django.contrib import admin, messages
from django.contrib.auth import get_permission_codename
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import ProtectedError
from django.forms import BaseForm, MultiWidget
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from reversion import is_active, set_comment
from reversion.admin import VersionAdmin
from reversion.errors import RevertError
from reversion.models import Version

from nutrients.content.signatures import CHILDREN
from nutrients.content.versions import diff, parents, record, record_first, touch_owners
from nutrisite.accounts.admin_site import is_key

from .content_forms import RefusableMixin, fixed_fields, plain_lines, read_instead
from .deleting import Deletion
from .proposing import is_proposing
from .restoring import restore

SHOWN_CHARACTERS = 400
VERSIONS_A_PAGE, DELETED_SHOWN = 50, 100
# Words with the space after them. Of texts with fewer both are shown whole.
WORD = re.compile(r"\S+\s*")
FEW_WORDS, WORDS_AROUND = 12, 15
# The hidden field that says on which version a form was opened.
OPENED = "opened_version"
SAVED_SINCE = (
    "Not saved yet, because somebody saved this after you opened it: see above. The form now "
    "holds what you typed, and what your colleague saved wherever you changed nothing. If you "
    "both changed the same field, it holds yours. Look it through, and save again."
)


class Change(NamedTuple):
    """What one version made of one field.

    `parts` are the words of a longer text, each stretch with what became of it: "del", "ins" or
    nothing. `name` is the field's own name.
    """

    field: str
    old: str
    new: str
    parts: list[tuple[str, str]]
    name: str


def versions_of_form(model: Any, pk: str) -> Any:
    """Give the versions of a row and of the rows that its form shows below it, newest first."""
    versions = Version.objects.get_for_object_reference(model, pk)
    for name in CHILDREN.get(model._meta.model_name, ()):
        link = model._meta.get_field(name)
        below = link.related_model._base_manager.filter(**{link.field.name: pk})
        keys = [str(one) for one in below.values_list("pk", flat=True)]
        versions |= Version.objects.get_for_model(link.related_model).filter(object_id__in=keys)
    return versions.order_by("-pk")


def changed_since(opened: str, versions: Any) -> list[tuple[Version, list[Change]]]:
    """Give the versions that changed something since a form was opened, each with its changes."""
    if not opened.isdecimal():
        return []
    newer = []
    for new in versions.filter(pk__gt=int(opened)).select_related("revision__user"):
        own = versions.filter(content_type=new.content_type_id, object_id=new.object_id)
        if changed := list(changes(own.filter(pk__lt=new.pk).first(), new)):
            newer.append((new, changed))
    return newer


def carry_over(
    admin: Any, request: HttpRequest, row: Any, newer: Iterable[Any], versions: Any, *, opened: int
) -> None:
    """Give the fields that the editor left alone what was saved in them meanwhile.

    `newer` are the later ones of all `versions`, each with its changes, and `opened` is the key of
    the version that the form was opened on. What the editor changed stays as it was sent.
    """
    data = request.POST.copy()
    forms = _sent_forms(admin, request, row)
    for now, changed in newer:
        model = now.content_type.model_class()
        form: Any = forms.get((model, now.object_id))
        if form is None:
            continue
        own = versions.filter(content_type=now.content_type_id, object_id=now.object_id)
        # Of a row that had never been saved here, the first version was written by that save.
        then = own.filter(pk__lte=opened).first() or own.last()
        for name in (change.name for change in changed):
            before = then.field_dict.get(model._meta.get_field(name).attname)
            if name in form.fields and not form.fields[name].has_changed(before, form[name].data):
                _send(data, form, name)
    read_instead(request, data)


def _sent_forms(admin: Any, request: HttpRequest, row: Any) -> dict[tuple[Any, str], Any]:
    """The form of the row and those of the rows below it, as they were sent."""
    sent = [admin.get_form(request, row, change=True)(request.POST, instance=row)]
    # Django's own way to the forms below; nothing public has their prefixes.
    for formset in admin._create_formsets(request, row, change=True)[0]:
        sent += formset.initial_forms
    return {(type(form.instance), str(form.instance.pk)): form for form in sent}


def _send(data: QueryDict, form: BaseForm, name: str) -> None:
    """Write into what was sent the value that the field has in the database."""
    field, sent_as = form.fields[name], form[name].html_name
    value = field.prepare_value(form.get_initial_for_field(field, name))
    if isinstance(field.widget, MultiWidget):
        # The types of Django leave its names of the parts out.
        several: Any = field.widget
        values = several.decompress(value)
        for suffix, part, one in zip(several.widgets_names, several.widgets, values, strict=True):
            data[f"{sent_as}{suffix}"] = part.format_value(one) or ""
        return
    if isinstance(value, bool):
        value = ["on"] if value else []
    elif not isinstance(value, list):
        value = field.widget.format_value(value)
    data.setlist(sent_as, value if isinstance(value, list) else ["" if value is None else value])


class VersionedAdmin(RefusableMixin, VersionAdmin):
    """Keeps one revision a save, and none of a save that changes nothing.

    The library brings back whole revisions, and takes the row of any table for that of its own:
    `restore` writes the row of one version and what belongs to it.
    """

    history_latest_first = True

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: Any = None,
    ) -> HttpResponse:
        """The form, which is not saved over a version that came after it was opened."""
        if object_id is None or not is_key(object_id):
            return super().changeform_view(request, object_id, form_url, extra_context)
        with self.create_revision(request):
            if request.method == "POST":
                # Two who save at once come one after the other.
                self.model._base_manager.select_for_update().filter(pk=object_id).first()
            versions = versions_of_form(self.model, object_id)
            newer = changed_since(request.POST.get(OPENED, ""), versions)
            if newer:
                row = self.get_object(request, object_id)
                carry_over(self, request, row, newer, versions, opened=int(request.POST[OPENED]))
                self.refuse(request, SAVED_SINCE)
            latest = versions.first()
            context = {"opened": OPENED, "latest": latest.pk if latest else 0, "newer": newer}
            return super().changeform_view(
                request, object_id, form_url, context | (extra_context or {})
            )

    @contextmanager
    def create_revision(self, request: HttpRequest) -> Iterator[None]:
        """Begin a revision for a form that is sent: a page that is looked at takes no lock.

        What is proposed is kept nowhere else, so its revision is begun where it is undone.
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
        """Save the rows of an inline, with those kept that are deleted."""
        rows = formset.save(commit=False)
        if change and (rows or formset.deleted_objects):
            record_first([form.instance, *rows])
        Deletion(formset.deleted_objects).make(user=request.user)
        for row in rows:
            row.save()
        formset.save_m2m()
        record(rows, at=timezone.now())

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        record([obj], at=timezone.now())
        return _told(obj, super().log_addition(request, obj, message))

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        if message:
            record([obj], at=timezone.now())
        return _told(obj, super().log_change(request, obj, message))

    def keep_and_save(self, row: Any, **values: Any) -> None:
        """Give the row these values outside a form, within the revision under way.

        Of a many-to-many link the value is a pair: the row that goes, and the one in its place.
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

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        self.delete_queryset(request, self.model._base_manager.filter(pk=obj.pk))

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        """Delete, with all that goes and all that loses a link kept."""
        Deletion(list(queryset)).make(user=request.user)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        if not is_key(object_id):
            raise Http404("There is no such row.")
        versions = Version.objects.get_for_object_reference(self.model, object_id)
        versions = versions.select_related("revision__user")
        page = Paginator(versions, VERSIONS_A_PAGE).get_page(request.GET.get("p"))
        # One more than is shown, to compare the last with.
        shown = [*versions[max(page.start_index() - 1, 0) : page.end_index() + 1], None]
        entries = [(new, list(changes(old, new))) for new, old in pairwise(shown)]
        context = {"page": page, "entries": entries[:VERSIONS_A_PAGE], **(extra_context or {})}
        context |= self._compared(request, versions)
        return admin.ModelAdmin.history_view(self, request, object_id, context)

    def _compared(self, request: HttpRequest, versions: Any) -> dict[str, Any]:
        """Any two versions that the address names, the earlier first, with what differs."""
        keys = [key for name in ("one", "other") if is_key(key := request.GET.get(name, ""))]
        chosen = list(versions.filter(pk__in=keys).order_by("pk"))
        if len(chosen) != 2:
            return {}
        fixed = fixed_fields(self.form, self.model)
        return {
            "compared": chosen,
            "differences": [(one, one.name not in fixed) for one in changes(*chosen)],
        }

    def get_form(self, request: Any, obj: Any = None, change: bool = False, **options: Any) -> Any:
        """The form; with one field as an earlier version has it, where the address names both."""
        form: Any = super().get_form(request, obj, change, **options)
        key, name = request.GET.get("back", ""), request.GET.get("field", "")
        if obj is None or request.method != "GET" or not is_key(key):
            return form
        version = Version.objects.get_for_object(obj).filter(pk=key).first()
        if version is None or name not in form.base_fields:
            return form
        value = _fields(version).get(self.model._meta.get_field(name).attname)

        class WithValue(form):
            def __init__(self, *args: Any, **kwargs: Any) -> None:
                super().__init__(*args, **kwargs)
                self.initial[name] = value

        return WithValue

    def recoverlist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        deleted = Version.objects.get_deleted(self.model).select_related("revision__user")
        context = {
            "title": f"Bring back deleted {self.opts.verbose_name_plural}",
            "deleted": deleted.order_by("-pk")[:DELETED_SHOWN],
        }
        return super().recoverlist_view(request, context | (extra_context or {}))

    def revision_view(
        self, request: HttpRequest, object_id: str, version_id: str, extra_context: Any = None
    ) -> HttpResponse:
        """An earlier version in the form; saving brings it back."""
        return self._bring_back(request, extra_context, pk=version_id, object_id=object_id)

    def recover_view(
        self, request: HttpRequest, version_id: str, extra_context: Any = None
    ) -> HttpResponse:
        return self._bring_back(request, extra_context, pk=version_id)

    def _bring_back(self, request: HttpRequest, extra_context: Any, **which: str) -> HttpResponse:
        """The form of a row as it was. The row is written for it, and undone unless it is saved."""
        version = get_object_or_404(Version.objects.get_for_model(self.model), **which)
        is_there = self.model._base_manager.filter(pk=version.object_id).exists()
        if not (is_there or self.has_add_permission(request)):
            raise PermissionDenied
        try:
            # Not our own, which begins none for a page that is looked at.
            with super().create_revision(request):
                at = timezone.now()
                written, removed = restore(version, at=at, user=request.user)
                if request.method == "POST":
                    tables = {type(row)._meta for row in (*written, *removed)}
                    rights = [get_permission_codename("change", one) for one in tables]
                    if not request.user.has_perms(f"{self.opts.app_label}.{one}" for one in rights):
                        raise PermissionDenied
                    touch_owners(written, at=at)
                    record([version.object], at=at)
                when = date_format(version.revision.date_created, "j F Y, H:i e")
                title = f"Bring back {version} as of {when}"
                context = {"title": title, "removed": removed, "is_gone": not is_there}
                answer: Any = self.changeform_view(
                    request, version.object_id, request.path, context | (extra_context or {})
                )
                if request.method == "POST" and answer.status_code == 302:
                    set_comment(f"Brought back from {when}")
                else:
                    answer.template_name = "reversion/revision_form.html"
                    answer.render()
                    transaction.set_rollback(True)
        except (RevertError, ProtectedError) as error:
            self.message_user(request, str(error.args[0]), messages.ERROR)
            return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")
        return answer


def _told(row: Any, entry: Any) -> Any:
    """Say of a row under another which one it is: the history of the other has the save too."""
    if entry and is_active() and parents([row]):
        kind = capfirst(row._meta.verbose_name)
        set_comment(f"{kind} “{row}”: {entry.get_change_message()}")
    return entry


def changes(before: Version | None, after: Version) -> Iterator[Change]:
    """What a version made of the one before it, field by field."""
    old = _fields(before) if before else {}
    new = {name: value for name, value in _fields(after).items() if name in old}
    return changes_between(after.content_type.model_class(), old, new)


def changes_between(
    model: Any, before: Mapping[str, Any], after: Mapping[str, Any]
) -> Iterator[Change]:
    """How values differ from those before them, field by field."""
    for name, value in after.items():
        if value != before.get(name):
            field = model._meta.get_field(name)
            texts = text_of(field, before.get(name)), text_of(field, value)
            if field.editable and texts[0] != texts[1]:
                yield as_change(field, *texts)


def as_change(field: Any, old: str, new: str) -> Change:
    """Two texts of a field as editors see them: short ones whole, longer ones as one."""
    before, after = (shorten(one, SHOWN_CHARACTERS, placeholder=" …") or "–" for one in (old, new))
    return Change(capfirst(field.verbose_name), before, after, marked(old, new), field.name)


def marked(old: str, new: str) -> list[tuple[str, str]]:
    """Two longer texts as one, with the words that went and came; none for short texts."""
    before, after = WORD.findall(old), WORD.findall(new)
    if min(len(before), len(after)) < FEW_WORDS:
        return []
    parts = []
    for same, gone, came in diff(before, after):
        texts = (("", _elided(list(same))), ("del", "".join(gone)), ("ins", "".join(came)))
        parts += [(tag, text) for tag, text in texts if text]
    return parts


def _elided(words: list[str]) -> str:
    """Words that are the same on both sides; of many the first and the last."""
    if len(words) <= 2 * WORDS_AROUND:
        return "".join(words)
    return f"{''.join(words[:WORDS_AROUND])} … {''.join(words[-WORDS_AROUND:])}"


def _fields(version: Version) -> dict[str, Any]:
    try:
        return version.field_dict
    except RevertError:
        # It was kept when the table was another.
        return {}


def text_of(field: Any, value: Any) -> str:
    """A value of a field as an editor reads it; a link is given by its primary or natural key."""
    if field.is_relation:
        keys = [key for key in (value if field.many_to_many else [value]) or () if key]
        if keys and isinstance(keys[0], list):
            return ", ".join(" / ".join(key) for key in keys)
        rows = field.remote_field.model._base_manager.filter(pk__in=keys)
        return ", ".join(sorted(map(str, rows)))
    value = field.to_python(value)
    if isinstance(value, datetime):
        value = date_format(timezone.localtime(value), "j F Y, H:i e")
    elif isinstance(value, Decimal):
        value = f"{value.normalize():f}"
    else:
        value = dict(field.flatchoices).get(value, value)
    return "" if value is None else plain_lines(str(value))
