"""A note for readers in the form of every row that has a public page."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminTextareaWidget
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import cached_property
from reversion.admin import VersionAdmin

from nutrients.models import ChangeNote, NoteKind
from nutrients.proposals import key_of

from .content_forms import ProseField
from .rows import fieldset

NOTE_FIELDS = ("note_for_readers", "corrects_an_error")
NOTE = fieldset(
    "Tell readers",
    *NOTE_FIELDS,
    description=(
        "For an edit that changes what a reader may think or do. It shows on the "
        "page and under Corrections. Leave it empty for a small edit, such as a spelling."
    ),
)
MAX_TITLE_LENGTH = 200


class NoteFields(forms.Form):
    """The fields of a note, which are added to the form of a row."""

    note_for_readers = ProseField(
        required=False,
        widget=AdminTextareaWidget(attrs={"rows": 3}),
        help_text="What changed and why, in a sentence or two.",
    )
    corrects_an_error = forms.BooleanField(
        required=False,
        label="This corrects an error",
        help_text="Then the note says what was wrong and what is right.",
    )

    @cached_property
    def changed_data(self) -> list[str]:
        """Return the changed fields of the row: a note alone does not make a version of it."""
        return [name for name in super().changed_data if name not in NOTE_FIELDS]

    def clean(self: Any) -> dict[str, Any]:
        """Check the wording of the note; a correction needs words."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        text = cleaned.get("note_for_readers", "")
        self._check_words("note_for_readers", text)
        if cleaned.get("corrects_an_error") and not text:
            self.add_error("note_for_readers", "Say what was wrong and what is right.")
        return cleaned


class NotesForReadersMixin(VersionAdmin):
    """Offers a note if readers can see the page of a row now, and creates it with the save."""

    def get_form(
        self: Any, request: HttpRequest, obj: Any = None, change: bool = False, **options: Any
    ) -> Any:
        if self._offers_note(request, obj):
            options["form"] = type(f"Noted{self.form.__name__}", (NoteFields, self.form), {})
        return super().get_form(request, obj, change, **options)

    def get_fieldsets(self: Any, request: HttpRequest, obj: Any = None) -> Any:
        groups = super().get_fieldsets(request, obj)
        return (*groups, NOTE) if self._offers_note(request, obj) else groups

    def _offers_note(self: Any, request: HttpRequest, obj: Any) -> bool:
        if obj is None or not self.has_change_permission(request, obj):
            return False
        return self.get_view_on_site_url(obj) is not None

    def save_model(self: Any, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if text := form.cleaned_data.get("note_for_readers"):
            is_correction = form.cleaned_data["corrects_an_error"]
            form.note = ChangeNote.objects.create(
                kind=NoteKind.CORRECTION if is_correction else NoteKind.CHANGE,
                text=text,
                title=str(obj)[:MAX_TITLE_LENGTH],
                address=obj.get_absolute_url(),
                subject=obj._meta.label_lower,
                subject_key=key_of(obj),
                created_at=timezone.now(),
            )
