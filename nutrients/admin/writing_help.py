"""What a text can name: sources to cite and blocks to place, as a list and for completion."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.response import TemplateResponse

from nutrients.models import Figure, Picture, Source, Symptom


class Word(NamedTuple):
    """What is written, and what that is."""

    text: str
    label: str


BLOCKS = (
    Word("[[comparison-table core]]", "The comparison table of the core nutrients"),
    Word("[[red-flags]]", "When to get help"),
    Word("[[steps]]\n1. \n[[/steps]]", "A numbered list as steps"),
    Word("[[callout caution]]\n\n[[/callout]]", "A box with a warning"),
    Word("[[callout note]]\n\n[[/callout]]", "A box with a note"),
    Word("[[questions]]\n### \n\n[[/questions]]", "Questions as folds"),
    Word("[[table Title]]\n| a | b |\n| --- | --- |\n|  |  |\n[[/table]]", "A table with a title"),
)


def citations() -> list[Word]:
    return [Word(f"[@{source.slug}]", str(source)) for source in Source.objects.all()]


def blocks() -> list[Word]:
    symptoms = Symptom.objects.order_by("name").values_list("slug", "name")
    pictures = Picture.objects.values_list("slug", "alternative")
    return [
        *BLOCKS,
        *(Word(f"[[figure {one.value}]]", f"Drawing: {one.label}") for one in Figure),
        *(Word(f"[[picture {slug}]]", f"Picture: {words or slug}") for slug, words in pictures),
        *(Word(f"[[other-causes {slug}]]", f"Causes that are not nutrients: {name}")
          for slug, name in symptoms),
    ]  # fmt: skip


def writing_help(request: HttpRequest, site: Any) -> HttpResponse:
    """The list as a page; for the script of the text fields the same as JSON."""
    found = {"citations": citations(), "blocks": blocks()}
    if request.GET.get("as") == "json":
        return JsonResponse(found)
    context = site.each_context(request) | {"title": "What a text can name", **found}
    return TemplateResponse(request, "admin/writing_help.html", context)
