"""The base of every screen of content: lists, forms, inlines, and what publishing adds to them."""

import re
from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import BaseModelAdmin, InlineModelAdmin
from django.contrib.admin.utils import flatten
from django.contrib.admin.views.main import ORDER_VAR, ChangeList
from django.contrib.admin.widgets import AdminTextareaWidget, RelatedFieldWidgetWrapper
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import QuerySet
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from reversion import set_comment

from nutrients.common.parameters import strip_invisible
from nutrients.common.words import words_of
from nutrients.content.tables import foreign_keys
from nutrients.models import (
    DocumentKind,
    FoodPortion,
    NutrientAmount,
    SearchDocument,
    Status,
    Synonym,
)
from nutrients.search.documents import ORIGINS
from nutrients.search.query import matching, parse_query, synonyms
from nutrisite.accounts.requests import is_key

from .content_forms import (
    CONFIRM_FIGURES,
    FIELD_OPTIONS,
    ContentForm,
    ProseField,
    bind_form,
    refuse_postponing,
    text_fields,
    validate_day,
)
from .deleting import Deletion, describe_blockers
from .guard import GuardedAdmin
from .history import VersionedAdmin
from .proposing import ProposingMixin, ProposingRights
from .public_pages import PublicPageMixin, RemovalForm
from .reviewing import DueForm, sign_row
from .screens import draw, page_name, row_paths
from .spreadsheets import can_import, export, import_page
from .widgets import LabelledSelect, LabelledSelectMultiple, NamedDateTime

WRITING_RULE = (
    "Plain British English, sentences of 20 words or fewer. Say what a source says and no more. "
    "Never name a dose or a brand, and never tell a reader what they have."
)
# The query parameter that names the inline in which every row gets a form.
ROWS = "rows"
FORM_FIELDS: dict[Any, dict[str, Any]] = {
    **FIELD_OPTIONS,
    models.TextField: {"form_class": ProseField, "widget": AdminTextareaWidget(attrs={"rows": 3})},
    # In a form that comes back, Django's hidden initial value would be the moment that was typed.
    models.DateTimeField: {"widget": NamedDateTime, "show_hidden_initial": False},
}

APOSTROPHES = re.compile(r"['’‘ʼ]")
# The kind of the search document of a row, and the path to the slug of the document.
DOCUMENTS: dict[type, tuple[DocumentKind, str]] = {
    **{each.model: (kind, "slug") for kind, each in ORIGINS.items() if each.model.KEY == ("slug",)},
    NutrientAmount: (DocumentKind.FOOD, "food__slug"),
    FoodPortion: (DocumentKind.FOOD, "food__slug"),
}


class ContentFieldsMixin(BaseModelAdmin):
    """The form of content and its controls, alone or under another row."""

    form: Any = ContentForm
    formfield_overrides: ClassVar[Any] = FORM_FIELDS

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if db_field.is_relation:
            widget = LabelledSelectMultiple if db_field.many_to_many else LabelledSelect
            kwargs["widget"] = widget(db_field, self.admin_site)
        return super().formfield_for_dbfield(db_field, request, **kwargs)


class ContentFormSet(BaseInlineFormSet):
    """The rows of an inline. Unchanged ones are neither checked nor saved."""

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        if "DELETE" in form.fields:
            name = form.instance if form.instance.pk else "the new row"
            form.fields["DELETE"].widget.attrs["aria-label"] = f"Delete {name}"
        if form.instance.pk:
            # An unchanged row may break a rule that is newer.
            form.empty_permitted = True

    def clean(self) -> None:
        super().clean()
        rows = [form.instance for form in self.deleted_forms if form.instance.pk]
        if blockers := Deletion(rows).blockers():
            raise ValidationError(describe_blockers(blockers))
        deleted = {row.natural_key() for row in rows}
        for form in self.forms:
            row: Any = form.instance
            # The key of a deleted row is free again.
            if form.has_changed() and form.is_valid() and row.natural_key() not in deleted:
                try:
                    # Django omits constraints with fields that are not in the form, or the parent.
                    row.validate_constraints()
                except ValidationError as error:
                    form.add_error(None, error)


