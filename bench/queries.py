"""How many queries each page asks of the database where nothing of it is in memory."""

import json
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

from bench import load, servers

TYPE = "application/x-www-form-urlencoded"


def counted(folder: Path, requests: list[load.Request], database: str = "") -> list[int]:
    """Give the number of queries of each request, counted in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.queries"],
        cwd=servers.ROOT,
        env=servers.environment(folder, database) | {"LOG_LEVEL": "ERROR"},
        input=json.dumps([asdict(request) for request in requests]),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def main() -> None:
    """Read requests from the standard input and print their numbers of queries as JSON."""
    import django

    django.setup()
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    numbers = []
    for fields in json.load(sys.stdin):
        request = load.Request(**fields)
        client = Client(headers=dict(request.headers) | {"host": "127.0.0.1"})
        with CaptureQueriesContext(connection) as captured:
            client.generic(request.method, request.path, request.body, content_type=TYPE)
        numbers.append(len(captured))
    print(json.dumps(numbers))


if __name__ == "__main__":
    main()
