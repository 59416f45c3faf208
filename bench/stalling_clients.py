"""See that clients which stall hold up no reader behind the shipped nginx.conf and Caddyfile.

python -m bench.stalling_clients [nginx] [caddy] [bare]

gunicorn serves with one worker of four threads. In each of eight ways 24 clients stall while two
readers fetch pages and send forms on connections of their own. A row fails if an answer is not 200,
or takes longer than three seconds and than three times the longest without stalling clients. Then
the site is stopped, and the logs of the proxy must hold neither what was asked for nor who asked.
`bare` asks gunicorn itself, for comparison: it fails. Takes two minutes for both proxies; nginx and
caddy are Debian's packages.
"""

import os
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from statistics import median
from typing import NamedTuple

from tests import snapshots
from tests.browser import server

HOST, SECRET = "nutrisite.example", "very-secret-symptom"
# Apart from the readers' address, so that a line about a client can be told.
STALLING_ADDRESS = "127.0.0.9"
CLIENTS, READERS, SECONDS = 24, 2, 6.0
# A busy machine alone may take a second; a reader who is held up waits for 10 and more.
LONGEST = 3.0
BEHIND_PROXY = {"SITE_URL": f"https://{HOST}", "BEHIND_PROXY": "true"}
PAGES = ("/", f"/compare/?symptom=tremor&n={SECRET}", "/search/?q=cramp", "/checklist/")
FORM = b"symptom=muscle-cramps&symptom=tingling"
HEAD = f"?n={SECRET} HTTP/1.1\r\nHost: {HOST}\r\nReferer: /{SECRET}\r\nX-Forwarded-Proto: https\r\n"
GET = f"GET /sources/{HEAD}"
POST = f"POST /checklist/{HEAD}Content-Type: application/x-www-form-urlencoded\r\n"


# How a client stalls. If nothing follows, it waits until it is closed.
def half_a_header(client: socket.socket) -> None:
    client.sendall(GET.encode() + b"X-Slow: ")


def no_body(client: socket.socket) -> None:
    client.sendall(f"{POST}Content-Length: 900\r\n\r\n".encode())


def half_a_form(client: socket.socket) -> None:
    client.sendall(f"{POST}Content-Length: 900\r\n\r\n".encode() + FORM)


def half_a_chunk(client: socket.socket) -> None:
    client.sendall(f"{POST}Transfer-Encoding: chunked\r\n\r\n400\r\nsymptom=".encode())


def slow_read(client: socket.socket) -> None:
    # Of 180 kB each: together far more than the kernel takes.
    client.sendall(f"{GET}\r\n".encode() * 70)
    with suppress(OSError):
        while client.recv(1):
            time.sleep(1)


def no_hang_up(client: socket.socket) -> None:
    client.sendall(f"{GET}Connection: close\r\n\r\n".encode())
    client.recv(100)


def silent(client: socket.socket) -> None:
    """Send nothing at all."""


def trickle(client: socket.socket) -> None:
    with suppress(OSError):
        for byte in f"{POST}Content-Length: 900\r\n\r\n".encode() + FORM * 20:
            client.sendall(bytes([byte]))
            time.sleep(0.5)


WAYS: tuple[Callable[[socket.socket], None], ...] = (
    half_a_header,
    no_body,
    half_a_chunk,
    slow_read,
    no_hang_up,
    silent,
    half_a_form,
    trickle,
)


class Place(NamedTuple):
    """Where readers and clients ask: a port, by TLS or without."""

    port: int
    is_secure: bool

    def connect(self, address: str = "127.0.0.1") -> socket.socket:
        """Open a connection from an address of this machine."""
        client = socket.socket()
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8_192)
        client.settimeout(20)
        client.bind((address, 0))
        client.connect(("127.0.0.1", self.port))
        if not self.is_secure:
            return client
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        return context.wrap_socket(client, server_hostname=HOST)

    def ask(self, path: str, form: bytes | None = None, address: str = "127.0.0.1") -> int:
        """Ask on a connection of its own, and give the status."""
        connection = HTTPConnection(HOST)
        connection.sock = self.connect(address)
        headers = {"Referer": f"https://{HOST}/{SECRET}", "X-Forwarded-Proto": "https"}
        if form:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            connection.request("POST" if form else "GET", path, form, headers)
            answer = connection.getresponse()
            answer.read()
            return answer.status
        finally:
            connection.close()


