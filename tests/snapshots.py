"""The database of the tests: a copy of one that was migrated and loaded once for the whole run.

The copy is made by pages on SQLite and by PostgreSQL from a template, so that each worker has its
own in milliseconds, and gets it back as quickly after a test that committed something.
"""

import sqlite3
from contextlib import closing
from pathlib import Path

from django.db import connection

from tests.browser import databases, server

# Django's own name for a test database in memory, which all connections of the process share.
IN_MEMORY = "file:memorydb_default?mode=memory&cache=shared"
# In one process: each command would start Django again. Reviews that have fallen due since the
# release, or soon will, are put off: tests of the content must not fail because time passes.
LOAD = """
from datetime import date, timedelta
from django.core.management import call_command
from nutrients.content.tables import reviewed_models
call_command("migrate", verbosity=0)
call_command("load_content")
for model in reviewed_models():
    due = model.objects.filter(review_due_on__lt=date.today() + timedelta(days=31))
    due.update(review_due_on=date.today() + timedelta(days=365))
"""


def make_template(folder: Path) -> None:
    """Fill a folder with a migrated database that holds the shipped content."""
    folder.mkdir()
    databases.create(folder)
    server.manage(folder, "shell", "--no-imports", "--command", LOAD)
    if databases.IS_SQLITE:
        # A database in memory cannot hold the mode that the site writes with.
        databases.execute(folder, "PRAGMA journal_mode = DELETE")


def use_copy_of(template: Path, name: str) -> None:
    """Make the connection of this process lead to a copy of the template, under a name."""
    name = IN_MEMORY if databases.IS_SQLITE else f"test_{name}"
    connection.close()
    connection.settings_dict["NAME"] = name
    put_back(template)


def put_back(template: Path) -> None:
    """Restore the database of this process from the template."""
    if databases.IS_SQLITE:
        connection.ensure_connection()
        with closing(sqlite3.connect(template / "nutrisite.sqlite3")) as source:
            source.backup(connection.connection)
    else:
        connection.close()
        connection.close_pool()  # type: ignore[attr-defined]
        databases.replace(connection.settings_dict["NAME"], databases.name_of(template))
