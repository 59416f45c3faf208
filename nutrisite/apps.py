"""The project as an app."""

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate

from nutrisite.content_changes import note_changes


class ProjectConfig(AppConfig):
    """Has PostgreSQL note changes of content, for the page cache."""

    name = "nutrisite"

    def ready(self) -> None:
        """Listen to Django's signal, which comes once for each app when all tables are made."""
        post_migrate.connect(note_changes, sender=apps.get_app_config("contenttypes"))
