"""What a colleague saved while a form was open, carried over into the form that was sent."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.forms import BaseForm, MultiWidget
from django.http import HttpRequest, QueryDict

from .content_forms import read_instead


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
