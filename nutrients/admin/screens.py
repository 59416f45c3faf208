"""What the screens of several tables share: bases, filters, pages and addresses."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django.apps import apps
from django.contrib.admin import ModelAdmin, SimpleListFilter
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from nutrients.content.versions import lock_content
from nutrisite.accounts.resubmission import show_form


class FixedRowsAdmin(ModelAdmin):
    """Rows that are not added or deleted in the admin."""

    has_add_permission = has_delete_permission = lambda *args: False


class TableFilter(SimpleListFilter):
    """Filters rows that name a table by its label, nutrients.nutrient, and shows its name."""

    title, parameter_name = "table", "model"

    def lookups(self, request: HttpRequest, screen: Any) -> list[tuple[str, str]]:
        rows = screen.get_queryset(request).exclude(model="").order_by("model")
        labels = rows.values_list("model", flat=True).distinct()
        return [
            (label, capfirst(apps.get_model(label)._meta.verbose_name_plural)) for label in labels
        ]

    def queryset(self, request: HttpRequest, rows: Any) -> Any:
        return rows.filter(model=self.value()) if self.value() else rows


def fieldset(
    title: str | None, *fields: Any, description: str = "", folded: bool = False
) -> tuple[Any, Any]:
    """Return an entry of `fieldsets`. Fields in a tuple share a line of the form."""
    classes = ("collapse",) if folded else ()
    return title, {"fields": fields, "description": description, "classes": classes}


def locked_if_sent(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let other saves wait while a view compares a form with the rows, and writes.

    It would otherwise undo, or sign, what was saved after the comparison.
    """

    @wraps(view)
    def locked(request: HttpRequest, *args: Any, **options: Any) -> HttpResponse:
        if request.method != "POST":
            return view(request, *args, **options)
        with transaction.atomic():
            lock_content()
            return view(request, *args, **options)

    return locked


def page_name(request: HttpRequest) -> str:
    """Return the name of the URL pattern of a request, such as nutrients_article_change."""
    match = request.resolver_match
    return (match and match.url_name) or ""


def is_row_form(request: HttpRequest) -> bool:
    """Whether the address is that of the form of one row."""
    return page_name(request).endswith(("_add", "_change"))


def get_row(screen: ModelAdmin, request: HttpRequest, pk: int, right: str = "view") -> Any:
    """Return the row of an address; raise Http404, or PermissionDenied if the right is missing."""
    row = get_object_or_404(screen.model, pk=pk)
    if not getattr(screen, f"has_{right}_permission")(request, row):
        raise PermissionDenied
    return row


def row_paths(screen: ModelAdmin, views: Mapping[str, Any]) -> list[URLPattern]:
    """Return the paths of views of a row, by the last part of their addresses."""
    wrap, table = screen.admin_site.admin_view, screen.opts.model_name
    return [
        path(f"<int:pk>/{name}/", wrap(view), name=f"nutrients_{table}_{name}")
        for name, view in views.items()
    ]


def draw(
    request: HttpRequest, screen: ModelAdmin, template: str, **context: Any
) -> TemplateResponse:
    """Return a page of a table that Django lacks, by a template in templates/admin/nutrients/."""
    context = screen.admin_site.each_context(request) | {"opts": screen.opts} | context
    return TemplateResponse(request, f"admin/nutrients/{template}", context)


def return_texts(request: HttpRequest, sentence: str, address: str) -> HttpResponse:
    """Return the texts of a form that cannot be saved, to copy, with a link to an address."""
    return show_form(request, sentence, address=address, can_resend=False)


def admin_address(model: Any, page: str, *keys: Any) -> str:
    """Return the address of a page of a table; NoReverseMatch if the admin has no such page."""
    return reverse(f"admin:{model._meta.label_lower.replace('.', '_')}_{page}", args=keys)


def row_link(model: Any, pk: Any, name: Any) -> SafeString | str:
    """Return a row's name with a link to its form, or the name alone if it has no form."""
    try:
        return format_html('<a href="{}">{}</a>', admin_address(model, "change", pk), name)
    except NoReverseMatch:
        return str(name)
