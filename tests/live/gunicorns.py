"""A real gunicorn that tests kill and restart, and its clients."""

import copy
import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.parse
from contextlib import contextmanager
from http.cookies import SimpleCookie

from tests.browser.server import EDITOR, PASSWORD, ROOT, environment, unpack, wait_until_ready

# What a client sees of a server that was killed.
LOST = (ConnectionError, http.client.HTTPException, TimeoutError)
# Seconds after which an answer counts as never coming.
PATIENCE = 60
# What an editor reads while others are saving: beside a form, and on a page.
BUSY, BUSY_PAGE = "Your text is kept; try again.", "This page opens by itself in a moment."


class Gunicorn:
    """A master with its workers, on a fixed folder and port, running the code in `code`.

    It accepts connections from a socket that outlives it, as under nutrisite.socket.
    """

    def __init__(self, folder, log="log.txt", code=ROOT, **variables):
        self.folder, self.code, self.log = folder, code, folder / log
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = self.listener.getsockname()[1]
        self.environment = environment(folder, self.port) | variables
        self.process = None

    def start(self):
        """Start, and return once it serves."""
        file = self.listener.fileno()
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "gunicorn", "--bind", f"fd://{file}"],
                cwd=self.code,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
                pass_fds=(file,),
            )
        wait_until_ready(f"http://127.0.0.1:{self.port}/readyz", self.log, self.process)

    def kill(self):
        """Kill master and workers at once, as when a machine runs out of memory."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(timeout=PATIENCE)

    def stop(self):
        """Terminate it, and wait until it has ended."""
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(timeout=PATIENCE)

    def replace_workers(self):
        """Replace the workers, as gunicorn does after `max_requests`."""
        os.kill(self.process.pid, signal.SIGHUP)

    def workers(self):
        children = subprocess.run(
            ["pgrep", "--parent", str(self.process.pid)], capture_output=True, text=True
        )
        return {int(line) for line in children.stdout.split()}

    def connection(self):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)


@contextmanager
def serving(prepared, folder, **variables):
    """Run gunicorn on a copy of a prepared folder until the end of the block."""
    with instances(1, prepared, folder, **variables) as [server]:
        yield server


@contextmanager
def instances(number, prepared, folder, **variables):
    """Several gunicorns on a copy of a prepared folder; stopped at the end of the block."""
    unpack(prepared, folder)
    servers = [Gunicorn(folder, f"log-{index}.txt", **variables) for index in range(number)]
    try:
        for server in servers:
            server.start()
        yield servers
    finally:
        for server in servers:
            server.stop()
            server.listener.close()


def start_thread(function, *args):
    thread = threading.Thread(target=function, args=args, daemon=True)
    thread.start()
    return thread


def wait_until(holds, seconds=PATIENCE):
    """Poll until a condition holds, or fail after some time."""
    for _ in range(seconds * 20):
        if holds():
            return
        time.sleep(0.05)
    raise AssertionError("The condition never held.")


class Editor:
    """An editor in the admin, over HTTP, each request on a new connection.

    `cookies` continue a session.
    """

    def __init__(self, server, cookies=None):
        self.server = server
        self.cookies = copy.deepcopy(cookies) if cookies else SimpleCookie()

    def sign_in(self):
        form = {"username": EDITOR, "password": PASSWORD, "next": "/admin/"}
        assert self.post("/admin/login/", form)[0] == 302, "The editor could not sign in."
        return self

    def post(self, path, form):
        """Open a form as a browser does, and send it; return status and headers."""
        page = self.open(path)
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        assert token, f"{path} has no form: {page[:500]}"
        body = urllib.parse.urlencode(form | {"csrfmiddlewaretoken": token[1]}, doseq=True)
        status, headers, self.page = self.ask("POST", path, body)
        return status, headers

    def open(self, path):
        """Return a page, reloaded as by a browser while the site is busy."""
        _, headers, page = self.ask("GET", path)
        while BUSY_PAGE in page:
            time.sleep(int(headers["Refresh"]))
            _, headers, page = self.ask("GET", path)
        return page

    def ask(self, method, path, body=None):
        connection = self.server.connection()
        origin = f"http://127.0.0.1:{self.server.port}"
        headers = {"Origin": origin, "Content-Type": "application/x-www-form-urlencoded"}
        headers["Cookie"] = "; ".join(f"{m.key}={m.coded_value}" for m in self.cookies.values())
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            page = answer.read().decode()
        finally:
            connection.close()
        for cookie in answer.headers.get_all("Set-Cookie", []):
            self.cookies.load(cookie)
        return answer.status, answer.headers, page
