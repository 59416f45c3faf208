"""The app's configuration."""

from django.apps import AppConfig


class NutrientsConfig(AppConfig):
    """Nutrients, symptoms and foods: everything a reader sees and an editor edits."""

    name = "nutrients"
    verbose_name = "Content"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the tables whose history is kept, before the admin registers its own."""
        from nutrients.content import versions

        versions.register()
