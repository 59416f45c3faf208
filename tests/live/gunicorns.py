"""A real gunicorn that can be killed, reloaded and started again, and readers and editors of it."""

import copy
import http.client
import os
import re
import shutil
import signal
import subprocess
import sys
import urllib.parse
from contextlib import contextmanager
from http.cookies import SimpleCookie

from tests.browser.server import (
    EDITOR,
    PASSWORD,
    ROOT,
    environment,
    free_port,
    wait_until_ready,
)

# What a client sees of a server that was killed.
LOST = (ConnectionError, http.client.HTTPException, TimeoutError)
# Seconds after which an answer counts as never coming.
PATIENCE = 60


class Gunicorn:
    """One master with its workers, on a folder and a port that stay the same."""

    def __init__(self, folder, **variables):
        self.folder, self.port = folder, free_port()
        self.environment = environment(folder, self.port) | variables
        self.log = folder / "log.txt"

    def start(self):
        """Start, and return once it serves."""
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "gunicorn"],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        wait_until_ready(f"http://127.0.0.1:{self.port}/readyz", self.log, self.process)

    def kill(self):
        """Kill master and workers at once, as a machine does that runs out of memory."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(timeout=PATIENCE)

    def reload(self):
        """Ask for new workers in place of the old, as after an upgrade of the code."""
        os.kill(self.process.pid, signal.SIGHUP)

    def workers(self):
        """The process ids of the workers."""
        children = subprocess.run(
            ["pgrep", "--parent", str(self.process.pid)], capture_output=True, text=True
        )
        return {int(line) for line in children.stdout.split()}

    def connection(self):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)


@contextmanager
def serving(prepared, folder, **variables):
    """A gunicorn on a copy of a prepared folder; stopped at the end of the block."""
    shutil.copytree(prepared, folder)
    server = Gunicorn(folder, **variables)
    server.start()
    try:
        yield server
    finally:
        if server.process.poll() is None:
            server.process.terminate()
            server.process.wait(timeout=PATIENCE)


class Editor:
    """An editor in the admin, over HTTP. `cookies` are of a session to go on with."""

    def __init__(self, server, cookies=None):
        self.server = server
        self.cookies = copy.deepcopy(cookies) if cookies else SimpleCookie()

    def sign_in(self):
        form = {"username": EDITOR, "password": PASSWORD, "next": "/admin/"}
        status, _ = self.post("/admin/login/", form)
        assert status == 302, "The editor could not sign in."
        return self

    def add_group(self, slug):
        """Add a group of foods; True once the server has said that it is saved."""
        form = {"name": slug, "slug": slug, "position": "5"}
        status, headers = self.post("/admin/nutrients/foodgroup/add/", form)
        return status == 302 and headers["Location"].endswith("/admin/nutrients/foodgroup/")

    def post(self, path, form):
        """Open a form as a browser does, and send it. Gives status and headers."""
        status, _, page = self.ask("GET", path)
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        assert token, f"{path} has no form: {status}, {page[:500]}"
        body = urllib.parse.urlencode(form | {"csrfmiddlewaretoken": token[1]})
        status, headers, _ = self.ask("POST", path, body)
        return status, headers

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
