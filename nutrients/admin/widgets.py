"""Widgets of the editors' forms."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.admin.widgets import (
    AdminSplitDateTime,
    AdminTextareaWidget,
    AutocompleteMixin,
    AutocompleteSelect,
    AutocompleteSelectMultiple,
)
from django.forms.widgets import Script
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from nutrisite.accounts.admin_site import is_key


class KnownLabels(AutocompleteMixin):
    """An autocomplete that is told the labels of its chosen rows, so that it need not ask.

    Django's own asks the database once for every field of every row of an inline.
    """

    known: dict[str, str] = {}

    def optgroups(self, name: str, value: Any, attr: Any = None) -> Any:
        """The chosen options alone; Django asks for labels only where one is not known."""
        widget: Any = self
        # What cannot be a key is no row: the form says so, and the database is not asked.
        chosen = [text for text in map(str, value) if is_key(text)]
        if any(one not in self.known for one in chosen):
            return super().optgroups(name, chosen, attr)
        options = [(one, self.known[one]) for one in chosen]
        if not widget.is_required and not widget.allow_multiple_selected:
            options.insert(0, ("", ""))
        made = [
            widget.create_option(name, one, label, set(chosen), index)
            for index, (one, label) in enumerate(options)
        ]
        return [(None, made, 0)]


class KnownSelect(KnownLabels, AutocompleteSelect):
    """An autocomplete for one row."""


class KnownSelectMultiple(KnownLabels, AutocompleteSelectMultiple):
    """An autocomplete for several rows."""


class NamedDateTime(AdminSplitDateTime):
    """Date and time, each with a name of its own: the label beside them names neither."""

    def __init__(self, attrs: Any = None) -> None:
        super().__init__(attrs)
        for widget, name in zip(self.widgets, ("Date", "Time, UTC"), strict=True):
            widget.attrs["aria-label"] = name


class FixedText(forms.Widget):
    """Shows what cannot change any more as plain text, without a control."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        return format_html('<span class="readonly">{}</span>', self.text)

    def id_for_label(self, id_: str) -> str:
        return ""

    def use_required_attribute(self, initial: Any) -> bool:
        return False


# How the name of a button begins that asks for the preview of a field.
PREVIEW = "preview-"


class MarkdownTextarea(AdminTextareaWidget):
    """A tall text field with a button that shows, in a new tab, how a reader will see it.

    With scripts, what it can name is completed from lists, and wide windows show the text beside.

    The button sends the form as it stands to the preview, so nothing need be saved first
    and no script is needed. Its name holds that of the field: in a new row of an inline the admin's
    script numbers names and leaves values alone.
    """

    def __init__(self) -> None:
        super().__init__(attrs={"rows": 22, "class": "vLargeTextField markdown"})

    @property
    def media(self) -> forms.Media:
        scripts: list[Any] = [Script("js/markdown-field.js", type="module")]
        return forms.Media(js=scripts)

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        return format_html(
            '<div class="markdown-field" data-words="{words}">{}'
            '<ul role="listbox" aria-label="Suggestions"></ul>'
            '<div class="markdown-tools"><button type="submit" class="button"'
            ' name="{}" formaction="{}" formtarget="_blank" formnovalidate>'
            'Preview<span class="visually-hidden"> in a new tab</span></button>'
            ' <a href="{words}" target="_blank">What a text can name'
            '<span class="visually-hidden"> (opens in a new tab)</span></a></div>'
            '<section class="markdown-preview" aria-label="As readers see it" tabindex="0" hidden>'
            "</section></div>",
            super().render(name, value, attrs, renderer),
            f"{PREVIEW}{name}",
            reverse("admin:nutrients_articlesection_preview"),
            words=reverse("admin:writing_help"),
        )