def main(*names: str) -> int:
    """Print a table, and give 1 if a row or a log failed."""
    faults = 0
    print("| | stalls | answers | median | longest | |\n|---|---|--:|--:|--:|---|")
    with tempfile.TemporaryDirectory(prefix="nutrisite-stalling-") as temporary:
        folder = Path(temporary)
        snapshots.make_template(folder / "template")
        server.prepare(folder / "site", folder / "template")
        certify(folder)
        for name in names or ("nginx", "caddy"):
            with ExitStack() as stack:
                url = stack.enter_context(server.served(folder / "site", **BEHIND_PROXY))
                site = int(url.rpartition(":")[2])
                place = Place(site, is_secure=False)
                if name != "bare":
                    place = stack.enter_context(PROXIES[name](folder, site))
                for path in PAGES:
                    place.ask(path)
                longest, _ = row(name, place, None, LONGEST)
                for way in WAYS:
                    faults += not row(name, place, way, max(LONGEST, 3 * longest))[1]
            if name != "bare":
                faults += not logs_hold_nothing(name, folder)
    return int(faults > 0)


def row(
    name: str, place: Place, way: Callable[[socket.socket], None] | None, limit: float
) -> tuple[float, bool]:
    """Have clients stall and readers read, and print what these met.

    Gives the time of the longest answer, and whether all is well.
    """
    with ExitStack() as stack:
        for _ in range(CLIENTS if way else 0):
            client = place.connect(STALLING_ADDRESS)
            stack.callback(client.close)
            threading.Thread(target=way, args=[client], daemon=True).start()
        time.sleep(0.5)
        times, failed = read(place)
    title = (way.__name__ if way else "none").replace("_", " ")
    is_well = not failed and max(times) < limit
    print(
        f"| {name} | {title} | {len(times)} | {median(times) * 1000:.0f} ms"
        f" | {max(times) * 1000:.0f} ms | {'well' if is_well else f'FAILED {failed[:3]}'} |",
        flush=True,
    )
    return max(times), is_well


def read(place: Place) -> tuple[list[float], list[str]]:
    """Read for some seconds; give how long each answer took, and what failed."""
    times: list[float] = []
    failed: list[str] = []
    end = time.monotonic() + SECONDS

    def reader() -> None:
        number = 0
        while time.monotonic() < end:
            number += 1
            path, start = PAGES[number % len(PAGES)], time.monotonic()
            try:
                status = str(place.ask(path, FORM if path == "/checklist/" else None))
            except (OSError, HTTPException) as error:
                status = type(error).__name__
            times.append(time.monotonic() - start)
            if status != "200":
                failed.append(f"{path} {status}")
            # Within the limit of requests from one address.
            time.sleep(0.12)

    readers = [threading.Thread(target=reader) for _ in range(READERS)]
    for each in readers:
        each.start()
    for each in readers:
        each.join()
    return times, failed


def logs_hold_nothing(name: str, folder: Path) -> bool:
    """Ask while the site is down, then look for what was asked, and for who asked, in the logs."""
    with PROXIES[name](folder, server.free_port()) as place, suppress(OSError, HTTPException):
        print(f"| {name} | site stopped | status {place.ask(PAGES[1], address=STALLING_ADDRESS)} |")
    logs = "".join(path.read_text() for path in folder.glob(f"{name}*.log"))
    found = [word for word in (SECRET, STALLING_ADDRESS) if word in logs]
    print(f"| {name} | its logs, {len(logs)} characters | | | | {found or 'well'} |")
    return not found


