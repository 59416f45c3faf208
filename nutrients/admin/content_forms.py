"""The rules that every form of content checks at save, and what they say when one is broken."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.db import models
from django.forms import model_to_dict, modelform_factory
from django.http import QueryDict
from django.utils import timezone

from nutrients.common.parameters import read_number
from nutrients.common.wording import forbidden
from nutrients.models import Publishable, Source, SourceKind, Status, Verification

from .widgets import FixedText, KnownLabels

# Names of people, publications and foreign catalogues are quoted as they are.
QUOTED = frozenset({"written_by", "usda_description", "usda_ndb_number", "slug"})
# By these a row is found again.
NAMES = {"name", "title", "sign", "item_a", "item_b"}
# Days that are over once they are known, and how far ahead others may lie.
PAST = {"checked_on"}
FIRST_DAY, FURTHEST = date(2000, 1, 1), timedelta(days=20 * 365)
# The box by which an editor says that figures are right though they are ten times what they were.
FIGURES_ARE_RIGHT, JUMP = "figures_are_right", 10
POINTED = re.compile(r"-?\d*\.?\d*", re.ASCII)
TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")


class ProseField(forms.CharField):
    """A text with the line ends that it was loaded with.

    A browser sends others. Taken as they are, every save would look like a change to the text.
    """

    def to_python(self, value: Any) -> Any:
        return super().to_python(plain_lines(value))

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(plain_lines(initial), data)


class FigureField(forms.DecimalField):
    """A figure as editors write it: 1.5, 1,5 or 1 500.

    A browser's own field for numbers may drop a comma and make the figure ten times as large.
    """

    widget = forms.TextInput

    def to_python(self, value: Any) -> Any:
        """Refuse 1,500, which may be 1.5 or 1500."""
        # A point alone parts decimals here, as Django has it.
        if not isinstance(value, str) or POINTED.fullmatch(value.strip()):
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


def plain_lines(text: Any) -> Any:
    """The text with line feeds alone and without space around it; anything else as it is.

    Characters that turn the direction of writing go: they can make a text read as another.
    """
    return TURNING.sub("", text).replace("\r\n", "\n").strip() if isinstance(text, str) else text


class ContentForm(forms.ModelForm):
    """A form for one row of content.

    `fixed` names the fields that identify the row, by default those of its natural key. Other sites
    link to them and the loader knows shipped rows by them, so they cannot change once the row is
    saved. `quoted` names fields that repeat the words of others.
    """

    fixed: ClassVar[tuple[str, ...] | None] = None
    quoted: ClassVar[frozenset[str]] = frozenset()
    # Whether a figure is asked about.
    jumps = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.for_publishing = self._loosen()
        if self.instance.pk:
            self._fix_identity()
            self._tell_labels()

    def _loosen(self) -> list[str]:
        """Let a draft be saved without its texts and links; give the names of those it may lack."""
        names = draft_fields(self.instance).difference(fixed_fields(type(self), self.instance))
        loosened = [name for name in self.fields if name in names and self.fields[name].required]
        for name in loosened:
            field = self.fields[name]
            field.required = False
            field.help_text = f"{field.help_text} Needed to publish.".strip()
        return loosened

    def _fix_identity(self) -> None:
        for name in fixed_fields(type(self), self.instance):
            if name in self.fields:
                field = self.fields[name]
                field.disabled = True
                field.help_text = ""
                field.widget = FixedText(_shown(self.instance, name))

    def _tell_labels(self) -> None:
        """Hand the autocompletes the rows that came along with this one."""
        for name, field in self.fields.items():
            widget = field.widget
            if isinstance(widget, RelatedFieldWidgetWrapper):
                widget = widget.widget
            if isinstance(widget, KnownLabels):
                widget.known = {str(row.pk): str(row) for row in _related(self.instance, name)}

    def clean(self) -> dict[str, Any]:
        """Check wording, review and publication; each problem is shown at its field."""
        cleaned = super().clean() or self.cleaned_data
        for name, text in list(self._prose()):
            self._check_words(name, text)
        self._check_days()
        if self._value("status") == Status.PUBLISHED:
            self._check_publishable()
        return cleaned

    def full_clean(self) -> None:
        """Clean the form, then ask about the figures with which nothing is wrong."""
        super().full_clean()
        if self.is_bound:
            self._check_figures()

    def _check_days(self) -> None:
        """Refuse a day that cannot be meant: long ago, or too far ahead."""
        today = timezone.localdate()
        for name, value in list(self.cleaned_data.items()):
            day = timezone.localdate(value) if isinstance(value, datetime) else value
            if not (isinstance(day, date) and name in self.changed_data):
                continue
            last = today if name in PAST else today + FURTHEST
            if not FIRST_DAY <= day <= last:
                words = f"Choose a day from {FIRST_DAY:%Y} to {last:%-d %B %Y}."
                self.add_error(name, words)

    def _check_figures(self) -> None:
        """Ask once about a figure that is ten times what it was: a comma may be lost."""
        for name in self.changed_data:
            old, new = self.initial.get(name), self.cleaned_data.get(name)
            if not (isinstance(old, Decimal) and isinstance(new, Decimal) and old > 0):
                continue
            if new >= JUMP * old and FIGURES_ARE_RIGHT not in self.data:
                words = f"It was {old.normalize():f}. If it is right, tick the box above."
                self.add_error(name, words)
                self.jumps = True

    def _prose(self) -> Iterator[tuple[str, str]]:
        ours = set(text_fields(self.instance)) - QUOTED - self.quoted
        for name, value in self.cleaned_data.items():
            if name in ours and isinstance(value, str):
                yield name, value

    def _check_words(self, name: str, text: str) -> None:
        for phrase in forbidden(text):
            self.add_error(name, f"“{phrase}” is never written here: the guide says what to write.")

    def _check_publishable(self) -> None:
        for name in self.for_publishing:
            if name not in self.errors and not self.cleaned_data.get(name):
                self.add_error(name, "A draft may lack this; a published row needs it.")
        if self._value("verification") == Verification.UNVERIFIED:
            self._add_error_to(
                "verification",
                "A row that is not verified stays a draft until it has been checked.",
            )
        sources = self.cleaned_data.get("sources")
        if sources is not None and not any(is_outside(source) for source in sources):
            self._add_error_to(
                "sources", "A published row needs a source other than the editors themselves."
            )

    def _value(self, name: str) -> Any:
        return self.cleaned_data.get(name, getattr(self.instance, name, None))

    def _add_error_to(self, name: str, message: str) -> None:
        self.add_error(name if name in self.fields else None, message)


def form_over(screen: Any, row: models.Model, values: Mapping[str, Any]) -> forms.BaseModelForm:
    """The form of a row as its screen checks it, sent with the row and these values.

    Its controls are those of Django and not of the admin, so that each field is sent as one value:
    a moment in ISO 8601, a link by its primary key.
    """
    model: Any = type(row)
    names = [
        field.name
        for field in (*model._meta.concrete_fields, *model._meta.many_to_many)
        if field.editable and not field.primary_key
    ]
    made = modelform_factory(model, form=screen.form, fields=names, formfield_callback=_plain_field)
    sent = {
        name: [one.pk for one in value] if isinstance(value, list) else value
        for name, value in model_to_dict(row, names).items()
    }
    return made({**sent, **values}, instance=row)


def _plain_field(field: Any, **options: Any) -> Any:
    if isinstance(field, models.URLField):
        options["assume_scheme"] = "https"
    elif isinstance(field, models.TextField):
        options["form_class"] = ProseField
    elif isinstance(field, models.DecimalField):
        options["form_class"] = FigureField
    return field.formfield(**options)


def fixed_fields(form: type[ContentForm], model: Any) -> tuple[str, ...]:
    """The names of the fields that identify a row of the model, or the row itself."""
    names: tuple[str, ...] = getattr(model, "KEY", ()) if form.fixed is None else form.fixed
    return names


def text_fields(model: Any) -> list[str]:
    """The names of the fields in which an editor writes, of a model or one of its rows."""
    return [
        field.name
        for field in model._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField) and not field.choices
    ]


def draft_fields(row: models.Model) -> set[str]:
    """The names of the fields that a draft may lack: texts and links, but not what names it."""
    if not isinstance(row, Publishable):
        return set()
    names = {*text_fields(row), *(field.name for field in row._meta.many_to_many)} - NAMES
    fields: list[Any] = [row._meta.get_field(name) for name in names]
    return {field.name for field in fields if not (field.blank or field.unique)}


def is_outside(source: Source) -> bool:
    """Whether the source is a publication of somebody else's."""
    return source.kind != SourceKind.EDITORIAL


