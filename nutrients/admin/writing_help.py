"""The sources and blocks that a text can name, as a page and for completion."""

from typing import NamedTuple

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.response import TemplateResponse

from nutrients.models import Figure, Picture, Source, Symptom


class Reference(NamedTuple):
    """A text to insert, and its label."""

    text: str
    label: str


BLOCKS = (
    Reference("[[comparison-table core]]", "The comparison table of the core nutrients"),
    Reference("[[red-flags]]", "When to get help"),
    Reference("[[steps]]\n1. \n[[/steps]]", "A numbered list as steps"),
    Reference("[[callout caution]]\n\n[[/callout]]", "A box with a warning"),
    Reference("[[callout note]]\n\n[[/callout]]", "A box with a note"),
    Reference("[[questions]]\n### \n\n[[/questions]]", "Questions as folds"),
    Reference(
        "[[table Title]]\n| a | b |\n| --- | --- |\n|  |  |\n[[/table]]", "A table with a title"
    ),
)


def citations() -> list[Reference]:
    return [Reference(f"[@{source.slug}]", str(source)) for source in Source.objects.all()]


def blocks() -> list[Reference]:
    symptoms = Symptom.objects.order_by("name").values_list("slug", "name")
    pictures = Picture.objects.values_list("slug", "alternative")
    return [
        *BLOCKS,
        *(Reference(f"[[figure {figure.value}]]", f"Drawing: {figure.label}") for figure in Figure),
        *(Reference(f"[[picture {slug}]]", f"Picture: {text or slug}") for slug, text in pictures),
        *(
            Reference(f"[[other-causes {slug}]]", f"Causes that are not nutrients: {name}")
            for slug, name in symptoms
        ),
    ]


def writing_help(request: HttpRequest) -> HttpResponse:
    """Show the references, or return them as JSON for the script of the text fields."""
    references = {"citations": citations(), "blocks": blocks()}
    if request.GET.get("as") == "json":
        return JsonResponse(references)
    context = admin.site.each_context(request) | {"title": "What a text can name", **references}
    return TemplateResponse(request, "admin/writing_help.html", context)
