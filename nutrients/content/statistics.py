"""What the database knows of how full its tables are, by which it chooses between indexes."""

from __future__ import annotations

from django.apps import apps
from django.db import connection


def refresh_statistics() -> None:
    """Have the content's tables counted, so that queries are planned for as many rows.

    SQLite never counts by itself, and forgets its counts when a migration rebuilds a table.
    """
    with connection.cursor() as cursor:
        for model in apps.get_app_config("nutrients").get_models(include_auto_created=True):
            cursor.execute(f"ANALYZE {connection.ops.quote_name(model._meta.db_table)}")
