"""Check that stalling clients delay no reader behind the shipped nginx.conf and Caddyfile.

python -m tests.live.stalling_clients [nginx] [caddy]

gunicorn serves with one worker of four threads. In each of eight ways 24 clients stall while a
reader fetches pages and sends forms. A line fails if an answer is not 200, or takes longer than
three seconds. Then the site is stopped, and the logs of the proxy must hold neither what was asked
for nor who asked. Takes two minutes; nginx and caddy are Debian's packages.
"""

import os
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from tests import snapshots
from tests.browser import server

HOST, SECRET = "nutrisite.example", "very-secret-symptom"
# Not the reader's address, so that a line of a log about a client is recognisable.
STALLING_ADDRESS = "127.0.0.9"
CLIENTS, SECONDS = 24, 6.0
# A busy machine alone may take a second; a reader who is held up waits for 10 and more.
LONGEST = 3.0
PAGES = ("/", f"/compare/?symptom=tremor&n={SECRET}", "/search/?q=cramp", "/checklist/")
FORM = b"symptom=muscle-cramps&symptom=tingling"
HEAD = f"?n={SECRET} HTTP/1.1\r\nHost: {HOST}\r\nReferer: /{SECRET}\r\n"
GET = f"GET /sources/{HEAD}".encode()
POST = f"POST /checklist/{HEAD}Content-Type: application/x-www-form-urlencoded\r\n".encode()
LONG = POST + b"Content-Length: 900\r\n\r\n"
# What a client sends at once, and then byte by byte. It reads nothing and never closes.
WAYS = {
    "none": (b"", b""),
    "silent": (b"", b""),
    "half a header": (GET + b"X-Slow: ", b""),
    "no body": (LONG, b""),
    "half a form": (LONG + FORM, b""),
    "half a chunk": (POST + b"Transfer-Encoding: chunked\r\n\r\n400\r\nsymptom=", b""),
    "no hang up": (GET + b"Connection: close\r\n\r\n", b""),
    # Of 180 kB each: together far more than the kernel takes.
    "no reading": ((GET + b"\r\n") * 70, b""),
    "trickle": (b"", LONG + FORM * 20),
}


def main(*names: str) -> int:
    """Print a line for each way; return 1 if a way or a log failed."""
    is_well = True
    with tempfile.TemporaryDirectory(prefix="nutrisite-stalling-") as temporary:
        folder = Path(temporary)
        snapshots.make_template(folder / "template")
        server.prepare(folder / "site", folder / "template")
        certificate = ["-keyout", f"{folder}/privkey.pem", "-out", f"{folder}/fullchain.pem"]
        make = f"openssl req -x509 -newkey rsa:2048 -nodes -subj /CN={HOST}".split()
        subprocess.run([*make, *certificate], check=True, capture_output=True)
        behind = {"SITE_URL": f"https://{HOST}", "BEHIND_PROXY": "true"}
        for name in names or ("nginx", "caddy"):
            with (
                server.running(folder / "site", folder / f"{name}-site", **behind) as site,
                proxy(name, folder, int(site.url.rpartition(":")[2])) as port,
            ):
                for way, (at_once, slowly) in WAYS.items():
                    number = CLIENTS if way != "none" else 0
                    times, faults = read(port, number, at_once, slowly)
                    is_well &= not faults and max(times) < LONGEST
                    summary = f"{len(times)} answers, longest {max(times) * 1000:.0f} ms"
                    print(f"{name}, {way}: {summary} {faults}", flush=True)
            is_well &= logs_hold_nothing(name, folder)
    return int(not is_well)


def read(port: int, clients: int, at_once: bytes, slowly: bytes) -> tuple[list[float], list[str]]:
    """Read while clients stall; return the duration of each response, and what failed."""
    times: list[float] = []
    faults: list[str] = []
    with ExitStack() as stack:
        stalled = [stack.enter_context(connect(port, STALLING_ADDRESS)) for _ in range(clients)]
        for client in stalled:
            client.sendall(at_once)
        end, number = time.monotonic() + SECONDS, 0
        while time.monotonic() < end:
            for client in stalled:
                with suppress(OSError):
                    client.sendall(slowly[number : number + 1])
            path, start = PAGES[number % len(PAGES)], time.monotonic()
            if (status := ask(port, path, FORM if path == "/checklist/" else None)) != "200":
                faults.append(f"{path} {status}")
            times.append(time.monotonic() - start)
            number += 1
            # Within the limit of requests from one address.
            time.sleep(0.06)
    return times, faults


