"""Answer requests in this process, and tell how much of the processor they took.

python bench/worker.py MODULE:NAME

`bench` writes a line of JSON for each page to ask for, and reads a line. It runs in the folder of
the release that is measured, which may be another than this file's, so it uses nothing of either.
"""

import io
import json
import sys
import time
from importlib import import_module
from pathlib import Path


def main() -> None:
    """Load a WSGI application, or what a function named with brackets gives, and serve it."""
    sys.path.insert(0, str(Path.cwd()))
    module, _, name = sys.argv[1].partition(":")
    found = getattr(import_module(module), name.removesuffix("()"))
    application = found() if name.endswith("()") else found
    for line in sys.stdin:
        asked = json.loads(line)
        size = ask(application, asked)
        start = time.process_time()
        for _ in range(asked["times"]):
            ask(application, asked)
        cpu = (time.process_time() - start) / asked["times"]
        print(json.dumps({"size": size, "cpu": cpu}), flush=True)


def ask(application, asked):
    """Give the bytes of the body. Raises RuntimeError if the answer is not 200."""
    path, _, query = asked["path"].partition("?")
    form = asked["form"].encode()
    statuses = []
    environ = {
        "REQUEST_METHOD": "POST" if form else "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "127.0.0.1:8000",
        "HTTP_ACCEPT_ENCODING": asked["encoding"],
        "CONTENT_TYPE": "application/x-www-form-urlencoded" if form else "",
        "CONTENT_LENGTH": str(len(form)),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(form),
        "wsgi.errors": sys.stderr,
        "wsgi.version": (1, 0),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    chunks = application(environ, lambda status, *_: statuses.append(status))
    size = sum(map(len, chunks))
    getattr(chunks, "close", lambda: None)()
    if statuses != ["200 OK"]:
        raise RuntimeError(f"{asked['path']}: {statuses}")
    return size


if __name__ == "__main__":
    main()
