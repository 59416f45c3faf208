"""The gunicorn worker: threads are for requests that have arrived, never for clients that stall.

gunicorn's own worker gives a thread to a connection with its first byte, and a client that then
stalls keeps it. A few of those, and nobody else is answered. Here a request waits in the poller,
which costs no thread, until it is there as a whole.
"""

from __future__ import annotations

import re
import selectors
import socket
import struct
import time
from contextlib import closing, suppress
from functools import partial
from importlib import import_module
from types import SimpleNamespace
from typing import Any

from gunicorn.http.errors import (
    ConfigurationProblem,
    InvalidResponseHeader,
    InvalidResponseHeaderName,
    LimitRequestHeaders,
    LimitRequestLine,
    ParseException,
)
from gunicorn.http.wsgi import Response
from gunicorn.workers.gthread import ThreadWorker

# Bytes to wait for. A longer request is handed over once these are there; the kernel takes in
# about twice as many before anybody reads.
LARGEST = 32_768
# Seconds for a request to arrive up to that size, and then for each further piece of it.
PATIENCE = 15
# Seconds in which a client must take some of the answer.
SENDING = 30
# By how many seconds a worker holds back for each connection that it has, up to so many of them.
A_MOMENT, MOST_HELD = 0.0002, 20
PEEK = socket.MSG_PEEK | socket.MSG_DONTWAIT
END = b"\r\n\r\n"
# What is wrong with a request that gunicorn cannot read, where it is more than a bad request.
REFUSALS = {LimitRequestLine: 414, LimitRequestHeaders: 431}
# Faults of the site itself, though gunicorn counts them with those of requests.
OURS = (ConfigurationProblem, InvalidResponseHeader, InvalidResponseHeaderName)
# In place of a request that could not be read, for gunicorn's writer of answers.
UNREAD = SimpleNamespace(version=(1, 1), method="GET", should_close=lambda: True)
LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,9})[ \t]*(?:\r\n|\Z)", re.IGNORECASE)
CHUNKED = re.compile(rb"\r\ntransfer-encoding:", re.IGNORECASE)


def is_whole(data: bytes) -> bool:
    """Whether a request that begins with this data has arrived, or is too long to wait for."""
    if len(data) >= LARGEST:
        return True
    head, end, body = data.partition(END)
    if not end:
        return False
    if CHUNKED.search(head):
        return data.endswith(b"0" + END)
    length = LENGTH.search(head)
    return length is None or len(body) >= int(length[1]) or not _may_fit(head, int(length[1]))


def _may_fit(head: bytes, length: int) -> bool:
    return len(head) + len(END) + length < LARGEST


class PatientWorker(ThreadWorker):
    """gunicorn's threads behind a poller that waits for whole requests."""

    def accept(self, listener: Any) -> None:
        """Take a connection, the later the more this worker holds already.

        All workers wake up for one, and the one that holds fewest takes it. Otherwise kept-alive
        connections may all end up with one worker while the others have nothing to do.
        """
        time.sleep(min(self.nr_conns, MOST_HELD) * A_MOMENT)
        super().accept(listener)

    def enqueue_req(self, conn: Any) -> None:
        """Give a connection to a thread, or to the poller while its request is still coming."""
        read_ahead = conn.parser and conn.parser.unreader.buf.getvalue()
        if read_ahead or self._has_arrived(conn):
            conn.deadline = None
            conn.data_ready = True
            super().enqueue_req(conn)
        else:
            self._wait_for(conn)

    def load_wsgi(self) -> None:
        """Load the site, and with it what the worker asks of it.

        Not when this module is loaded: the first process does that once, and a reload must bring
        in new code.
        """
        super().load_wsgi()
        self.refusals = import_module("nutrisite.refusals")

    def handle_error(self, req: Any, client: socket.socket, addr: Any, exc: BaseException) -> None:
        """Answer a request that failed: in the site's own words where the client is at fault."""
        if isinstance(exc, ParseException) and not isinstance(exc, OURS):
            self._refuse(client, REFUSALS.get(type(exc), 400))
        else:
            super().handle_error(req, client, addr, exc)

    def _refuse(self, client: socket.socket, status: int) -> None:
        response = Response(UNREAD, client, self.cfg)
        environ = self.refusals.environment_of(status)
        with suppress(OSError), closing(self.wsgi(environ, response.start_response)) as pieces:
            # A connection that closes on unread bytes can take the answer with it.
            with suppress(OSError):
                client.recv(LARGEST, socket.MSG_DONTWAIT)
            for piece in pieces:
                response.write(piece)

    def _has_arrived(self, conn: Any) -> bool:
        try:
            data = conn.sock.recv(LARGEST, PEEK)
        except BlockingIOError:
            conn.seen = 0
            return False
        except OSError:
            # A thread finds the same, and tells nobody but itself.
            return True
        # Readable with nothing new: the client has said all that it will.
        is_over = not data or len(data) == getattr(conn, "seen", 0)
        conn.seen = len(data)
        if not (is_over or is_whole(data)):
            return False
        conn.seen = 0
        self._wake_at(conn, 1)
        _bound(conn.sock)
        return True

    def _wait_for(self, conn: Any) -> None:
        if not getattr(conn, "deadline", None):
            conn.deadline = time.monotonic() + PATIENCE
        conn.timeout = conn.deadline
        conn.sock.setblocking(False)
        # Otherwise the poller would come back at once with the bytes that are there already.
        self._wake_at(conn, conn.seen + 1)
        self.pending_conns.append(conn)
        arrived = partial(self.on_pending_socket_readable, conn)
        self.poller.register(conn.sock, selectors.EVENT_READ, arrived)

    def _wake_at(self, conn: Any, size: int) -> None:
        conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, size)


def _bound(client: socket.socket) -> None:
    """Let a thread that reads on or answers wait for a client no longer than this."""
    for option, seconds in ((socket.SO_RCVTIMEO, PATIENCE), (socket.SO_SNDTIMEO, SENDING)):
        client.setsockopt(socket.SOL_SOCKET, option, struct.pack("ll", seconds, 0))