def certify(folder: Path) -> None:
    """Make a certificate for the proxies."""
    request = f"openssl req -x509 -newkey rsa:2048 -nodes -subj /CN={HOST}"
    files = ["-keyout", f"{folder}/privkey.pem", "-out", f"{folder}/fullchain.pem"]
    subprocess.run([*request.split(), *files], check=True, capture_output=True)


@contextmanager
def nginx(folder: Path, site: int) -> Iterator[Place]:
    """Run nginx with the shipped file, as Debian's own configuration includes it."""
    plain, secure = server.free_port(), server.free_port()
    shipped = (server.ROOT / "deploy/nginx.conf").read_text()
    for old, new in {
        "listen 80;": f"listen 127.0.0.1:{plain};",
        "listen [::]:80;": "",
        "listen 443 ssl http2;": f"listen 127.0.0.1:{secure} ssl http2;",
        "listen [::]:443 ssl http2;": "",
        "127.0.0.1:8000": f"127.0.0.1:{site}",
        f"/etc/letsencrypt/live/{HOST}": str(folder),
    }.items():
        shipped = replaced(shipped, old, new)
    (folder / "site.conf").write_text(shipped)
    temporary = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    places = "".join(f"{name}_temp_path {folder}/{name};" for name in temporary)
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(
        f"{user} daemon off; pid {folder}/nginx.pid; error_log {folder}/nginx-error.log;"
        f"worker_processes auto; events {{ worker_connections 768; }}"
        f"http {{ {places} access_log {folder}/nginx-access.log; include {folder}/site.conf; }}"
    )
    command = [found("nginx"), "-p", str(folder), "-c", f"{folder}/nginx.conf"]
    with started(command, folder / "nginx.log", dict(os.environ)):
        wait_for(secure)
        yield Place(secure, is_secure=True)


@contextmanager
def caddy(folder: Path, site: int) -> Iterator[Place]:
    """Run Caddy with the shipped file; it makes a certificate of its own."""
    plain, secure = server.free_port(), server.free_port()
    own = f"admin off\n local_certs\n skip_install_trust\n http_port {plain}\n https_port {secure}"
    shipped = replaced(
        (server.ROOT / "deploy/Caddyfile").read_text(), "\n{\n", f"\n{{\n {own}\n", 1
    )
    shipped = replaced(shipped, "lb_try_duration 60s", "lb_try_duration 1s")
    (folder / "Caddyfile").write_text(shipped)
    command = [found("caddy"), "run", "--adapter", "caddyfile", "--config", f"{folder}/Caddyfile"]
    places = {"HOME": str(folder), "XDG_DATA_HOME": f"{folder}/caddy", "SITE_HOST": HOST}
    environment = os.environ | places | {"UPSTREAM": f"127.0.0.1:{site}"}
    with started(command, folder / "caddy.log", environment):
        wait_for(secure)
        yield Place(secure, is_secure=True)


PROXIES = {"nginx": nginx, "caddy": caddy}


def replaced(text: str, old: str, new: str, times: int = -1) -> str:
    """Replace what must be there, or the shipped file is another than this program expects."""
    if old not in text:
        sys.exit(f"The shipped file holds no {old!r}.")
    return text.replace(old, new, times)


def found(program: str) -> str:
    path = shutil.which(program, path=f"{os.environ['PATH']}:/usr/sbin")
    return path or sys.exit(f"{program} is not installed: apt install {program}.")


@contextmanager
def started(command: list[str], log: Path, environment: dict[str, str]) -> Iterator[None]:
    with log.open("a") as file:
        process = subprocess.Popen(
            command,
            cwd=server.ROOT,
            env=environment,
            stdout=file,
            stderr=file,
            stdin=subprocess.DEVNULL,
        )
        try:
            yield
        finally:
            process.terminate()
            process.wait(timeout=60)


def wait_for(port: int) -> None:
    for _ in range(600):
        with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.1)
    sys.exit("A server did not start.")


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