def _shown(row: models.Model, name: str) -> str:
    display = getattr(row, f"get_{name}_display", None)
    return str(display() if display else getattr(row, name))


def _related(row: models.Model, name: str) -> list[models.Model]:
    """The rows that the field `name` of this row points at; only those that exist."""
    if row._meta.get_field(name).many_to_many:
        return list(getattr(row, name).all())
    one = getattr(row, name)
    return [one] if one else []


def read_instead(request: Any, sent: QueryDict) -> None:
    """Have Django's views read this in place of the form that was sent."""
    request.POST = sent


class RefusableMixin:
    """A form that can be refused for a reason that no field shows, with everything typed kept."""

    @staticmethod
    def refuse(request: Any, sentence: str) -> None:
        """Have the form of this request come back with a sentence and not be saved."""
        request.refusal = sentence

    def get_form(self: Any, request: Any, *args: Any, **options: Any) -> Any:
        """The form, which is not valid if the request is refused."""
        form = super().get_form(request, *args, **options)  # type: ignore[misc]
        sentence = getattr(request, "refusal", "")
        return _refused(form, sentence) if sentence else form


def _refused(form: Any, sentence: str) -> Any:
    class Refused(form):
        def clean(self) -> Any:
            cleaned = super().clean()
            self.add_error(None, sentence)
            return cleaned

    return Refused
