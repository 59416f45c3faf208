"""What the screens of all content share: state, dates, sources, and inlines that stay quick."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.views.main import ORDER_VAR, ChangeList
from django.contrib.admin.widgets import (
    AdminTextareaWidget,
    AdminTextInputWidget,
    RelatedFieldWidgetWrapper,
)
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from reversion import set_comment

from nutrients.content.removed import has_page, redirect_pages
from nutrients.models import Status, Verification
from nutrients.models.publishing import overdue_on
from nutrisite.accounts.admin_site import is_key

from .content_forms import (
    FIGURES_ARE_RIGHT,
    FIRST_DAY,
    FURTHEST,
    ContentForm,
    FigureField,
    ProseField,
    draft_fields,
    is_outside,
    text_fields,
)
from .deleting import Deletion, NamedDeletionMixin, refusal
from .findable import FindableMixin, asks_for_names
from .history import VersionedAdmin
from .notes_for_readers import NotesForReadersMixin
from .proposing import ProposingMixin, ProposingRights
from .reviewing import DueForm, SignedMixin
from .spreadsheets import SpreadsheetMixin
from .taking_off import TakingOffMixin
from .widgets import KnownSelect, KnownSelectMultiple, NamedDateTime

WRITING_RULE = (
    "Plain British English, sentences of 20 words or fewer. Say what a source says and no more. "
    "Never name a dose or a brand, and never tell a reader what they have."
)
PUBLICATION = (
    "Publication and review",
    {
        "fields": (
            ("status", "publish_at"),
            "verification",
            ("reviewed_on", "reviewed_by"),
            ("review_due_on", "changed_at"),
        ),
        "description": "Readers see a row once it is published and its date has come. "
        "Three dates are kept apart: published, changed and reviewed. A clinician signs the words "
        "as they stand; the name goes once they change.",
    },
)
NBSP = "\N{NO-BREAK SPACE}"
# What the address of a form names to have all rows of one kind in it.
ROWS = "rows"
TEXT_AREAS: dict[Any, dict[str, Any]] = {
    models.TextField: {
        "form_class": ProseField,
        "widget": AdminTextareaWidget(attrs={"rows": 3}),
    },
    models.DateTimeField: {"widget": NamedDateTime},
    models.DecimalField: {"form_class": FigureField},
}


def number_of(model: Any, column: str) -> Coalesce:
    """How many rows of the model point with `column` at the row in hand, for annotations.

    A count over joined tables would lose the order of the rows and multiply with the next one.
    """
    rows = model._base_manager.filter(**{column: OuterRef("pk")}).order_by()
    counted = rows.values(column).annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted), 0)


class KnownLabelsMixin:
    """Gives every autocomplete the widget that does not ask for labels it was given."""

    def formfield_for_foreignkey(self: Any, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs["widget"] = KnownSelect(db_field, self.admin_site)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]

    def formfield_for_manytomany(self: Any, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs["widget"] = KnownSelectMultiple(db_field, self.admin_site)
        return super().formfield_for_manytomany(db_field, request, **kwargs)  # type: ignore[misc]


class ContentFormSet(BaseInlineFormSet):
    """Rows of an inline. Those that were not touched are neither checked nor saved again."""

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        if "DELETE" in form.fields:
            name = form.instance if form.instance.pk else "the new row"
            form.fields["DELETE"].widget.attrs["aria-label"] = f"Delete {name}"
        if form.instance.pk:
            # A row as it was need not answer for rules made since.
            form.empty_permitted = True

    def clean(self) -> None:
        """Django's checks; a row that a rule needs is not deleted from under it."""
        super().clean()
        rows = [form.instance for form in self.deleted_forms if form.instance.pk]
        if needing := Deletion(rows).needing():
            raise ValidationError(refusal(needing))


