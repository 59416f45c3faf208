"""Screens for sources."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from reversion import set_comment

from nutrients.models import Association, Nutrient, Source, Symptom
from nutrients.search.index import catch_up

from .content import TEXT_AREAS, ContentAdmin, count_related
from .content_forms import ContentForm
from .deleting import citing, foreign_keys

CITATION = re.compile(r"\[@[^\[\]]*\]")


class SourceForm(ContentForm):
    """The form of a publication, whose title is quoted, so that its words are not checked."""

    quoted = frozenset({"title", "publisher", "url", "licence_note", "how_seen"})


class ReplaceForm(forms.Form):
    def __init__(self, old: Source, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        others = Source.objects.exclude(pk=old.pk)
        self.fields["by"] = forms.ModelChoiceField(others, label="Replace it by")


@admin.register(Source)
class SourceAdmin(ContentAdmin):
    form = SourceForm
    formfield_overrides = {**TEXT_AREAS, models.URLField: {"assume_scheme": "https"}}
    slug_from = ("publisher", "title")
    list_display = ("title", "publisher", "kind", "read_form", "checked_on", "claims", "slug")
    list_filter = ("kind", "read_form", "checked_on")
    search_fields = ("slug", "title", "publisher", "url")
    date_hierarchy = "checked_on"
    fieldsets = (
        (
            None,
            {
                "fields": ("title", "publisher", "url", "kind", "slug"),
                "description": "One row a publication. Articles cite it by its slug: "
                "[@slug] after the full stop of the sentence that rests on it.",
            },
        ),
        (
            "How it was read",
            {"fields": ("read_form", "how_seen", "checked_on", "next_review_on", "licence_note")},
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        sourced = (Nutrient, Symptom, Association)
        number = sum(count_related(model.sources.through, "source") for model in sourced)
        return super().get_queryset(request).annotate(claim_count=number)

    @admin.display(description="Claims that rest on it", ordering="claim_count")
    def claims(self, obj: Any) -> int:
        return obj.claim_count

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.replace_view)
        address = path("<int:pk>/replace/", view, name="nutrients_source_replace")
        return [address, *super().get_urls()]

    def replace_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """List every use of a source, with a form that replaces it by another."""
        old = get_object_or_404(Source, pk=pk)
        if not self.has_change_permission(request, old):
            raise PermissionDenied
        form = ReplaceForm(old, request.POST or None)
        if form.is_valid():
            with self.create_revision(request):
                number = self.replace(old, form.cleaned_data["by"])
            self.message_user(request, f"Changed: {number}. “{old}” can go now.", messages.SUCCESS)
            return redirect("admin:nutrients_source_change", old.pk)
        context = self.admin_site.each_context(request) | {
            "title": f"Replace {old}",
            "opts": self.opts,
            "original": old,
            "form": form,
            "uses": [
                *(row for row, *_ in self.uses(old)),
                *(row for row, _ in citing([old.slug])),
            ],
        }
        return TemplateResponse(request, "admin/nutrients/replace_source.html", context)

    def uses(self, old: Source) -> list[tuple[Any, Any]]:
        """Return the rows that link to a source, each with the field of the link."""
        fields: Iterable[Any] = old._meta.get_fields(include_hidden=True)
        links = [link for link in fields if link.auto_created and link.is_relation]
        return [
            (row, link.field)
            for link in links
            if not link.related_model._meta.auto_created
            for row in link.related_model._base_manager.filter(
                **{link.field.name: old}
            ).select_related(*foreign_keys(link.related_model))
        ]

    def replace(self, old: Source, new: Source) -> int:
        """Replace a source in all links and texts, and return how many rows changed."""
        set_comment(f"Source “{old.slug}” replaced by “{new.slug}”")
        texts = list(citing([old.slug]))
        links = self.uses(old)
        for row, field in links:
            self.save_values(row, **{field.name: (old, new) if field.many_to_many else new})
        for row, name in texts:
            # Its links may have been saved just now.
            row.refresh_from_db()
            self.save_values(
                row, **{name: replace_citations(getattr(row, name), old.slug, new.slug)}
            )
        catch_up()
        return len({(type(row), row.pk) for row, _ in [*links, *texts]})


def replace_citations(text: str, old: str, new: str) -> str:
    """Replace citations of `old` in a text by `new`, with each source once in each citation."""

    def replacement(mark: re.Match[str]) -> str:
        slugs = [slug.strip(" @") for slug in mark[0][1:-1].split(";")]
        unique = dict.fromkeys(new if slug == old else slug for slug in slugs)
        return f"[{'; '.join(f'@{slug}' for slug in unique)}]"

    return CITATION.sub(replacement, text)
