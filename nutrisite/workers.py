"""The gunicorn worker: threads are for making answers, never for clients that stall.

gunicorn's own worker gives a thread to a connection with its first byte, and a client that then
stalls, or reads its answer slowly, keeps it. A few of those, and nobody else is answered. Here a
request waits in the poller, which costs no thread, until it is there as a whole, and so does an
answer until it is read.
"""

from __future__ import annotations

import selectors
import socket
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import closing, suppress
from functools import partial
from types import SimpleNamespace
from typing import Any

from django.conf import settings
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

from nutrisite import refusals
from nutrisite.connections import PATIENCE, READING, SLOWEST, ClientSocket, Connection
from nutrisite.middleware import longest_body

# Bytes above which a body or an answer is long; and those that all long bodies may have in memory
# together, and all long answers on the disk, in each worker.
LONG, MOST_COMING, MOST_UNSENT = 131_072, 32_000_000, 128_000_000
# Seconds for a client to hang up, once it has been told everything.
PARTING = 2
# By how many seconds a worker holds back for each connection that it has, up to so many of them.
A_MOMENT, MOST_HELD = 0.0002, 20
# What is wrong with a request that gunicorn cannot read, where it is more than a bad request.
REFUSALS = {LimitRequestLine: 414, LimitRequestHeaders: 431}
# Faults of the site itself, though gunicorn counts them with those of requests.
OURS = (ConfigurationProblem, InvalidResponseHeader, InvalidResponseHeaderName)
# In place of a request that could not be read, for gunicorn's writer of answers.
UNREAD = SimpleNamespace(version=(1, 1), method="GET", should_close=lambda: True)


