"""How gunicorn serves the site. It reads this file by itself from the working directory."""

import gc
import os
import sys
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from nutrisite import environment, logging

wsgi_app = "nutrisite.wsgi"

# The site is loaded once, before the workers are made. They share the memory of it, and one that is
# made later is of the same release, whatever an upgrade has put on the disk by then. So a newer
# release is served by a new master, after a restart, and never by new workers of the old one.
preload_app = True

try:
    host = environment.host("HOST", "127.0.0.1")
    port = environment.whole_number("PORT", 8000, 1, 65535)
    workers = environment.whole_number("WEB_WORKERS", min(os.cpu_count() or 1, 4), 1, 64)
    threads = environment.whole_number("WEB_THREADS", 4, 1, 64)
    admin_path = environment.path("ADMIN_PATH", "admin/")
    logconfig_dict = logging.configuration(
        environment.choice("LOG_FORMAT", "plain", ("plain", "json")),
        environment.choice("LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR")),
    )
except ImproperlyConfigured as error:
    sys.exit(f"Nutrisite cannot start: {error}")
if os.environ.get("SCRIPT_NAME"):
    sys.exit("Nutrisite cannot start: it needs a host of its own, so unset SCRIPT_NAME.")
bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"

# A client that stalls holds a thread, so the proxy in front must buffer (docs/deploying.md).
worker_class = "gthread"
# One queue of connections for all workers. With a queue each, those that wait for a worker which
# ends after its last request would be cut off.
reuse_port = False
# Longer than a proxy keeps its connections, or it would send a form on one that closes.
keepalive = 75
graceful_timeout = 20
max_requests = 20_000
max_requests_jitter = 2_000
# Heartbeats in memory: on a busy disk they can stall, and a stalled worker is killed.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None
# Two servers of one user would overwrite each other's socket, and nothing here uses it.
control_socket_disable = True
# A client could otherwise send these as headers and be believed.
forwarder_headers = ""
forwarded_allow_ips = ""
# Bytes of an address: a plate of many foods lives in one. This is the most that gunicorn takes.
limit_request_line = 8190

# Our own middleware writes the access log, without address and query string.
accesslog = None


def when_ready(server: Any) -> None:
    """Say where the site is once it can answer: `bind`, or the socket that systemd gave it.

    On all addresses of the machine it says the one that is always allowed.
    """
    is_everywhere = host in ("0.0.0.0", "::")
    address = f"http://127.0.0.1:{port}" if is_everywhere else server.LISTENERS[0]
    print(
        f"\nNutrisite is at {address}/ (Ctrl+C stops it)."
        f"\nEditors sign in at {address}/{admin_path};"
        " `make admin` makes an account.\n",
        flush=True,
    )


def on_starting(server: object) -> None:
    """Keep the collector from copying the memory of what is loaded into every worker."""
    gc.freeze()


def post_fork(server: object, worker: object) -> None:
    """Let threads take turns ten times as often as Python has it.

    A reader's thread waits for its turn after every question to the database, for a whole turn of
    an editor's thread that is at work.
    """
    sys.setswitchinterval(0.0005)
