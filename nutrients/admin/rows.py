"""Screens of rows that are not written by hand, and links to the forms of rows."""

from typing import Any

from django.contrib.admin import ModelAdmin
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString


class FixedRowsAdmin(ModelAdmin):
    """Rows that are not added or deleted in the admin."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReadOnlyAdmin(FixedRowsAdmin):
    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def change_address(label: str, pk: Any) -> str:
    """Return the address of a row's form; NoReverseMatch if the admin has no such model.

    The label is that of fixtures: nutrients.nutrient.
    """
    return reverse(f"admin:{label.replace('.', '_')}_change", args=[pk])


def row_link(label: str, pk: Any, name: Any) -> SafeString | str:
    """Return a row's name with a link to its form, or the name alone if it has no form."""
    try:
        return format_html('<a href="{}">{}</a>', change_address(label, pk), name)
    except NoReverseMatch:
        return str(name)
