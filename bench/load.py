"""A small load generator: a few connections that ask again as soon as they are answered."""

import re
import socket
import threading
import time
from dataclasses import dataclass, field

LENGTH = re.compile(rb"^content-length: *(\d+)", re.IGNORECASE | re.MULTILINE)
ETAG = re.compile(rb"^etag: *(\S+)", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True)
class Request:
    """What to ask for: a method, an address without the host, a form's body, and headers."""

    method: str
    path: str
    body: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    encodings: str = "br, gzip"

    def encoded(self) -> bytes:
        """Give the request as bytes of HTTP/1.1, on a connection that stays open."""
        head = [
            f"{self.method} {self.path} HTTP/1.1",
            "Host: 127.0.0.1",
            f"Accept-Encoding: {self.encodings}",
        ]
        head += [f"{name}: {value}" for name, value in self.headers]
        if self.body:
            head += [
                "Content-Type: application/x-www-form-urlencoded",
                f"Content-Length: {len(self.body.encode())}",
            ]
        return ("\r\n".join(head) + "\r\n\r\n" + self.body).encode()


@dataclass
class Measure:
    """What one round gave. Times are in seconds; `cpu` is what the server used in all."""

    seconds: float
    times: list[float] = field(default_factory=list)
    cpu: float = 0.0

    @property
    def per_second(self) -> float:
        """Requests answered in a second."""
        return len(self.times) / self.seconds

    @property
    def cpu_each(self) -> float:
        """Seconds of the server's processor time for one request."""
        return self.cpu / len(self.times)

    def within(self, share: float) -> float:
        """The time within which this share of the requests were answered, such as 0.99."""
        return sorted(self.times)[int(len(self.times) * share)]


@dataclass(frozen=True)
class Answer:
    """What came back: its status, its mark, and the bytes of its head and of its body."""

    status: int
    etag: str
    head: int
    body: int


def measure(port: int, request: Request, seconds: float, connections: int) -> Measure:
    """Ask for `seconds` over so many connections. Raises RuntimeError where an answer fails."""
    result, failures = Measure(seconds), []
    end = time.perf_counter() + seconds

    def ask_until_end() -> None:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
                result.times.extend(ask(connection, request.encoded(), end))
        except (OSError, RuntimeError) as error:
            failures.append(error)

    threads = [threading.Thread(target=ask_until_end) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures or not result.times:
        raise RuntimeError(f"{request.method} {request.path}: {failures[:1] or 'no answer'}")
    return result


def ask(connection: socket.socket, message: bytes, end: float) -> list[float]:
    """Ask again and again until the clock passes `end`; give the time of each answer."""
    times = []
    while (start := time.perf_counter()) < end:
        connection.sendall(message)
        read_answer(connection)
        times.append(time.perf_counter() - start)
    return times


def read_answer(connection: socket.socket) -> Answer:
    """Read one whole answer. Raises RuntimeError for one that is neither 200 nor 304."""
    received = b""
    while b"\r\n\r\n" not in received:
        received += receive(connection)
    head, _, body = received.partition(b"\r\n\r\n")
    status, announced, etag = int(head[9:12]), LENGTH.search(head), ETAG.search(head)
    if status not in (200, 304) or (status == 200 and not announced):
        raise RuntimeError(f"an answer that cannot be measured: {head.splitlines()[0].decode()}")
    length = int(announced[1]) if announced and status == 200 else 0
    got = len(body)
    while got < length:
        got += len(receive(connection))
    return Answer(status, etag[1].decode() if etag else "", len(head) + 4, length)


def receive(connection: socket.socket) -> bytes:
    """Read what has arrived; a closed connection is an error."""
    part = connection.recv(262_144)
    if not part:
        raise RuntimeError("the server closed the connection")
    return part


def answer_of(port: int, request: Request) -> Answer:
    """Ask once."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(request.encoded())
        return read_answer(connection)
