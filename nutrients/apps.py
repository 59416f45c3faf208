"""The app's configuration, and the admin site that the project has."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class NutrientsConfig(AppConfig):
    """Nutrients, symptoms and foods: everything a reader sees and an editor edits."""

    name = "nutrients"
    verbose_name = "Content"

    def ready(self) -> None:
        """Register the tables that are versioned before the admin registers its tables."""
        from nutrients.content import versions

        versions.register()


class EditorsConfig(AdminConfig):
    """Makes `EditorsSite` the one admin site of the project."""

    default_site = "nutrients.admin_site.EditorsSite"
