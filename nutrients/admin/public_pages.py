"""What a save does to the public page of a row: a note for its readers, or its removal.

A removal has a reason, and a redirect or words for readers at the address.
"""

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.admin.widgets import AdminTextareaWidget, AdminTextInputWidget
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import capfirst
from reversion import set_comment
from reversion.admin import VersionAdmin

from nutrients.content.checking import page_fault
from nutrients.content.removed import has_page, redirect_pages
from nutrients.models import ChangeNote, NoteKind, Publishable, Redirect, Status

from .content_forms import FIELD_OPTIONS, ContentForm, ProseField, check_words
from .guard import is_refused, refuse
from .proposing import is_proposing
from .screens import fieldset

NOTE_FIELDS = ("note_for_readers", "corrects_an_error")
PUBLICATION = fieldset(
    "Publication and review",
    ("status", "publish_at"),
    "verification",
    ("reviewed_on", "reviewed_by"),
    ("review_due_on", "changed_at"),
    description=(
        "Readers see a row once it is published and its date has come. "
        "Three dates are kept apart: published, changed and reviewed. A clinician signs the words "
        "as they stand; the name goes once they change."
    ),
)
NOTE = fieldset(
    "Tell readers",
    *NOTE_FIELDS,
    description=(
        "For an edit that changes what a reader may think or do. It shows on the "
        "page and under Corrections. Leave it empty for a small edit, such as a spelling."
    ),
)
MAX_TITLE_LENGTH = 200
NOT_YET = (
    "Not saved yet: this takes a page off the site. Answer what is asked above, and save again."
)


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

    def clean(self) -> dict[str, Any]:
        """Check the wording of the note; a correction needs words."""
        cleaned = super().clean() or self.cleaned_data
        text = cleaned.get("note_for_readers", "")
        check_words(self, "note_for_readers", text)
        if cleaned.get("corrects_an_error") and not text:
            self.add_error("note_for_readers", "Say what was wrong and what is right.")
        return cleaned


class RedirectForm(ContentForm):
    """A form for a redirect, which leads to a page that readers can see."""

    def clean_to(self) -> str:
        target: str = self.cleaned_data["to"]
        if target and target == self.cleaned_data.get("path", self.instance.path):
            raise forms.ValidationError("There is no other page at this address.")
        if target and (fault := page_fault(target)):
            raise forms.ValidationError(capfirst(fault))
        return target


class RemovalForm(RedirectForm):
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
        field_classes: ClassVar[dict[str, Any]] = dict.fromkeys(fields, ProseField)
        error_messages: ClassVar[dict[str, Any]] = {
            "reason": {"required": "Say why, in a sentence."}
        }

    def __init__(self, request: HttpRequest, rows: Sequence[Any]) -> None:
        self._pages = [row for row in rows if has_page(row, at=timezone.now())]
        # A page does not redirect to itself.
        instance = Redirect(path=self._pages[0].get_absolute_url()) if self._pages else None
        sent = request.POST if "gone-reason" in request.POST else None
        super().__init__(sent, instance=instance)
        if len(rows) > 1:
            # They do not all lead to one page.
            del self.fields["to"]

    def add_redirects(self, *, by: Any) -> None:
        """Save a redirect, or words for readers, for each row that has a page."""
        redirect_pages(self._pages, by=by.get_username(), **self.cleaned_data)


class PublicPageMixin(VersionAdmin):
    """Asks for a reason before a form or a deletion takes pages off the site.

    Offers a note if readers can see the page of a row now, and creates it with the save.
    """

    def change_view(
        self, request: HttpRequest, object_id: str, *args: Any, **options: Any
    ) -> HttpResponse:
        self._ask_before_removal(request, object_id)
        return super().change_view(request, object_id, *args, **options)

    def revision_view(
        self, request: HttpRequest, object_id: str, *args: Any, **options: Any
    ) -> HttpResponse:
        """Ask before the version takes the place of the row that readers see."""
        self._ask_before_removal(request, object_id)
        return super().revision_view(request, object_id, *args, **options)

    def _ask_before_removal(self, request: HttpRequest, object_id: str) -> None:
        is_draft = request.POST.get("status") == Status.DRAFT and not is_proposing(request)
        row = self.get_object(request, unquote(object_id)) if is_draft else None
        if not _is_answered(request, [row] if row else []):
            refuse(request, NOT_YET)

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **options: Any
    ) -> Any:
        if self._offers_note(request, obj):
            options["form"] = type(f"Noted{self.form.__name__}", (NoteFields, self.form), {})
        return super().get_form(request, obj, change, **options)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        groups = [*super().get_fieldsets(request, obj)]
        groups += [PUBLICATION] if issubclass(self.model, Publishable) else []
        return [*groups, NOTE] if self._offers_note(request, obj) else groups

    def _offers_note(self, request: HttpRequest, obj: Any) -> bool:
        if obj is None or not self.has_change_permission(request, obj):
            return False
        return self.get_view_on_site_url(obj) is not None

    def get_deleted_objects(self, objs: Any, request: Any) -> Any:
        """Ask on Django's confirmation page; show it again if the form is invalid or refused."""
        if not _is_answered(request, list(objs)) or is_refused(request):
            # Django deletes nothing if nothing was sent.
            request.POST = QueryDict()
        return super().get_deleted_objects(objs, request)

    def save_model(self, request: Any, obj: Any, form: Any, change: bool) -> None:
        """Save the row, then redirect its page if it is taken off, and create its note."""
        removal = getattr(request, "removal", None)
        super().save_model(request, obj, form, change)
        if removal:
            removal.add_redirects(by=request.user)
        if text := form.cleaned_data.get("note_for_readers"):
            is_correction = form.cleaned_data["corrects_an_error"]
            form.note = ChangeNote.objects.create(
                kind=NoteKind.CORRECTION if is_correction else NoteKind.CHANGE,
                text=text,
                title=str(obj)[:MAX_TITLE_LENGTH],
                address=obj.get_absolute_url(),
                created_at=timezone.now(),
            )

    def log_change(self, request: Any, obj: Any, message: Any) -> Any:
        """Add the reason to the comment of the revision."""
        entry = super().log_change(request, obj, message)
        if removal := getattr(request, "removal", None):
            set_comment(f"{entry.get_change_message()} {removal.cleaned_data['reason']}")
        return entry

    def delete_queryset(self, request: Any, queryset: Any) -> None:
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


@admin.register(Redirect)
class RedirectAdmin(admin.ModelAdmin):
    form = RedirectForm
    formfield_overrides: ClassVar[Any] = FIELD_OPTIONS
    list_display = ("path", "to", "reason", "created_by", "created_at")
    search_fields = ("path", "to", "reason", "words")
    fields = ("path", "to", "reason", "words")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.created_by = request.user.get_username()
        super().save_model(request, obj, form, change)
