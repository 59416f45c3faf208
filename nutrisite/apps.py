from typing import Any

from django.apps import AppConfig, apps
from django.conf import settings
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate

from nutrisite.content_changes import note_changes


class ProjectConfig(AppConfig):
    name = "nutrisite"

    def ready(self) -> None:
        connection_created.connect(limit_lock_waits)
        # Once per migrate, when all tables exist
        post_migrate.connect(note_changes, sender=apps.get_app_config("contenttypes"))


def limit_lock_waits(connection: Any, **kwargs: Any) -> None:
    """Set what `timeout` is for SQLite. PgBouncer refuses it as an option of the connection."""
    if connection.vendor == "postgresql":
        connection.connection.execute(f"SET lock_timeout = '{settings.LOCK_TIMEOUT}s'")
