"""Settings of gunicorn, which reads this file from the working directory."""

import gc
import os
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nutrisite.settings")
try:
    host, port = settings.HOST, settings.PORT
except ImproperlyConfigured as error:
    sys.exit(f"Nutrisite cannot start: {error}")
workers, threads = settings.WEB_WORKERS, settings.WEB_THREADS
bind = f"{host}:{port}"
wsgi_app = "nutrisite.wsgi"
# Workers share the memory of the loaded site, and a replaced worker runs the same release, even if
# an upgrade has changed the files. A newer release needs a restart of the master.
preload_app = True
# A client that stalls holds a thread, so the proxy in front must buffer (docs/deploying.md).
worker_class = "gthread"
# All workers share one queue of connections: a queue per worker would be lost with the worker.
reuse_port = False
# Longer than a proxy keeps its connections, or it would send a form on one that closes.
keepalive = 75
graceful_timeout = 20
max_requests = 20_000
max_requests_jitter = 2_000
# On a busy disk heartbeats can stall, and gunicorn kills a worker whose heartbeat stalls.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None
# Nothing uses it, and two servers of one user would overwrite each other's.
control_socket_disable = True
# A client could otherwise send these as headers and be believed.
forwarder_headers = ""
forwarded_allow_ips = ""
# Bytes of a request line: the foods of a plate are in its address. This is gunicorn's maximum.
limit_request_line = 8190
# The middleware writes the access log, without address and query string.
accesslog = None
logconfig_dict = settings.LOGGING


def when_ready(server: Any) -> None:
    """Print the address of the site: `bind`, or the socket that systemd passed on."""
    # A server on all addresses is always allowed to answer to this one.
    is_everywhere = host in ("0.0.0.0", "[::]")
    address = f"http://127.0.0.1:{port}" if is_everywhere else server.LISTENERS[0]
    print(
        f"\nNutrisite is at {address}/ (Ctrl+C stops it)."
        f"\nEditors sign in at {address}/{settings.ADMIN_PATH};"
        " `make admin` makes an account.\n",
        flush=True,
    )


def on_starting(server: object) -> None:
    """Keep the garbage collector from copying shared memory into every worker."""
    gc.freeze()


def post_fork(server: object, worker: object) -> None:
    """Switch threads ten times as often as Python's default.

    After each query a reader's thread waits for an editor's busy thread to yield.
    """
    sys.setswitchinterval(0.0005)
