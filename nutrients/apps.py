"""The app's configuration, and the admin site that the project has."""

from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.contrib.admin.apps import AdminConfig
from django.core.checks import Error, register
from django.urls import get_resolver


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
    """Refuse a path of the admin in a folder where the site has pages or files."""
    from nutrients.urls import urlpatterns

    root = get_resolver().url_patterns
    others = [each for each in root if getattr(each, "app_name", "") != "admin"]
    addresses = [str(each.pattern) for each in (*others, *urlpatterns)]
    folders = {address.partition("/")[0] for address in (settings.STATIC_URL[1:], *addresses)}
    if settings.ADMIN_PATH.partition("/")[0] not in folders:
        return []
    message = f"ADMIN_PATH is {settings.ADMIN_PATH!r}, where the site has pages: choose another."
    return [Error(message, id="nutrients.E001")]
