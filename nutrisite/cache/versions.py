"""Which content the database holds now: exact for every commit by anybody, in microseconds.

Nothing is counted by the application, so nothing can be forgotten and no kill can come between
a save and its count: the engine itself is asked what a transaction that starts now would see.
"""

from __future__ import annotations

import itertools
import logging
import math
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Protocol

from django.db import Error, close_old_connections, connections
from django.utils.http import http_date

log = logging.getLogger(__name__)

# Seconds after which a version may carry its date. Dates count whole seconds, and the clocks of
# several machines differ a little: a younger date could stand for two contents.
SETTLED = 2
# Seconds between two attempts to reach a database that is away.
PATIENCE = 1

NextChange = Callable[..., datetime | None]


@dataclass(frozen=True, slots=True, eq=False)
class Version:
    """One content, from the moment it was noticed until a commit or a date changes it.

    Versions are compared by identity; a later one has a higher number. Both moments are seconds
    since 1970; `until` is infinite where no date to come changes a page. `memory` holds what was
    made of this content, and goes with it.
    """

    number: int
    since: float
    until: float
    memory: dict[Any, Any] = field(default_factory=dict)

    def last_modified(self, *, at: float) -> str:
        """Give the date for `Last-Modified`; empty while it could still stand for two contents."""
        second = int(self.since) + 1
        return _written(second) if at >= second + SETTLED else ""


@lru_cache(maxsize=4)
def _written(second: int) -> str:
    return http_date(second)


class Reader(Protocol):
    """Gives a value that differs whenever anything was committed. Raises where it cannot tell."""

    def read(self) -> object: ...


class SqliteReader:
    """Asks SQLite by a connection that never writes: its own commits it would not notice."""

    def __init__(self, alias: str) -> None:
        wrapper: Any = connections.create_connection(alias)
        self._connection = wrapper.get_new_connection(wrapper.get_connection_params())

    def read(self) -> object:
        """Give the number that changes with each commit of every other connection."""
        return self._connection.execute("PRAGMA data_version").fetchone()[0]


class PostgresReader:
    """Asks PostgreSQL which transactions a reader would see. Two equal answers see the same.

    The answer counts the transactions of the whole server: those of other databases on it make
    pages anew without need, and never too late.
    """

    QUESTION = b"SELECT pg_current_snapshot()"
    # A server that stopped without a word must not hold up every reader.
    PATIENCE = {"connect_timeout": 3, "tcp_user_timeout": 3000}

    def __init__(self, alias: str) -> None:
        wrapper: Any = connections.create_connection(alias)
        parameters = self.PATIENCE | wrapper.get_connection_params()
        self._connection = wrapper.Database.connect(**parameters, autocommit=True)

    def read(self) -> object:
        """Give the transactions that are finished and those that run. One round trip."""
        result = self._connection.pgconn.exec_(self.QUESTION)
        value = result.get_value(0, 0)
        if value is None:
            self._connection.close()
            raise Error("PostgreSQL did not say which transactions are finished.")
        return value


READERS: dict[str, Callable[[str], Reader]] = {
    "sqlite": SqliteReader,
    "postgresql": PostgresReader,
}


class Versions:
    """The current version, for all threads of one process.

    `next_change(at=)` gives the next moment at which a page changes without an edit, or None.
    """

    def __init__(self, open_reader: Callable[[], Reader], next_change: NextChange) -> None:
        self._open_reader = open_reader
        self._next_change = next_change
        self._lock = threading.Lock()
        self._reader: Reader | None = None
        self._seen: object = None
        self._version: Version | None = None
        self._numbers = itertools.count()
        self._away_until = 0.0

    def current(self) -> Version | None:
        """Give the version that an answer begun now shows, or None while nobody can tell.

        While the database is away one thread tries to reach it, and no other waits for that.
        """
        if not self._lock.acquire(blocking=not self._away_until):
            return None
        try:
            now = time.time()
            return None if now < self._away_until else self._asked(now)
        finally:
            self._lock.release()

    def _asked(self, now: float) -> Version | None:
        try:
            seen = self._read()
            if self._version is None or seen != self._seen or now >= self._version.until:
                self._version, self._seen = self._new_version(now), seen
        except _errors() as error:
            log.error("The database does not answer (%s).", type(error).__name__)
            self._reader, self._away_until = None, now + PATIENCE
            return None
        self._away_until = 0.0
        return self._version

    def _read(self) -> object:
        if self._reader:
            try:
                return self._reader.read()
            except _errors():
                # The server may have ended this connection alone, so another one is tried.
                self._reader = None
        self._version = None
        self._reader = self._open_reader()
        return self._reader.read()

    def _new_version(self, now: float) -> Version:
        moment = self._next_change(at=datetime.fromtimestamp(now, UTC))
        until = moment.timestamp() if moment else math.inf
        return Version(next(self._numbers), since=now, until=until)


def versions_of(alias: str, next_change: NextChange) -> Versions:
    """Give the versions of one of the databases in the settings."""
    vendor = connections[alias].vendor

    def asked(*, at: datetime) -> datetime | None:
        try:
            return next_change(at=at)
        finally:
            # This is outside of any request, so nobody else would let go of the connection.
            close_old_connections()

    return Versions(lambda: READERS[vendor](alias), asked)


def _errors() -> tuple[type[Exception], ...]:
    """Django's own errors, and those of the engine that is in use."""
    wrappers: Sequence[Any] = connections.all()
    return (Error, *{wrapper.Database.Error for wrapper in wrappers})
