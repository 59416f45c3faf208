"""A small load generator: a few connections that ask again as soon as they are answered."""

import re
import socket
import threading
import time
from dataclasses import dataclass, field

LENGTH = re.compile(rb"^content-length: *(\d+)", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True)
class Request:
    """What to ask for: a method, an address without the host, and a form's body."""

    method: str
    path: str
    body: str = ""

    def encoded(self) -> bytes:
        """Give the request as bytes of HTTP/1.1 on a connection that stays open."""
        head = [f"{self.method} {self.path} HTTP/1.1", "Host: 127.0.0.1"]
        if self.body:
            head += [
                "Content-Type: application/x-www-form-urlencoded",
                f"Content-Length: {len(self.body.encode())}",
            ]
        return ("\r\n".join(head) + "\r\n\r\n" + self.body).encode()


@dataclass
class Measure:
    """What one round gave. Times are in seconds."""

    seconds: float
    times: list[float] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        """Requests answered in a second."""
        return len(self.times) / self.seconds

    @property
    def p99(self) -> float:
        """The time within which 99 of 100 requests were answered."""
        return sorted(self.times)[int(len(self.times) * 0.99)]


def measure(port: int, request: Request, seconds: float, connections: int) -> Measure:
    """Ask for `seconds` over so many connections. Raises RuntimeError for an answer but 200."""
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


def read_answer(connection: socket.socket) -> int:
    """Read one whole answer; give the length of its body in bytes."""
    received = b""
    while b"\r\n\r\n" not in received:
        received += receive(connection)
    head, _, body = received.partition(b"\r\n\r\n")
    announced = LENGTH.search(head)
    if b" 200 " not in head[:20] or not announced:
        raise RuntimeError(f"an answer that cannot be measured: {head.splitlines()[0].decode()}")
    length = int(announced[1])
    got = len(body)
    while got < length:
        got += len(receive(connection))
    return length


def receive(connection: socket.socket) -> bytes:
    """Read what has arrived; a closed connection is an error."""
    part = connection.recv(262_144)
    if not part:
        raise RuntimeError("the server closed the connection")
    return part


def size_of(port: int, request: Request) -> int:
    """Ask once; give the length of the answer's body in bytes."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(request.encoded())
        return read_answer(connection)
