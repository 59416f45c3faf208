"""Detection of changed content by the database engine, so that no edit can be missed.

SQLite counts commits. On PostgreSQL a trigger notes each transaction that changed content.
"""

import select
import weakref
from collections.abc import Callable
from functools import partial
from typing import Any

from django.apps import apps
from django.db import OperationalError, connections

# Returns a value that changes whenever content is committed; raises if it is unavailable.
Reader = Callable[[], object]

# Seconds that a server may take to respond
PATIENCE = 2
# Apps whose tables no public page depends on: a sign-in changes no page.
NOT_CONTENT = {"accounts", "admin", "auth", "axes", "otp_static", "otp_totp", "sessions"}
# Each transaction adds its own row and deletes the others, so that the rows differ after every
# commit. It skips rows that another transaction is deleting, so that no editor waits.
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
CREATE_TRIGGER = (
    "CREATE OR REPLACE TRIGGER nutrisite_note_change AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE"
    " ON {} FOR EACH STATEMENT EXECUTE FUNCTION nutrisite_note_change()"
)
LAST_CHANGES = (
    b"SELECT coalesce(string_agg(id::text, ' ' ORDER BY id), '') FROM nutrisite_content_change"
)


def note_changes(using: str, **kwargs: Any) -> None:
    """Create the triggers on PostgreSQL, also on tables that a migration has just created."""
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
            cursor.execute(CREATE_TRIGGER.format(connection.ops.quote_name(table)))


def open_reader() -> Reader:
    """Open a separate database connection for a reader. Errors are Django's."""
    wrapper: Any = connections.create_connection("default")
    parameters = wrapper.get_connection_params()
    with wrapper.wrap_database_errors:
        if wrapper.vendor == "sqlite":
            connection, ask = wrapper.get_new_connection(parameters), data_version
        else:
            parameters = {"connect_timeout": PATIENCE} | parameters
            connection = wrapper.Database.connect(**parameters, autocommit=True)
            ask = last_changes
    read: Reader = wrapper.wrap_database_errors(partial(ask, connection))
    # Close the connection with a reader that is dropped, also after an error.
    weakref.finalize(read, connection.close)
    return read


def data_version(connection: Any) -> object:
    """Return SQLite's count of other connections' commits; this one never writes."""
    return connection.execute("PRAGMA data_version").fetchone()[0]


def last_changes(connection: Any) -> object:
    """Return the last transactions that changed content, in one round trip.

    A frozen server, which would hold up every reader, raises OperationalError.
    """
    server = connection.pgconn
    socket = select.poll()
    socket.register(server.socket, select.POLLIN)
    server.send_query(LAST_CHANGES)
    if not socket.poll(PATIENCE * 1000):
        raise OperationalError("PostgreSQL does not answer.")
    # The result is one short message, so the rest of it has arrived.
    result = server.get_result()
    while server.get_result():
        pass
    if result is None or (value := result.get_value(0, 0)) is None:
        raise OperationalError("PostgreSQL did not return its last changes.")
    return value
