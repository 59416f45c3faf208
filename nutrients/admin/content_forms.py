"""The form of every row of content, with the rules that it checks before saving."""

import re
from collections.abc import Iterable, Mapping
from copy import copy
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib.admin import ModelAdmin
from django.contrib.admin.widgets import AdminTextInputWidget
from django.db import models
from django.forms import model_to_dict, modelform_factory
from django.utils import timezone

from nutrients.common.parameters import read_number
from nutrients.common.wording import forbidden
from nutrients.content.removed import has_page
from nutrients.models import Publishable, SourceKind, Status, Verification

from .widgets import FixedText, LabelledAutocomplete

# Fields that name a row, which a draft needs too.
NAMES = {"name", "title", "sign", "item_a", "item_b"}
# Fields whose day cannot lie ahead, and the limits of all days.
PAST = {"checked_on"}
FIRST_DAY, FURTHEST = date(2000, 1, 1), timedelta(days=20 * 365)
# The checkbox that confirms a figure which is JUMP times the previous one, or a JUMPth of it.
FIGURES_ARE_RIGHT, JUMP = "figures_are_right", 10
JUMP_IS_RIGHT = "The figures are right, though one is ten times what it was, or a tenth of it"
# The context of a page that shows the checkbox.
CONFIRM_FIGURES = {"figures_are_right": FIGURES_ARE_RIGHT, "jump_is_right": JUMP_IS_RIGHT}
DECIMAL_POINT = re.compile(r"-?\d*(\.\d*)?", re.ASCII)
BIDI_CONTROLS = re.compile("[\u202a-\u202e\u2066-\u2069]")


def validate_to_come(value: date | datetime) -> None:
    """Refuse a day or moment that is past, and one that is probably mistyped."""
    now: Any = timezone.now() if isinstance(value, datetime) else timezone.localdate()
    if not now <= value <= now + FURTHEST:
        raise forms.ValidationError("Choose a time from now on, within 20 years.")


def validate_day(value: date | datetime, *, is_past: bool = False) -> None:
    """Refuse days that are probably mistyped: long ago, or too far ahead."""
    day = timezone.localdate(value) if isinstance(value, datetime) else value
    last = timezone.localdate() + (timedelta() if is_past else FURTHEST)
    if not FIRST_DAY <= day <= last:
        raise forms.ValidationError(f"Choose a day from {FIRST_DAY:%Y} to {last:%-d %B %Y}.")


def refuse_postponing(form: forms.BaseForm, rows: Iterable[Any]) -> None:
    """Refuse a later date for rows whose page readers see: a removal is asked for a reason."""
    moment, now = form.cleaned_data.get("publish_at"), timezone.now()
    if moment and moment > now and any(has_page(row, at=now) for row in rows):
        form.add_error(
            "publish_at",
            "Readers see this page now. Take it off the site first, by the status Draft.",
        )


def is_jump(old: Any, new: Any) -> bool:
    """Whether both are figures, and one is at least ten times the other."""
    are_figures = isinstance(old, Decimal) and isinstance(new, Decimal)
    return are_figures and 0 < JUMP * min(old, new) <= max(old, new)


class ProseField(forms.CharField):
    """A text whose line ends stay those of the database.

    Browsers send CRLF, which would make every save look like a change of the text.
    """

    def to_python(self, value: Any) -> Any:
        return super().to_python(normalize_text(value))

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(normalize_text(initial), data)

    def widget_attrs(self, widget: Any) -> Any:
        """Leave out maxlength, by which browsers cut what is pasted without a word."""
        return {**super().widget_attrs(widget), "maxlength": False}


class FigureField(forms.DecimalField):
    """A figure as editors write it: 1.5, 1,5 or 1 500.

    A number input may drop a comma and make the figure ten times as large. No figure is negative:
    the constraints of the tables say so too, but name themselves and not the field.
    """

    widget = forms.TextInput

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"min_value": 0} | options)

    def to_python(self, value: Any) -> Any:
        """Refuse 1,500, which may mean 1.5 or 1500."""
        if not isinstance(value, str) or DECIMAL_POINT.fullmatch(value.strip()):
            return super().to_python(value)
        number = read_number(value)
        if number is None:
            raise forms.ValidationError(
                "Write a number such as 1.5 or 1500. A comma before three digits may mean either.",
                code="invalid",
            )
        return super().to_python(number)

    def widget_attrs(self, widget: Any) -> Any:
        return {**super().widget_attrs(widget), "inputmode": "decimal", "class": "vTextField"}


# The options of form fields, by the type of the model field.
FIELD_OPTIONS: dict[Any, dict[str, Any]] = {
    models.TextField: {"form_class": ProseField},
    models.CharField: {"form_class": ProseField},
    models.SlugField: {"form_class": forms.SlugField, "widget": AdminTextInputWidget},
    models.DecimalField: {"form_class": FigureField},
    # The model checks the length, as maxlength would let browsers cut a pasted address.
    models.URLField: {"assume_scheme": "https", "max_length": None},
}


def normalize_text(text: Any) -> Any:
    """Return a text with LF line ends and without outer space; anything else unchanged.

    Bidirectional controls are removed: they can make a text look like another one.
    """
    if not isinstance(text, str):
        return text
    return BIDI_CONTROLS.sub("", text).replace("\r\n", "\n").strip()