def connect(port: int, address: str) -> ssl.SSLSocket:
    """Open a connection from an address of this machine."""
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8_192)
    client.settimeout(20)
    client.bind((address, 0))
    client.connect(("127.0.0.1", port))
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context.wrap_socket(client, server_hostname=HOST)


def ask(port: int, path: str, form: bytes | None = None, address: str = "127.0.0.1") -> str:
    """Send a request on a new connection; return the status, or the name of the error."""
    headers = {"Referer": f"https://{HOST}/{SECRET}"}
    if form:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    try:
        with closing(HTTPConnection(HOST)) as connection:
            connection.sock = connect(port, address)
            connection.request("POST" if form else "GET", path, form, headers)
            answer = connection.getresponse()
            answer.read()
            return str(answer.status)
    except (OSError, HTTPException) as error:
        return type(error).__name__


def logs_hold_nothing(name: str, folder: Path) -> bool:
    """Send a request while the site is down, then look for it and its client in the logs."""
    with proxy(name, folder, server.free_port()) as port:
        status = ask(port, PAGES[1], address=STALLING_ADDRESS)
    logs = "".join(path.read_text() for path in folder.glob(f"{name}*.log"))
    leaks = [word for word in (SECRET, STALLING_ADDRESS) if word in logs]
    print(f"{name}, site stopped: status {status}, {len(logs)} characters of logs {leaks}")
    return not leaks


@contextmanager
def proxy(name: str, folder: Path, site: int) -> Iterator[int]:
    """Run a proxy with its shipped file in front of the site's port; yield its port for TLS."""
    plain, secure = server.free_port(), server.free_port()
    places = {"HOME": str(folder), "XDG_DATA_HOME": f"{folder}/caddy", "SITE_HOST": HOST}
    environment = os.environ | places | {"UPSTREAM": f"127.0.0.1:{site}"}
    command = {"nginx": nginx, "caddy": caddy}[name](folder, site, plain, secure)
    with (
        (folder / f"{name}.log").open("a") as log,
        subprocess.Popen(command, env=environment, stdout=log, stderr=log) as process,
    ):
        try:
            for _ in range(600):
                with suppress(OSError), socket.create_connection(("127.0.0.1", secure)):
                    break
                time.sleep(0.1)
            yield secure
        finally:
            process.terminate()


def nginx(folder: Path, site: int, plain: int, secure: int) -> list[str]:
    """Write nginx's file as Debian's configuration includes it; return the command."""
    changes = {
        "listen 80;": f"listen 127.0.0.1:{plain};",
        "listen [::]:80;": "",
        "listen 443 ssl http2;": f"listen 127.0.0.1:{secure} ssl http2;",
        "listen [::]:443 ssl http2;": "",
        "127.0.0.1:8000": f"127.0.0.1:{site}",
        f"/etc/letsencrypt/live/{HOST}": str(folder),
    }
    (folder / "site.conf").write_text(changed("nginx.conf", changes))
    temporary = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    paths = "".join(f"{name}_temp_path {folder}/{name};" for name in temporary)
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(
        f"{user} daemon off; pid {folder}/nginx.pid; error_log {folder}/nginx-error.log;"
        f"worker_processes auto; events {{ worker_connections 768; }}"
        f"http {{ {paths} access_log {folder}/nginx-access.log; include {folder}/site.conf; }}"
    )
    return [program("nginx"), "-p", str(folder), "-c", f"{folder}/nginx.conf"]


def caddy(folder: Path, site: int, plain: int, secure: int) -> list[str]:
    """Write Caddy's file, with a local certificate; return the command."""
    own = f"admin off\n local_certs\n skip_install_trust\n http_port {plain}\n https_port {secure}"
    changes = {"\n{\n": f"\n{{\n {own}\n", "lb_try_duration 60s": "lb_try_duration 1s"}
    (folder / "Caddyfile").write_text(changed("Caddyfile", changes))
    return [program("caddy"), "run", "--adapter", "caddyfile", "--config", f"{folder}/Caddyfile"]


def changed(name: str, changes: dict[str, str]) -> str:
    """Return a shipped file with these changes, each of which must apply."""
    text = (server.ROOT / "deploy" / name).read_text()
    for old, new in changes.items():
        if old not in text:
            sys.exit(f"deploy/{name} holds no {old!r}.")
        text = text.replace(old, new)
    return text


def program(name: str) -> str:
    path = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin")
    return path or sys.exit(f"{name} is not installed: apt install {name}.")


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
