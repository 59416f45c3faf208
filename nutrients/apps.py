"""The app's configuration, and the admin site that the project has."""

from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.contrib.admin.apps import AdminConfig
from django.core.checks import Error, register


class NutrientsConfig(AppConfig):
    """Nutrients, symptoms and foods: everything a reader sees and an editor edits."""

    name = "nutrients"
    verbose_name = "Content"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the tables that are versioned before the admin registers its tables."""
        from nutrients.content import versions

        versions.register()


class EditorsConfig(AdminConfig):
    """Makes `EditorsSite` the one admin site of the project."""

    default_site = "nutrients.admin_site.EditorsSite"


@register("urls")
def check_admin_path(**options: Any) -> list[Error]:
    """Refuse a path of the admin that would hide pages of the site."""
    from nutrients.urls import urlpatterns

    folders = {str(pattern.pattern).partition("/")[0] for pattern in urlpatterns}
    if settings.ADMIN_PATH.partition("/")[0] not in folders:
        return []
    message = f"ADMIN_PATH is {settings.ADMIN_PATH!r}, where the site has pages: choose another."
    return [Error(message, id="nutrients.E001")]
