"""Screens for sources."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from reversion import set_comment

from nutrients.content.tables import foreign_keys
from nutrients.models import Source, SourceKind
from nutrients.prose import cited_slugs
from nutrients.prose.markdown import CITATION
from nutrients.search.index import catch_up

from .content import ContentAdmin
from .deleting import linked_name, rows_citing
from .screens import draw, fieldset, get_row, locked_if_sent


class ReplaceForm(forms.Form):
    def __init__(self, old: Source, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        # No published row may rest on the editors alone.
        others = Source.objects.exclude(pk=old.pk).exclude(kind=SourceKind.EDITORIAL)
        self.fields["by"] = forms.ModelChoiceField(others, label="Replace it by")


@locked_if_sent
def replace_source(request: HttpRequest, pk: int, screen: Any) -> HttpResponse:
    """List every use of a source, with a form that replaces it by another."""
    old = get_row(screen, request, pk, "change")
    with screen.create_revision(request):
        form = ReplaceForm(old, request.POST or None)
        links, texts = list(_links_to(old)), list(rows_citing([old.slug]))
        uses = list(dict.fromkeys(row for row, _ in [*links, *texts]))
        if form.is_valid():
            new = form.cleaned_data["by"]
            set_comment(f"Source “{old.slug}” replaced by “{new.slug}”")
            # A row may link to the source twice, and cite it.
            changes: dict[Any, dict[str, Any]] = {row: {} for row in uses}
            for row, field in links:
                changes[row][field.name] = (old, new) if field.many_to_many else new
            for row, name in texts:
                changes[row][name] = replace_citations(getattr(row, name), old.slug, new.slug)
            for row, values in changes.items():
                screen.save_values(row, **values)
            catch_up()
            words = f"Changed: {len(uses)}. “{old}” can go now."
            screen.message_user(request, words, messages.SUCCESS)
            return redirect("admin:nutrients_source_change", old.pk)
    return draw(
        request,
        screen,
        "replace_source.html",
        title=f"Replace {old}",
        original=old,
        form=form,
        uses=[linked_name(row) for row in uses],
    )


def _links_to(source: Source) -> Iterator[tuple[Any, Any]]:
    """Yield the rows that link to a source, each with the field of the link."""
    fields: Iterable[Any] = source._meta.get_fields(include_hidden=True)
    for link in fields:
        model = link.related_model
        if link.auto_created and link.is_relation and not model._meta.auto_created:
            rows = model._base_manager.filter(**{link.field.name: source})
            for row in rows.select_related(*foreign_keys(model)):
                yield row, link.field


def replace_citations(text: str, old: str, new: str) -> str:
    """Replace citations of `old` in a text by `new`, with each source once in each citation."""

    def replacement(mark: re.Match[str]) -> str:
        slugs = cited_slugs(mark[0])
        unique = dict.fromkeys(new if slug == old else slug for slug in slugs)
        return f"[{'; '.join(f'@{slug}' for slug in unique)}]"

    return CITATION.sub(replacement, text)


@admin.register(Source)
class SourceAdmin(ContentAdmin):
    prepopulated_fields = {"slug": ("publisher", "title")}
    row_views = {"replace": replace_source}
    list_display = ("title", "publisher", "kind", "read_form", "checked_on", "slug")
    list_filter = ("kind", "read_form", "checked_on")
    search_fields = ("slug", "title", "publisher", "url")
    fieldsets = (
        fieldset(
            None,
            "title",
            "publisher",
            "url",
            "kind",
            "slug",
            description=(
                "One row a publication. Articles cite it by its slug: "
                "[@slug] after the full stop of the sentence that rests on it."
            ),
        ),
        fieldset(
            "How it was read",
            "read_form",
            "how_seen",
            "checked_on",
            "next_review_on",
            "licence_note",
        ),
    )