class ListedFormSet(ContentFormSet):
    """Saved rows, of which more than a few are a list of links to their own forms.

    A form for each would make the page of a nutrient five times as long. They are here if the
    address asks for them, and once they were sent.
    """

    few = 4
    # Of rows without number the first.
    most: ClassVar[int | None] = None
    is_asked_for = False

    def get_queryset(self) -> QuerySet[Any]:
        if not hasattr(self, "_open"):
            rows = super().get_queryset()
            self._open = rows.filter(pk__in=self._sent() if self.is_bound else self._shown(rows))
        return self._open

    @cached_property
    def listed(self) -> list[Any]:
        """The rows that have no form here; none if any of them has."""
        if self.initial_forms:
            return []
        return list(super().get_queryset().prefetch_related(None)[: self.most])

    def _shown(self, rows: QuerySet[Any]) -> list[Any]:
        keys = list(rows.values_list("pk", flat=True)[: self.most])
        return keys if self.is_asked_for or len(keys) <= self.few else []

    def _sent(self) -> list[Any]:
        model: Any = self.model
        key = model._meta.pk.name
        # How many there were is what the form says; how many there can be is known.
        number = min(self.initial_form_count(), self.absolute_max)
        prefixes = map(self.add_prefix, range(number))
        sent = (self.data.get(f"{prefix}-{key}", "") for prefix in prefixes)
        return [one for one in sent if is_key(one)]


class ContentInline(ProposingRights, KnownLabelsMixin, admin.options.InlineModelAdmin):
    """Rows of content under the row that they belong to."""

    form = ContentForm
    formset = ContentFormSet
    formfield_overrides = TEXT_AREAS
    extra = 0
    classes: Any = ("collapse",)
    show_change_link = True
    # Rows to fetch along with the inline's own, so that their number costs no further queries.
    joined: ClassVar[tuple[str, ...]] = ()
    prefetched: ClassVar[tuple[str, ...]] = ()

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """Django's field; in a table, where no label stands beside it, it names itself."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is None or not isinstance(self, admin.TabularInline):
            return field
        inner: Any = field.widget
        if isinstance(inner, RelatedFieldWidgetWrapper):
            # In a table a row is chosen, or added; it is edited on its own screen.
            inner.can_change_related = inner.can_delete_related = inner.can_view_related = False
            inner = inner.widget
        inner.attrs["aria-label"] = str(capfirst(field.label))
        return field

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        return rows.select_related(*self.joined).prefetch_related(*self.prefetched)


class ListedInline(ContentInline):
    """Rows that are listed by name where there are many of them."""

    formset = ListedFormSet

    def get_formset(self, request: HttpRequest, obj: Any = None, **options: Any) -> Any:
        """Django's class, which knows whether the address asks for a form for each row."""
        made: Any = super().get_formset(request, obj, **options)
        made.is_asked_for = request.GET.get(ROWS) == made.get_default_prefix()
        if made.is_asked_for:
            self.classes = ()
        return made

    def told(self, row: Any) -> str:
        """What the list says of a row beside its name."""
        return ""


class FoldedInline(ContentInline, admin.StackedInline):
    template = "admin/nutrients/folded_rows.html"


class HonestList(ChangeList):
    """A list that marks a column as ordered only if an editor ordered by it.

    The usual order is often by a position, which no column shows.
    """

    def get_ordering_field_columns(self) -> dict[int, Any]:
        """The columns of the order that was asked for."""
        return super().get_ordering_field_columns() if ORDER_VAR in self.params else {}


class ContentAdmin(
    SpreadsheetMixin,
    ProposingMixin,
    TakingOffMixin,
    NamedDeletionMixin,
    FindableMixin,
    NotesForReadersMixin,
    KnownLabelsMixin,
    VersionedAdmin,
):
    """One table of content."""

    form = ContentForm
    formfield_overrides = TEXT_AREAS
    save_on_top = True
    list_per_page = 50
    # The field that a new row's slug is made from.
    slug_from: ClassVar[tuple[str, ...]] = ()

    def render_change_form(self, request: HttpRequest, context: Any, **options: Any) -> Any:
        """Django's page, with a box to tick where a figure is ten times what it was."""
        formsets = context.get("inline_admin_formsets", [])
        forms = [context["adminform"].form, *(form for one in formsets for form in one.formset)]
        if any(getattr(form, "jumps", False) for form in forms):
            context["figures_are_right"] = FIGURES_ARE_RIGHT
        return super().render_change_form(request, context, **options)

    def get_inline_formsets(self, *args: Any) -> list[Any]:
        """Django's tables and folds; one whose rows are listed above it is for new rows."""
        made: list[Any] = super().get_inline_formsets(*args)
        for one in made:
            if listed := getattr(one.formset, "listed", []):
                one.listed = [(row, one.opts.told(row)) for row in listed]
                one.listed_as = one.opts.verbose_name_plural
                one.opts.verbose_name_plural = f"new {one.opts.opts.verbose_name_plural}"
        return made

    def get_changelist(self, request: HttpRequest, **options: Any) -> type[ChangeList]:
        """The list that names no order which it does not have."""
        return HonestList

    def get_search_fields(self, request: HttpRequest) -> Any:
        """What the table names, and in its list every text of its rows."""
        named = super().get_search_fields(request)
        if asks_for_names(request):
            return named
        return tuple(dict.fromkeys([*named, *text_fields(self.model)]))

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        """Suggest a slug for a new row alone."""
        return {"slug": self.slug_from} if self.slug_from and obj is None else {}

    def get_view_on_site_url(self, obj: Any = None) -> str | None:
        """The address of the row's page, where readers can see it by now."""
        if obj is None or not hasattr(obj, "get_absolute_url"):
            return None
        # A section shows where its article does.
        shown = getattr(getattr(obj, "article", obj), "is_published", None)
        return obj.get_absolute_url() if shown is None or shown(at=timezone.now()) else None