class PatientWorker(ThreadWorker):
    """gunicorn's threads behind a poller that waits for whole requests.

    All but `handle`, `handle_error` and what they call runs in the poller's own thread.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Connections in the poller, but for those that are kept alive; the oldest first.
        self._waiting: dict[Connection, None] = {}
        self._next_look = 0.0

    def accept(self, listener: Any) -> None:
        """Take a connection, the later the more this worker holds already.

        All workers wake up for one, and the one that holds fewest takes it. Otherwise kept-alive
        connections may all end up with one worker while the others have nothing to do.
        """
        time.sleep(min(self.nr_conns, MOST_HELD) * A_MOMENT)
        try:
            client, address = listener.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return
        self.nr_conns += 1
        own = ClientSocket(client, settings.VAR_DIR)
        conn = Connection(self.cfg, own, address, listener.getsockname(), longest_body)
        self.enqueue_req(conn)

    def enqueue_req(self, conn: Connection) -> None:
        """Give the next request of a connection to a thread, mostly at once, or wait for it."""
        conn.timeout = time.monotonic() + PATIENCE
        self._receive(conn)

    def finish_request(self, conn: Connection, fs: Future[bool]) -> None:
        """Go on with a connection that a thread is done with, once its answer is read."""
        if conn.sock.unsent:
            conn.timeout = time.monotonic() + READING + conn.sock.unsent / SLOWEST
            self._wait(conn, selectors.EVENT_WRITE, partial(self._send, fs))
            self._make_room(lambda conn: conn.sock.unsent, MOST_UNSENT)
        elif error := fs.exception():
            self.log.error("Error handling request", exc_info=error)
            self._part_from(conn)
        elif not fs.result():
            self._part_from(conn)
        elif conn.arrived:
            self.enqueue_req(conn)
        else:
            super().finish_request(conn, fs)

    def murder_pending(self) -> None:
        """Give up, once a second, on clients that let us wait for too long."""
        now = time.monotonic()
        if now < self._next_look:
            return
        self._next_look = now + 1
        for conn in [conn for conn in self._waiting if conn.timeout <= now]:
            if conn.arrived and not conn.sock.unsent:
                self._give_to_thread(conn, self._refuse, conn.sock, 408)
            else:
                self._drop(conn)

    def _cap_keepalive(self, deadline: float) -> None:
        """Let a worker that ends wait for nobody who has asked for nothing, as gunicorn does.

        Browsers open connections before they need them, and a restart would wait for each.
        """
        super()._cap_keepalive(deadline)
        for conn in self._waiting:
            if not conn.arrived and not conn.sock.unsent:
                conn.timeout = min(conn.timeout, deadline)

    def handle_error(self, req: Any, client: socket.socket, addr: Any, exc: BaseException) -> None:
        """Answer a request that failed: in the site's own words where the client is at fault."""
        if isinstance(exc, ParseException) and not isinstance(exc, OURS):
            self._refuse(client, REFUSALS.get(type(exc), 400))
        else:
            super().handle_error(req, client, addr, exc)

    def _refuse(self, client: socket.socket, status: int) -> None:
        response = Response(UNREAD, client, self.cfg)
        environ = refusals.environment_of(status)
        with suppress(OSError), closing(self.wsgi(environ, response.start_response)) as pieces:
            for piece in pieces:
                response.write(piece)

    def _receive(self, conn: Connection) -> None:
        try:
            # What follows the last request may be a whole one.
            if not conn.has_request():
                conn.receive()
            if conn.has_request():
                conn.hand_over()
                self._give_to_thread(conn, self.handle, conn)
                return
            if conn not in self._waiting:
                self._wait(conn, selectors.EVENT_READ, self._receive)
            if conn.size is not None and conn.size > LONG:
                self._make_room(lambda conn: conn.size or 0, MOST_COMING)
        except OSError:
            self._drop(conn)
        except ParseException as error:
            self._give_to_thread(conn, self.handle_error, None, conn.sock, conn.client, error)

    def _send(self, fs: Future[bool], conn: Connection) -> None:
        try:
            conn.sock.send_on()
        except OSError:
            self._drop(conn)
            return
        if not conn.sock.unsent:
            self._stop_waiting(conn)
            self.finish_request(conn, fs)

    def _make_room(self, held: Callable[[Connection], int], most: int) -> None:
        """Let go of the oldest connections that hold much, where all of them hold too much."""
        long = [conn for conn in self._waiting if held(conn) > LONG]
        while sum(map(held, long)) > most:
            self._drop(long.pop(0))

    def _part_from(self, conn: Connection) -> None:
        """Close a connection once the client has.

        Bytes of a client that nobody read could otherwise take the answer with them.
        """
        try:
            conn.sock.shutdown(socket.SHUT_WR)
        except OSError:
            self._close(conn)
        else:
            conn.arrived.clear()
            conn.timeout = time.monotonic() + PARTING
            self._wait(conn, selectors.EVENT_READ, self._read_to_the_end)

    def _read_to_the_end(self, conn: Connection) -> None:
        try:
            conn.receive()
        except OSError:
            self._drop(conn)
        conn.arrived.clear()

    def _give_to_thread(self, conn: Connection, work: Callable[..., Any], *args: Any) -> None:
        self._stop_waiting(conn)
        done = self.tpool.submit(work, *args)
        done.add_done_callback(partial(self.method_queue.defer, self.finish_request, conn))

    def _wait(self, conn: Connection, event: int, then: Callable[[Connection], None]) -> None:
        self._waiting[conn] = None
        self.poller.register(conn.sock, event, partial(self._wake, conn, then))

    def _wake(self, conn: Connection, then: Callable[[Connection], None], client: object) -> None:
        # Another that woke at the same moment may have made room by letting go of this one.
        if conn in self._waiting:
            then(conn)

    def _stop_waiting(self, conn: Connection) -> None:
        if conn in self._waiting:
            del self._waiting[conn]
            self.poller.unregister(conn.sock)

    def _drop(self, conn: Connection) -> None:
        self._stop_waiting(conn)
        self._close(conn)

    def _close(self, conn: Connection) -> None:
        self.nr_conns -= 1
        conn.close()
