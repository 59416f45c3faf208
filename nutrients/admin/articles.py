"""Screens for articles and their sections."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone

from nutrients.articles.pages import section_preview
from nutrients.content.checking import prose_names
from nutrients.models import Article, ArticleSection, Status
from nutrients.prose import check, cited_slugs

from .content import (
    FORM_FIELDS,
    WRITING_RULE,
    ContentAdmin,
    ContentFormSet,
    FoldedInline,
    PublishableAdmin,
)
from .content_forms import ContentForm, ProseField
from .screens import fieldset
from .widgets import PREVIEW, MarkdownTextarea

MARKDOWN_FIELDS = {
    **FORM_FIELDS,
    models.TextField: {"form_class": ProseField, "widget": MarkdownTextarea},
}
UNSOURCED = "A published article needs a section that cites a source."
SECTION_RULE = (
    "Markdown. Cite after the full stop: [@source-slug]. “What a text can name”, below the text, "
    "lists the blocks."
)


def cites_a_source(article: Article, *, exclude: Iterable[ArticleSection] = ()) -> bool:
    """Whether a section of an article cites a source, apart from those to exclude."""
    sections = article.sections.exclude(pk__in=[section.pk for section in exclude if section.pk])
    return any(map(cited_slugs, sections.values_list("body", flat=True)))


class ArticleForm(ContentForm):
    prose = "short_answer"

    def clean(self) -> dict[str, Any]:
        """Add an error, which names its line, for each unknown citation or block."""
        # An error of another check removes the text.
        errors = check(self.cleaned_data.get(self.prose, ""), **prose_names())
        cleaned = super().clean()
        for error in errors:
            self.add_error(self.prose, str(error))
        return cleaned


class SectionForm(ArticleForm):
    prose = "body"


class LoneSectionForm(SectionForm):
    """The separate form of a section: if published, its article must still cite a source."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        body = cleaned.get("body", self.instance.body)
        article, citations = self._value("article"), cited_slugs(body)
        is_published = article and article.status == Status.PUBLISHED
        if is_published and not (citations or cites_a_source(article, exclude=[self.instance])):
            self.add_error("body", UNSOURCED)
        return cleaned


class SectionFormSet(ContentFormSet):
    def clean(self) -> None:
        """Refuse to publish an article without a section that cites a source."""
        super().clean()
        remaining = [form for form in self.forms if form not in self.deleted_forms]
        bodies = [form.cleaned_data.get("body", form.instance.body) for form in remaining]
        if self.instance.status == Status.PUBLISHED and not any(map(cited_slugs, bodies)):
            raise ValidationError(UNSOURCED)


class SectionInline(FoldedInline):
    model = ArticleSection
    form = SectionForm
    formset = SectionFormSet
    fields = (("title", "anchor", "position"), "body")
    formfield_overrides = MARKDOWN_FIELDS
    prepopulated_fields = {"anchor": ("title",)}
    classes = ()


@admin.register(Article)
class ArticleAdmin(PublishableAdmin):
    form = ArticleForm
    prepopulated_fields = {"slug": ("title",)}
    list_display = ("title", "short_title", "topic", "position", "state", "review")
    search_fields = ("title", "short_title", "slug", "sections__body")
    inlines = (SectionInline,)
    fieldsets = (
        fieldset(
            None,
            "title",
            "slug",
            "short_title",
            "summary",
            "standfirst",
            "short_answer",
            "answer_evidence",
            "key_points",
            description=WRITING_RULE,
        ),
        fieldset(
            "Related pages and order",
            "related_nutrients",
            "related_symptoms",
            "topic",
            ("written_by", "position"),
            folded=True,
        ),
    )

    def is_ready(self, row: Any) -> bool:
        """Whether a draft may be published: a section must cite a source, too."""
        return super().is_ready(row) and cites_a_source(row)


@admin.register(ArticleSection)
class ArticleSectionAdmin(ContentAdmin):
    form = LoneSectionForm
    formfield_overrides = MARKDOWN_FIELDS
    list_display = ("title", "article", "position", "anchor")
    list_filter = ("article",)
    search_fields = ("title", "body", "article__title")
    prepopulated_fields = {"anchor": ("title",)}
    fieldsets = (
        fieldset(
            None,
            "article",
            ("title", "anchor", "position"),
            "body",
            description=f"{WRITING_RULE} {SECTION_RULE}",
        ),
    )

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Protect the last section of a published article that cites a source."""
        rows, counts, missing, protected = super().get_deleted_objects(objs, request)
        articles = Article.objects.filter(status=Status.PUBLISHED, sections__in=list(objs))
        for article in articles.distinct():
            if not cites_a_source(article, exclude=objs):
                protected.append(f"{article}. {UNSOURCED}")
        return rows, counts, missing, protected

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.preview)
        name = "nutrients_articlesection_preview"
        return [path("preview/", view, name=name), *super().get_urls()]

    def preview(self, request: HttpRequest) -> HttpResponse:
        """Show the text of the form as readers will see it; nothing is saved."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        buttons = (name for name in request.POST if name.startswith(PREVIEW))
        body = request.POST.get(next(buttons, "").removeprefix(PREVIEW), "")
        section, references = section_preview(body, at=timezone.now())
        errors = check(body, **prose_names())
        context = {"section": section, "references": references, "errors": errors}
        return TemplateResponse(request, "admin/nutrients/section_preview.html", context)