class StateFilter(admin.SimpleListFilter):
    """Narrows a table to rows in one state."""

    title = "status"
    parameter_name = "state"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("shown", "On the site"),
            ("waiting", "Published, date to come"),
            ("draft", "Draft"),
            ("overdue", "Review overdue"),
            ("unreviewed", "Never reviewed"),
        ]

    def queryset(self, request: Any, queryset: Any) -> Any:
        now = timezone.now()
        match self.value():
            case "shown":
                return queryset.filter(status=Status.PUBLISHED, publish_at__lte=now)
            case "waiting":
                return queryset.filter(status=Status.PUBLISHED, publish_at__gt=now)
            case "draft":
                return queryset.filter(status=Status.DRAFT)
            case "overdue":
                return queryset.filter(overdue_on(timezone.localdate()))
            case "unreviewed":
                return queryset.filter(reviewed_on=None)
        return queryset


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label="Why, for the history",
        max_length=200,
        widget=AdminTextInputWidget,
        error_messages={"required": "Say why, in a sentence."},
    )
    words = forms.CharField(
        label="Words for readers who come to its page",
        max_length=300,
        widget=AdminTextInputWidget,
        required=False,
    )


class DatesForm(DueForm):
    publish_at = forms.SplitDateTimeField(
        label="Published from", widget=NamedDateTime, required=False
    )

    def clean_publish_at(self) -> datetime | None:
        moment: datetime | None = self.cleaned_data["publish_at"]
        if moment and not FIRST_DAY <= moment.date() <= timezone.localdate() + FURTHEST:
            raise ValidationError(f"Choose a day from {FIRST_DAY:%Y} on, within 20 years.")
        return moment


def unbroken(moment: date | datetime, form: str) -> str:
    """A date or time that stays on one line of a narrow column."""
    return date_format(moment, form).replace(" ", NBSP)