class ContentForm(forms.ModelForm):
    """A form for one row of content."""

    # Whether the form asks to confirm a figure.
    has_jumps = False
    # The row that readers see, if the form has an earlier version of it.
    replaced: Any = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.needed_to_publish = self._relax_for_drafts()
        if self.instance.pk:
            self._fix_identity()
            self._set_autocomplete_labels()

    def _relax_for_drafts(self) -> list[str]:
        """Make the fields optional that a draft may lack, and return their names."""
        names = draft_fields(self.instance).difference(fixed_fields(self.instance))
        relaxed = [name for name in self.fields if name in names and self.fields[name].required]
        for name in relaxed:
            field = self.fields[name]
            field.required = False
            field.help_text = f"{field.help_text} Needed to publish.".strip()
        return relaxed

    def _fix_identity(self) -> None:
        for name in fixed_fields(self.instance):
            if name in self.fields:
                field = self.fields[name]
                display = getattr(self.instance, f"get_{name}_display", None)
                text = display() if display else getattr(self.instance, name)
                field.disabled, field.help_text, field.widget = True, "", FixedText(str(text))

    def _set_autocomplete_labels(self) -> None:
        """Label the chosen rows from those that were fetched with the instance."""
        for name, field in self.fields.items():
            # The admin wraps the widgets of relations.
            widget = getattr(field.widget, "widget", field.widget)
            if isinstance(widget, LabelledAutocomplete):
                linked: Any = getattr(self.instance, name)
                is_several = self.instance._meta.get_field(name).many_to_many
                rows = linked.all() if is_several else filter(None, [linked])
                widget.labels = {str(row.pk): str(row) for row in rows}

    def clean(self) -> dict[str, Any]:
        """Check wording, days and publication; report each problem at its field."""
        cleaned = super().clean() or self.cleaned_data
        quoted = {"slug", *self.instance.QUOTED}
        for name in text_fields(self.instance):
            if name not in quoted and isinstance(text := cleaned.get(name), str):
                check_words(self, name, text)
        self._check_days()
        if self._value("status") == Status.PUBLISHED:
            self._check_publishable()
        return cleaned

    def full_clean(self) -> None:
        """Check figures last: only those that are otherwise valid are to be confirmed."""
        super().full_clean()
        if self.is_bound:
            self._check_figures()

    def _check_days(self) -> None:
        for name, value in list(self.cleaned_data.items()):
            if isinstance(value, date) and name in self.changed_data:
                try:
                    validate_day(value, is_past=name in PAST)
                except forms.ValidationError as error:
                    self.add_error(name, error)

    def _check_figures(self) -> None:
        """Ask once about a figure that jumps: its comma or point may be lost, or misread."""
        for name in self.changed_data:
            old: Any = self.initial.get(name)
            new = self.cleaned_data.get(name)
            if is_jump(old, new) and FIGURES_ARE_RIGHT not in self.data:
                words = f"It was {old.normalize():f}. If it is right, tick “The figures are right”."
                self.add_error(name, words)
                self.has_jumps = True

    def _check_publishable(self) -> None:
        refuse_postponing(self, [self.replaced or self.instance])
        for name in self.needed_to_publish:
            if name not in self.errors and not self.cleaned_data.get(name):
                self.add_error(name, "A draft may lack this; a published row needs it.")
        if self._value("verification") == Verification.UNVERIFIED:
            self._add_error_at(
                "verification",
                "A row that is not verified stays a draft until it has been checked.",
            )
        sources = self.cleaned_data.get("sources")
        if sources is not None and all(source.kind == SourceKind.EDITORIAL for source in sources):
            self._add_error_at(
                "sources", "A published row needs a source other than the editors themselves."
            )

    def _value(self, name: str) -> Any:
        return self.cleaned_data.get(name, getattr(self.instance, name, None))

    def _add_error_at(self, name: str, message: str) -> None:
        self.add_error(name if name in self.fields else None, message)


def check_words(form: forms.BaseForm, name: str, text: str) -> None:
    for phrase in forbidden(text):
        form.add_error(name, f"“{phrase}” is never written here: the guide says what to write.")


def bind_form(
    screen: ModelAdmin, row: models.Model, values: Mapping[str, Any]
) -> forms.BaseModelForm:
    """Return the form of a screen, bound to the values of a row with these over them.

    It has Django's widgets and not the admin's, so that each field is sent as one value: a moment
    in ISO 8601, a link by its primary key. The row does not change.
    """
    model: Any = type(row)
    names = [
        field.name
        for field in (*model._meta.concrete_fields, *model._meta.many_to_many)
        if field.editable and not field.primary_key
    ]
    form = modelform_factory(model, form=screen.form, fields=names, formfield_callback=_form_field)
    sent = {
        name: [linked.pk for linked in value] if isinstance(value, list) else value
        for name, value in model_to_dict(row, names).items()
    }
    return form({**sent, **values}, instance=copy(row))


def _form_field(field: Any, **options: Any) -> Any:
    return field.formfield(**options, **FIELD_OPTIONS.get(type(field), {}))


def fixed_fields(model: Any) -> tuple[str, ...]:
    """Return the names of the fields of a model (or of a row's model) that cannot change.

    Other sites link to them, and the loader finds shipped rows by them.
    """
    names: tuple[str, ...] = model.KEY if model.FIXED is None else model.FIXED
    return names


def text_fields(model: Any) -> list[str]:
    """Return the names of the fields in which editors write."""
    return [
        field.name
        for field in model._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField) and not field.choices
    ]


def draft_fields(row: models.Model) -> set[str]:
    """Return the names of the texts and links that a draft may lack."""
    if not isinstance(row, Publishable):
        return set()
    names = {*text_fields(row), *(field.name for field in row._meta.many_to_many)} - NAMES
    fields: list[Any] = [row._meta.get_field(name) for name in names]
    return {field.name for field in fields if not (field.blank or field.unique)}
