"""A client's connection, from which a thread is given whole requests and nothing to wait for."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from gunicorn.http import RequestParser
from gunicorn.http.errors import LimitRequestHeaders, LimitRequestLine, NoMoreData
from gunicorn.http.message import Request
from gunicorn.http.unreader import IterUnreader, Unreader
from gunicorn.workers.gthread import TConn

# Seconds for a request to arrive, and bytes a second at which a long body has to come beyond them.
PATIENCE, SLOWEST = 15, 10_000
# Bytes of a header; all that gunicorn allows one by one would be eight times as much.
LONGEST_HEAD = 65_536
# Bytes that are taken from a client at once.
PIECE = 65_536
END = b"\r\n\r\n"
HAS_BODY = re.compile(rb"\r\ncontent-length:", re.IGNORECASE)
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


class AllThatArrived(Unreader):
    """What gunicorn's parser reads: bytes that are there. It never asks the client for more.

    A body that is not there is one that the site refuses without reading it. Who reads on is told
    that it is cut off, and so the connection is not used again.
    """

    def chunk(self, size_hint: int | None = None) -> bytes:
        """Raise NoMoreData, an OSError: there is nothing behind."""
        raise NoMoreData


class Connection(TConn):
    """gunicorn's connection, with the request that is arriving on it."""

    def __init__(
        self,
        cfg: Any,
        sock: socket.socket,
        client: Any,
        server: Any,
        longest_body: Callable[[str], int],
    ) -> None:
        super().__init__(cfg, sock, client, server)
        self.parser = RequestParser(cfg, (), client)
        self.parser.unreader = AllThatArrived()
        # A thread would otherwise wait for the first byte.
        self.data_ready = True
        self._longest_body = longest_body
        # What came and no thread was given, how much of it was searched for the end of a header,
        # and how long the whole request is once that is known.
        self.arrived = bytearray()
        self._searched = 0
        self.size: int | None = None

    def receive(self) -> None:
        """Take in what has come meanwhile. Raises OSError where it is the end."""
        try:
            data = self.sock.recv(PIECE, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return
        if not data:
            raise NoMoreData
        self.arrived += data

    def has_request(self) -> bool:
        """Whether a request is there, with as much of its body as the site would read.

        Raises ParseException where a header is too long to wait for its end.
        """
        if self.size is None:
            end = self.arrived.find(END, max(0, self._searched - len(END)))
            self._searched = len(self.arrived)
            if end >= 0:
                self._measure(end + len(END))
            elif len(self.arrived) > LONGEST_HEAD and b"\r\n" in self.arrived:
                raise LimitRequestHeaders("the whole header")
            elif len(self.arrived) > LONGEST_HEAD:
                raise LimitRequestLine(len(self.arrived), LONGEST_HEAD)
        return self.size is not None and len(self.arrived) >= self.size

    def hand_over(self) -> None:
        """Give the request to the parser, and make ready for the next, which may follow it."""
        self.parser.unreader.unread(bytes(self.arrived[: self.size]))
        del self.arrived[: self.size]
        self.size, self._searched = None, 0

    def _measure(self, head: int) -> None:
        length = self._body_to_wait_for(bytes(self.arrived[:head]))
        self.size = head + length
        self.timeout += length / SLOWEST

    def _body_to_wait_for(self, head: bytes) -> int:
        """Give the length of a body; 0 for one that nobody will read.

        That is one longer than the site takes, and one in chunks, of which Django reads nothing.
        """
        if not HAS_BODY.search(head):
            return 0
        try:
            request = Request(self.cfg, IterUnreader([head]), self.client)
        except Exception:
            # A thread meets the same and has an answer.
            return 0
        length = getattr(request.body.reader, "length", 0)
        if length > self._longest_body(unquote(request.path)):
            return 0
        if request._expected_100_continue and len(self.arrived) == len(head):
            self.sock.send(CONTINUE, socket.MSG_DONTWAIT)
        return length
