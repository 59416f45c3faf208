"""Whether content changed, asked of the database engine itself: SQLite counts commits, PostgreSQL
notes by a trigger each transaction that changed content.

Nothing is counted by the application, so no way of editing can be forgotten.
"""

from __future__ import annotations

import select
import weakref
from collections.abc import Callable
from functools import partial
from typing import Any

from django.apps import apps
from django.db import OperationalError, connections

# Gives a value that differs whenever content was committed. Raises if it cannot tell.
Reader = Callable[[], object]

# Seconds that a server may take to answer.
PATIENCE = 2
# Apps whose tables no public page is made from: a sign-in changes no page.
NOT_CONTENT = {"accounts", "admin", "auth", "axes", "otp_static", "otp_totp", "sessions"}
# Each transaction adds its own row and deletes those that it finds, so what a reader sees differs
# after every commit. It skips rows that another one is deleting, so that no editor waits.
NOTE_CHANGES = """
CREATE TABLE IF NOT EXISTS nutrisite_content_change (id xid8 PRIMARY KEY);
CREATE OR REPLACE FUNCTION nutrisite_note_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO nutrisite_content_change VALUES (pg_current_xact_id()) ON CONFLICT DO NOTHING;
    IF FOUND THEN
        DELETE FROM nutrisite_content_change WHERE id IN (
            SELECT id FROM nutrisite_content_change WHERE id <> pg_current_xact_id()
            FOR UPDATE SKIP LOCKED
        );
    END IF;
    RETURN NULL;
END $$;
"""
NOTE_CHANGES_OF = """
CREATE OR REPLACE TRIGGER nutrisite_note_change
AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION nutrisite_note_change()
"""
LAST_CHANGES = (
    b"SELECT coalesce(string_agg(id::text, ' ' ORDER BY id), '') FROM nutrisite_content_change"
)


def note_changes(using: str, **kwargs: Any) -> None:
    """Add the triggers to PostgreSQL, after each migration: it may have made new tables."""
    connection = connections[using]
    if connection.vendor != "postgresql":
        return
    tables = {
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label not in NOT_CONTENT
    }
    with connection.cursor() as cursor:
        cursor.execute(NOTE_CHANGES)
        for table in sorted(tables.intersection(connection.introspection.table_names())):
            name = connection.ops.quote_name(table)
            cursor.execute(NOTE_CHANGES_OF.format(table=name))


def open_reader() -> Reader:
    """Open a connection of its own to the database, and give what asks by it."""
    wrapper: Any = connections.create_connection("default")
    parameters = wrapper.get_connection_params()
    if wrapper.vendor == "sqlite":
        sqlite = wrapper.get_new_connection(parameters)
        # It never writes: the commits of all other connections are counted for it.
        return lambda: sqlite.execute("PRAGMA data_version").fetchone()[0]
    parameters = {"connect_timeout": PATIENCE} | parameters
    postgresql = wrapper.Database.connect(**parameters, autocommit=True)
    read = partial(last_changes, postgresql)
    # A reader that is given up, after an error too, takes its connection along.
    weakref.finalize(read, postgresql.close)
    return read


def last_changes(connection: Any) -> bytes:
    """Ask PostgreSQL for the last transactions that changed content, in one round trip.

    Raises OperationalError for a server that is frozen, which would hold up every reader.
    """
    server = connection.pgconn
    socket = select.poll()
    socket.register(server.socket, select.POLLIN)
    server.send_query(LAST_CHANGES)
    if not socket.poll(PATIENCE * 1000):
        raise OperationalError("PostgreSQL does not answer.")
    # It is one short message, so the rest of it is there.
    first = server.get_result()
    while server.get_result():
        pass
    if first is None or (value := first.get_value(0, 0)) is None:
        raise OperationalError("PostgreSQL did not say which content it holds.")
    return value
