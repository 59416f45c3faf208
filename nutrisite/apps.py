from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate

from nutrisite.content_changes import note_changes


class ProjectConfig(AppConfig):
    name = "nutrisite"

    def ready(self) -> None:
        """Create the triggers of the page cache once per migrate, when all tables exist."""
        post_migrate.connect(note_changes, sender=apps.get_app_config("contenttypes"))
