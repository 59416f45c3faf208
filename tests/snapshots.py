"""A copy of the test database, to be put back after a test that emptied or changed it."""

import sqlite3
from collections.abc import Callable

from django.apps import apps
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection


def take() -> Callable[[], None]:
    """Copy the database of this process now; give the function that puts the copy back.

    By pages on SQLite, which takes milliseconds; row by row elsewhere.
    """
    if connection.vendor != "sqlite":
        rows = connection.creation.serialize_db_to_string()
        return lambda: fill_again(rows)
    copy = sqlite3.connect(":memory:", check_same_thread=False)
    connection.ensure_connection()
    connection.connection.backup(copy)

    def put_back() -> None:
        connection.ensure_connection()
        copy.backup(connection.connection)

    return put_back


def fill_again(rows: str) -> None:
    """Replace what is in the database by the serialized rows, Django's own tables included."""
    call_command("flush", verbosity=0, interactive=False, inhibit_post_migrate=True)
    connection.creation.deserialize_db_from_string(rows)
    # The rows came with their numbers; the next new one must not get one of those again.
    models = apps.get_models(include_auto_created=True)
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(statement)