class ListedFormSet(ContentFormSet):
    """Saved rows, which are links to their own forms if there are more than a few.

    A form for each would make the page of a nutrient five times as long.
    """

    max_forms = 4
    # Both are set by ListedInline.
    inline: Any = None
    is_open = False

    def get_queryset(self) -> QuerySet[Any]:
        return self._rows_with_form

    @cached_property
    def _rows_with_form(self) -> QuerySet[Any]:
        rows = super().get_queryset()
        if self.is_bound:
            # Fetch only the rows that were sent: a nutrient may have thousands of amounts.
            count = min(self.initial_form_count(), self.absolute_max)
            sent = [self.data.get(f"{self.add_prefix(index)}-id", "") for index in range(count)]
            return rows.filter(pk__in=[*filter(is_key, sent)])
        rows = rows[: self.inline.max_rows]
        return rows if self.is_open or rows.count() <= self.max_forms else rows.none()

    @cached_property
    def listed(self) -> list[tuple[Any, str]]:
        """Return the rows with their summaries, or none if they have a form on the page."""
        if self.initial_forms:
            return []
        rows = super().get_queryset().prefetch_related(None)[: self.inline.max_rows]
        return [(row, self.inline.summarize(row)) for row in rows]


class ContentInline(ProposingRights, ContentFieldsMixin, InlineModelAdmin):
    """Rows of content under the row that they belong to."""

    formset = ContentFormSet
    extra = 0
    classes: Any = ("collapse",)
    show_change_link = True

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """Label the controls of a table for screen readers, because no label is beside them."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is None or not isinstance(self, admin.TabularInline):
            return field
        widget: Any = field.widget
        if isinstance(widget, RelatedFieldWidgetWrapper):
            # A table has no space for links to edit the chosen row.
            widget.can_change_related = widget.can_delete_related = False
            widget.can_view_related = False
            widget = widget.widget
        widget.attrs["aria-label"] = str(capfirst(field.label))
        return field

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Fetch linked rows too, so that the number of rows costs no further queries."""
        rows = super().get_queryset(request).select_related(*foreign_keys(self.model))
        links = {field.name for field in self.opts.many_to_many}
        return rows.prefetch_related(*links.intersection(flatten(self.fields or ())))


class ListedInline(ContentInline):
    """Rows of which many are listed by name, each with a summary."""

    formset = ListedFormSet
    # How many of the rows are shown; None for all.
    max_rows: ClassVar[int | None] = None

    def get_formset(self, request: HttpRequest, obj: Any = None, **options: Any) -> Any:
        """Return Django's class; open all rows if the address asks for them."""
        formset: Any = super().get_formset(request, obj, **options)
        formset.inline = self
        if request.GET.get(ROWS) == formset.get_default_prefix():
            formset.is_open, self.classes = True, ()
        return formset

    def summarize(self, row: Any) -> str:
        """Return the text that the list shows beside the name of a row."""
        raise NotImplementedError


class FoldedInline(ContentInline, admin.StackedInline):
    template = "admin/nutrients/folded_rows.html"


class ContentChangeList(ChangeList):
    """A list that marks a column as ordered only if an editor ordered by it.

    The default order is often by a position, which no column shows.
    """

    def get_ordering_field_columns(self) -> dict[int, Any]:
        return super().get_ordering_field_columns() if ORDER_VAR in self.params else {}


def reader_matches(queryset: QuerySet[Any], text: str) -> QuerySet[Any]:
    """Return the rows, drafts included, whose document has every word or a synonym of it."""
    clauses = parse_query(words_of(text), synonyms(Synonym.objects.values_list("words", "means")))
    if queryset.model not in DOCUMENTS or not clauses:
        return queryset.none()
    kind, path = DOCUMENTS[queryset.model]
    documents = SearchDocument.objects.filter(kind=kind, pk__in=matching(clauses))
    return queryset.filter(**{f"{path}__in": documents.values("row")})


