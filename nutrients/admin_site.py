"""The editors' site: Django's admin with its tables in groups, and the screens of the desk."""

import re
from itertools import pairwise
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.templatetags.static import static
from django.urls import path
from django.utils.safestring import mark_safe
from django.utils.text import slugify
from markdown_it import MarkdownIt

from nutrisite.accounts.admin_site import SecuredSite

PICTURE = re.compile(r"\]\(\.\./static/([^)]+)\)")
GROUPS = {
    "Proposals": ["Proposal"],
    "Articles": ["Article", "ArticleSection", "Picture"],
    "Nutrients and evidence": ["Nutrient", "NutrientDetail", "Association", "ReferenceIntake"],
    "Symptoms and safety": [
        "Symptom",
        "RedFlag",
        "RedFlagRule",
        "Question",
        "Answer",
        "SafetyCase",
    ],
    "Causes and risks": ["OtherCause", "RiskFactor", "Interaction"],
    "Foods": ["FoodSource", "NutrientAmount", "FoodPortion", "FoodGroup"],
    "Sources and corrections": ["Source", "ChangeNote", "Redirect", "Problem"],
    "Search": ["Synonym"],
    "After an upgrade": ["ShippedChange"],
    "Accounts": ["User", "Group", "AccountEvent"],
}


class EditorsSite(SecuredSite):
    site_header = "Nutrisite editors"
    site_title = "Nutrisite editors"
    index_title = "What would you like to change?"
    empty_value_display = "–"

    def get_urls(self) -> list[Any]:
        # Imported late: their modules register tables with this site.
        from nutrients.admin.replacing import find_and_replace
        from nutrients.admin.reviewing import review_desk
        from nutrients.admin.writing_help import writing_help

        return [
            path("review/", self.admin_view(review_desk), name="review_desk"),
            path("guide/", self.admin_view(self.guide), name="guide"),
            path("replace/", self.admin_view(find_and_replace), name="replace"),
            path("writing-help/", self.admin_view(writing_help), name="writing_help"),
            *super().get_urls(),
        ]

    def index(self, request: HttpRequest, extra_context: Any = None) -> TemplateResponse:
        from nutrients.admin.home import home_context

        return super().index(request, home_context(request) | (extra_context or {}))

    def guide(self, request: HttpRequest) -> HttpResponse:
        """Show docs/editing.md."""
        text = (settings.BASE_DIR / "docs" / "editing.md").read_text(encoding="utf-8")
        # The paths of pictures in the file are relative to the repository.
        text = PICTURE.sub(lambda match: f"]({static(match[1])})", text)
        markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
        tokens = markdown.parse(text)
        for opening, heading in pairwise(tokens):
            if opening.type == "heading_open":
                # The same anchors as on the host of the repository, for links within the guide.
                opening.attrSet("id", slugify(heading.content))
        html = markdown.renderer.render(tokens, markdown.options, {})
        context = self.each_context(request) | {"title": "Guide", "guide": mark_safe(html)}  # noqa: S308
        return TemplateResponse(request, "admin/guide.html", context)

    def get_app_list(
        self, request: HttpRequest, app_label: str | None = None
    ) -> list[dict[str, Any]]:
        """Return the tables of the account in the groups above, and other tables last."""
        apps = super().get_app_list(request, app_label)
        tables = {table["object_name"]: table for app in apps for table in app["models"]}
        groups = [
            _group(title, [tables.pop(name) for name in names if name in tables])
            for title, names in GROUPS.items()
        ]
        groups.append(_group("Other tables", list(tables.values())))
        return [group for group in groups if group["models"]]


def _group(title: str, tables: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a group as Django's templates expect an app."""
    address = next((table["admin_url"] for table in tables), "")
    return {
        "name": title,
        "app_label": title.split()[0].lower(),
        "app_url": address,
        "has_module_perms": True,
        "models": tables,
    }
