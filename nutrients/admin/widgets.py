"""Widgets of the editors' forms."""

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
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString

from nutrisite.accounts.requests import is_key


class LabelledAutocomplete(AutocompleteMixin):
    """An autocomplete that takes the labels of its chosen rows from `labels` if they are there.

    Django's makes a query for every field of every row of an inline.
    """

    labels: dict[str, str] = {}

    def optgroups(self, name: str, value: Any, attr: Any = None) -> Any:
        """Return the chosen options only."""
        widget: Any = self
        # The database would fail on other values, which the form reports.
        chosen = [key for key in map(str, value) if is_key(key)]
        if not self.labels.keys() >= set(chosen):
            return super().optgroups(name, chosen, attr)
        options = [(key, self.labels[key]) for key in chosen]
        if not widget.is_required and not widget.allow_multiple_selected:
            options.insert(0, ("", ""))
        group = [
            widget.create_option(name, key, label, key in chosen, index)
            for index, (key, label) in enumerate(options)
        ]
        return [(None, group, 0)]


class LabelledSelect(LabelledAutocomplete, AutocompleteSelect):
    """An autocomplete for one row."""


class LabelledSelectMultiple(LabelledAutocomplete, AutocompleteSelectMultiple):
    """An autocomplete for several rows."""


class NamedDateTime(AdminSplitDateTime):
    """Date and time inputs, each with its name for screen readers: the label names neither."""

    def __init__(self, attrs: Any = None) -> None:
        super().__init__(attrs)
        for widget, name in zip(self.widgets, ("Date", "Time, UTC"), strict=True):
            widget.attrs["aria-label"] = name


class FixedText(forms.Widget):
    """Plain text instead of an input, for a value that can no longer change."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        return format_html('<span class="readonly">{}</span>', self.text)

    def id_for_label(self, id_: str) -> str:
        return ""

    def use_required_attribute(self, initial: Any) -> bool:
        return False


# Prefix of the name of a preview button. The name of its field follows.
PREVIEW = "preview-"


class MarkdownTextarea(AdminTextareaWidget):
    """A tall text field with a button that previews the text in a new tab.

    The button sends the whole form to the preview, so nothing needs saving and no script is needed.
    The name of the button includes the field's: in a new row of an inline, the admin's script
    numbers names but not values. With scripts, citations and blocks are completed from lists, and
    wide windows show the preview beside the text.
    """

    def __init__(self) -> None:
        super().__init__(attrs={"rows": 22, "class": "vLargeTextField markdown"})

    @property
    def media(self) -> forms.Media:
        scripts: list[Any] = [Script("js/markdown-field.js", type="module")]
        return forms.Media(js=scripts)

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        field = super().render(name, value, attrs, renderer)
        context = {"field": field, "button": f"{PREVIEW}{name}"}
        return render_to_string("admin/nutrients/markdown_field.html", context)