class ContentAdmin(
    GuardedAdmin, ProposingMixin, PublicPageMixin, ContentFieldsMixin, VersionedAdmin
):
    """One table of content.

    Each base wraps the views and hooks of the next: the guard rolls a save back to run the test
    book, and repeats it; a form that is proposed is rolled back for good; a save that takes a page
    off the site needs a reason; and each save is a version of the row.

    Bases and templates share what is attached to the request: `guard`, `refusal`, `removal`,
    `unlinked` (rows that a deletion takes a link from) and `replaced` (rows that those of a version
    replace).
    """

    save_on_top = True
    list_per_page = 50
    actions: Any = (export,)
    # Views of a row beside Django's, by the last part of the address. They get request, pk, screen.
    row_views: ClassVar[dict[str, Callable[..., HttpResponse]]] = {}

    def get_urls(self) -> list[URLPattern]:
        views = {name: partial(view, screen=self) for name, view in self.row_views.items()}
        own = row_paths(self, views)
        if can_import(self.model):
            view = self.admin_site.admin_view(partial(import_page, screen=self))
            own.append(path("import/", view, name=f"nutrients_{self.opts.model_name}_import"))
        return own + super().get_urls()

    def revision_view(self, request: HttpRequest, *args: Any, **options: Any) -> HttpResponse:
        return self.guard_form(request, super().revision_view, *args, **options)

    def recover_view(self, request: HttpRequest, *args: Any, **options: Any) -> HttpResponse:
        return self.guard_form(request, super().recover_view, *args, **options)

    def render_change_form(self, request: Any, context: Any, *args: Any, **options: Any) -> Any:
        """Add a box to confirm a figure that is a jump from the previous one."""
        formsets = [inline.formset for inline in context.get("inline_admin_formsets", [])]
        forms = [context["adminform"].form, *(form for formset in formsets for form in formset)]
        if any(getattr(form, "has_jumps", False) for form in forms):
            context |= CONFIRM_FIGURES
        return super().render_change_form(request, context, *args, **options)

    def get_inline_formsets(self, *args: Any) -> list[Any]:
        """Say that an inline is for new rows, if its saved ones are listed above it."""
        inlines: list[Any] = super().get_inline_formsets(*args)
        for inline in inlines:
            if getattr(inline.formset, "listed", []):
                inline.listed_title = inline.opts.verbose_name_plural
                inline.opts.verbose_name_plural = f"new {inline.opts.opts.verbose_name_plural}"
        return inlines

    def get_changelist(self, request: HttpRequest, **options: Any) -> type[ChangeList]:
        return ContentChangeList

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Find rows that contain each word, or whose page readers would find by the text."""
        term = APOSTROPHES.sub(" ", strip_invisible(search_term))
        rows, has_duplicates = super().get_search_results(request, queryset, term)
        if page_name(request) != "autocomplete":
            rows |= reader_matches(queryset, search_term)
        return rows, has_duplicates

    def get_search_fields(self, request: HttpRequest) -> Any:
        """Search every text of the rows; to complete a name, only the fields that have it."""
        fields = super().get_search_fields(request)
        if page_name(request) == "autocomplete":
            return fields
        return tuple(dict.fromkeys([*fields, *text_fields(self.model)]))

    def get_view_on_site_url(self, obj: Any = None) -> str | None:
        """Return the address of a row that readers can see now."""
        if obj is None or not hasattr(obj, "get_absolute_url"):
            return None
        # A section is shown with its article.
        is_published = getattr(getattr(obj, "article", obj), "is_published", None)
        if is_published and not is_published(at=timezone.now()):
            return None
        address: str = obj.get_absolute_url()
        return address


class DatesForm(DueForm):
    publish_at = forms.SplitDateTimeField(
        label="Published from", widget=NamedDateTime, required=False, validators=[validate_day]
    )


class PublishableAdmin(ContentAdmin):
    """One table of content that is published, reviewed and sourced."""

    readonly_fields: ClassVar[Any] = ("changed_at", "reviewed_on", "reviewed_by")
    actions = ("publish", "back_to_draft", "set_dates", export)
    row_views = {"sign": sign_row}

    def get_list_filter(self, request: HttpRequest) -> Any:
        return ("status", "verification", *super().get_list_filter(request))

    @admin.display(description="Status", ordering="status")
    def state(self, obj: Any) -> SafeString | str:
        if obj.status != Status.PUBLISHED:
            return "Draft"
        if not obj.is_published(at=timezone.now()):
            return f"From {date_format(timezone.localtime(obj.publish_at), 'j M Y, H:i e')}"
        address = self.get_view_on_site_url(obj)
        if address is None:
            return "On the site"
        hidden = format_html('<span class="visually-hidden">: {}</span>', obj)
        return format_html('<a href="{}">On the site{}</a>', address, hidden)

    @admin.display(description="Next review due", ordering="review_due_on")
    def review(self, obj: Any) -> SafeString | str:
        if obj.review_due_on is None:
            return "No date"
        due = date_format(obj.review_due_on, "j M Y")
        if not obj.is_overdue(on=timezone.localdate()):
            return due
        return format_html("<strong>Overdue since {}</strong>", due)

    def is_ready(self, row: Any) -> bool:
        """Return whether a draft may be published, by the rules of its form."""
        return bind_form(self, row, {"status": Status.PUBLISHED}).is_valid()

    @admin.action(description="Publish the selected rows", permissions=["change"])
    def publish(self, request: HttpRequest, queryset: Any) -> None:
        drafts = list(queryset.exclude(status=Status.PUBLISHED))
        ready = [row for row in drafts if self.is_ready(row)]
        self.set_status(request, ready, Status.PUBLISHED)
        left = len(drafts) - len(ready)
        why = "each needs all its texts and an outside source, and must have been checked"
        words = f"Published {len(ready)}." + (f" {left} stay drafts: {why}." if left else "")
        self.message_user(request, words, "warning" if left else "success")

    @admin.action(description="Take the selected rows off the site", permissions=["change"])
    def back_to_draft(self, request: HttpRequest, queryset: Any) -> HttpResponse | None:
        """Ask for a reason, then make drafts of the rows and redirect their pages."""
        rows = list(queryset.filter(status=Status.PUBLISHED))
        if not rows:
            self.message_user(request, "None of the selected rows is on the site.")
            return None
        form = RemovalForm(request, rows)
        if not form.is_valid():
            intro = "Readers will no longer find these, from the moment you say yes:"
            return self._ask(request, form, rows, "Take off the site?", intro)
        form.add_redirects(by=request.user)
        self.set_status(request, rows, Status.DRAFT, form.cleaned_data["reason"])
        self.message_user(request, f"Taken off the site: {len(rows)}.")
        return None

    @admin.action(description="Set dates of the selected rows", permissions=["change"])
    def set_dates(self, request: HttpRequest, queryset: Any) -> HttpResponse | None:
        """Ask for dates, then set those that were filled in on all the rows."""
        rows = list(queryset)
        form = DatesForm(request.POST if "review_due_on" in request.POST else None)
        if form.is_valid():
            refuse_postponing(form, rows)
        if not form.is_valid() or not any(form.cleaned_data.values()):
            intro = "A date that is left empty stays as it is in each of these:"
            return self._ask(request, form, rows, "Set dates", intro)
        set_comment("Dates, from the list")
        for row in rows:
            dates = {name: value for name, value in form.cleaned_data.items() if value}
            self.save_values(row, **dates)
        if form.cleaned_data["publish_at"]:
            self.check_list_change(request)
        self.message_user(request, f"Dates set: {len(rows)}.")
        return None

    def _ask(
        self, request: HttpRequest, form: Any, rows: list[Any], title: str, intro: str
    ) -> HttpResponse:
        """Return the page with the form of an action."""
        return draw(
            request,
            self,
            "ask.html",
            title=title,
            intro=intro,
            rows=rows,
            form=form,
            action=request.POST["action"],
            ticked=request.POST.getlist(ACTION_CHECKBOX_NAME),
            across=request.POST.get("select_across", "0"),
        )

    def set_status(
        self, request: HttpRequest, rows: list[Any], status: Status, reason: str = ""
    ) -> None:
        set_comment(f"{status.label}, from the list{f': {reason}' if reason else ''}")
        for row in rows:
            self.save_values(row, status=status)
        self.check_list_change(request)
