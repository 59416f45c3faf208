"""A client's connection, at which no thread ever waits.

A thread is given whole requests, and its answer is taken from it at once, however slowly the client
reads.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Callable
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import Any
from urllib.parse import unquote

from gunicorn.http import RequestParser
from gunicorn.http.errors import LimitRequestHeaders, LimitRequestLine, NoMoreData
from gunicorn.http.message import Request
from gunicorn.http.unreader import IterUnreader, Unreader
from gunicorn.workers.gthread import TConn

# Seconds for a request to arrive and for an answer to be read, and bytes a second at which a long
# body or answer has to go beyond them.
PATIENCE, READING, SLOWEST = 15, 30, 10_000
# Bytes of a header; all that gunicorn allows one by one would be eight times as much.
LONGEST_HEAD = 65_536
# Bytes that are taken from a client or given to it at once.
PIECE = 65_536
# Bytes of an answer that wait in memory for a client to read them; no page is as long. More of it
# waits in a file without a name.
IN_MEMORY = 512_000
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


class ClientSocket(socket.socket):
    """A client's socket that takes what is sent without a wait, and keeps what the client does not.

    `folder` is where answers wait that are too long for memory.
    """

    def __init__(self, accepted: socket.socket, folder: Path) -> None:
        super().__init__(fileno=accepted.detach())
        # Open for as long as the socket is, whose `close` closes it, so no block can hold it.
        self._file = SpooledTemporaryFile(IN_MEMORY, dir=str(folder))  # noqa: SIM115
        self._sent = self._written = 0

    @property
    def unsent(self) -> int:
        """How many bytes wait for the client to read on."""
        return self._written - self._sent

    def sendall(self, data: Any, flags: int = 0) -> None:
        """Take bytes to be sent. Raises OSError where the client is gone or the disk is full."""
        rest = memoryview(data)
        if not self.unsent:
            rest = rest[self._push(rest) :]
        if rest:
            self._file.seek(self._written)
            self._written += self._file.write(rest)
            self.send_on()

    def send(self, data: Any, flags: int = 0) -> int:
        """As `sendall`, and give the number of bytes."""
        self.sendall(data)
        return len(data)

    def sendfile(self, file: Any, offset: int = 0, count: int | None = None) -> int:
        """As `send`, for a file."""
        file.seek(offset)
        return self.send(file.read(-1 if count is None else count))

    def send_on(self) -> None:
        """Send one more piece of what is unsent, as much as the client takes now.

        Raises OSError where the client is gone.
        """
        self._file.seek(self._sent)
        self._sent += self._push(self._file.read(PIECE))
        if not self.unsent:
            self._sent = self._written = 0
            self._file.seek(0)
            self._file.truncate()

    def close(self) -> None:
        """Close, and forget what is unsent."""
        self._file.close()
        super().close()

    def _push(self, data: bytes | memoryview) -> int:
        try:
            return super().send(data, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return 0


class Connection(TConn):
    """gunicorn's connection, with the request that is arriving on it.

    `longest_body` gives how long a body the site reads at a path.
    """

    def __init__(
        self,
        cfg: Any,
        sock: ClientSocket,
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
            self.sock.sendall(CONTINUE)
        return length