class PublishableAdmin(SignedMixin, ContentAdmin):
    """One table of content that is published, reviewed and sourced."""

    list_filter: Any = (StateFilter, "verification")
    readonly_fields: Any = ("changed_at", "reviewed_on", "reviewed_by")
    actions = ("publish", "back_to_draft", "set_dates", "export")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        if not _has_sources(self.model):
            return rows
        links: Any = self.model._meta.get_field("sources")
        number = number_of(links.remote_field.through, links.m2m_field_name())
        return rows.annotate(source_count=number)

    @admin.display(description="Status", ordering="status")
    def state(self, obj: Any) -> SafeString | str:
        now = timezone.now()
        if obj.status != Status.PUBLISHED:
            return "Draft"
        if not obj.is_published(at=now):
            return f"From {unbroken(obj.publish_at, 'j M Y')}, {unbroken(obj.publish_at, 'H:i e')}"
        address = self.get_view_on_site_url(obj)
        if address is None:
            return "On the site"
        hidden = format_html('<span class="visually-hidden">: {}</span>', obj)
        return format_html('<a href="{}">On the site{}</a>', address, hidden)

    @admin.display(description="Next review due", ordering="review_due_on")
    def review(self, obj: Any) -> SafeString | str:
        if obj.review_due_on is None:
            return "No date"
        due = unbroken(obj.review_due_on, "j M Y")
        if not obj.is_overdue(on=timezone.localdate()):
            return due
        return format_html("<strong>Overdue since {}</strong>", due)

    @admin.display(description="Sources", ordering="source_count")
    def source_total(self, obj: Any) -> int:
        return obj.source_count

    def is_ready(self, row: Any) -> bool:
        """Whether a draft meets the rules that its form would check before publishing it."""
        if row.verification == Verification.UNVERIFIED:
            return False
        texts = draft_fields(row) - {field.name for field in row._meta.many_to_many}
        if not all(getattr(row, name) for name in texts):
            return False
        return not _has_sources(type(row)) or any(map(is_outside, row.sources.all()))

    @admin.action(description="Publish the selected rows", permissions=["change"])
    def publish(self, request: HttpRequest, queryset: Any) -> None:
        """Publish what may be published; say which rows may not, and why."""
        drafts = list(queryset.exclude(status=Status.PUBLISHED))
        ready = [row for row in drafts if self.is_ready(row)]
        self.set_status(request, ready, Status.PUBLISHED)
        left = len(drafts) - len(ready)
        why = "each needs all its texts and an outside source, and must have been checked"
        words = f"Published {len(ready)}." + (f" {left} stay drafts: {why}." if left else "")
        self.message_user(request, words, "warning" if left else "success")

    @admin.action(description="Take the selected rows off the site", permissions=["change"])
    def back_to_draft(self, request: HttpRequest, queryset: Any) -> HttpResponse | None:
        """Ask for a reason, which the history keeps, then make drafts of the rows."""
        rows = list(queryset.filter(status=Status.PUBLISHED))
        if not rows:
            self.message_user(request, "None of the selected rows is on the site.")
            return None
        form = ReasonForm(request.POST if "reason" in request.POST else None)
        if not form.is_valid():
            intro = "Readers will no longer find these, from the moment you say yes:"
            return self._ask(request, form, rows, "Take off the site?", intro)
        pages = [row for row in rows if has_page(row, at=timezone.now())]
        redirect_pages(pages, by=request.user.get_username(), **form.cleaned_data)
        self.set_status(request, rows, Status.DRAFT, form.cleaned_data["reason"])
        self.message_user(request, f"Taken off the site: {len(rows)}.")
        return None

    @admin.action(description="Set dates of the selected rows", permissions=["change"])
    def set_dates(self, request: HttpRequest, queryset: Any) -> HttpResponse | None:
        """Ask for the dates, then give all the rows those that were filled in."""
        rows = list(queryset)
        form = DatesForm(request.POST if "asked" in request.POST else None)
        if not form.is_valid() or not any(form.cleaned_data.values()):
            intro = "A date that is left empty stays as it is in each of these:"
            return self._ask(request, form, rows, "Set dates", intro)
        set_comment("Dates, from the list")
        for row in rows:
            given = {name: value for name, value in form.cleaned_data.items() if value}
            self.keep_and_save(row, **given)
        if form.cleaned_data["publish_at"]:
            self.after_list_change(request)
        self.message_user(request, f"Dates set: {len(rows)}.")
        return None

    def _ask(
        self, request: HttpRequest, form: Any, rows: list[Any], title: str, intro: str
    ) -> HttpResponse:
        """The page on which an action on ticked rows asks what it needs to know."""
        context = self.admin_site.each_context(request) | {
            "title": title,
            "intro": intro,
            "opts": self.opts,
            "rows": rows,
            "form": form,
            "action": request.POST["action"],
            "ticked": request.POST.getlist(ACTION_CHECKBOX_NAME),
            "across": request.POST.get("select_across", "0"),
        }
        return TemplateResponse(request, "admin/nutrients/ask.html", context)

    def after_list_change(self, request: HttpRequest) -> None:
        """Called once rows of the list have another state or date."""

    def set_status(
        self, request: HttpRequest, rows: list[Any], status: Status, reason: str = ""
    ) -> None:
        set_comment(f"{status.label}, from the list{f': {reason}' if reason else ''}")
        for row in rows:
            self.keep_and_save(row, status=status)
        self.after_list_change(request)


def _has_sources(model: Any) -> bool:
    return any(field.name == "sources" for field in model._meta.many_to_many)
