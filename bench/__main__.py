"""Measure how fast the site answers, beside a bare Django view, and print the report.

python -m bench [FOLDER]

gunicorn serves the site, the site without its page cache and a bare Django view, with one worker
and one configuration. wrk (Debian's package) asks them for each page in turn, round by round, so
that a busy moment of the machine touches all alike. It takes five minutes and needs Linux.
DATABASE_URL may name a PostgreSQL server, as scripts/on_postgresql.sh does. FOLDER is a checkout of
another release, with its own .venv, to measure beside this one: on SQLite.
"""

import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import NamedTuple

from tests.browser import databases, server

ROUNDS, SECONDS, CONNECTIONS = 3, 1, 4
TICKS = "symptom=muscle-cramps&symptom=tingling&symptom=fatigue&risk=vegan-diet"
PAGES = {
    "home": "/",
    "founding article": "/articles/nutrients-and-muscle-jerking/",
    "a nutrient": "/nutrients/magnesium/",
    "a symptom": "/symptoms/muscle-cramps/",
    "a food": "/foods/pumpkin-seeds/",
    "table, two filters": "/compare/?symptom=muscle-cramps&diet=vegan",
    "foods": "/foods/",
    "plate of three": "/foods/plate/?food=pumpkin-seeds&food=almonds&food=spinach",
    "search": "/search/?q=cramp",
    "checklist, four ticks": "/checklist/",
    "warning signs": "/safety/",
}
# Django without the page cache, which also brings the memory of the content.
FIRST = "django.core.wsgi:get_wsgi_application()"
FORMS = {"/checklist/": TICKS}
TICK = os.sysconf("SC_CLK_TCK")


class Server(NamedTuple):
    """A running gunicorn: its address and the process whose children answer."""

    url: str
    pid: int

    def cpu(self) -> float:
        """Seconds of the processor that its processes have used."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        used = 0
        for pid in [self.pid, *children]:
            # The name before these fields stands in brackets and may hold spaces.
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            used += int(fields[11]) + int(fields[12])
        return used / TICK


class Round(NamedTuple):
    """What one round gave: answers a second, and milliseconds of the processor for each."""

    per_second: float
    cpu: float


class Line(NamedTuple):
    """One page asked for in one way: the bytes of its answer, and its rounds.

    A round is of this release, of the bare view, and of the other release where there is one.
    """

    page: str
    way: str
    size: int
    rounds: list[list[Round]]

    def row(self) -> str:
        """The line of the table: medians, and the ratios with their lowest and highest round."""
        per_second, cpu = (median(each[0][field] for each in self.rounds) for field in (0, 1))
        ratios = (self.ratio(other) for other in range(1, len(self.rounds[0])))
        return (
            f"| {self.page} | {self.way} | {self.size / 1000:.1f} kB | {per_second:.0f}"
            f" | {cpu:.2f} ms | {' | '.join(ratios)} |"
        )

    def ratio(self, other: int) -> str:
        found = sorted(each[0].cpu / each[other].cpu for each in self.rounds)
        return f"{median(found):.2f} ({found[0]:.2f} to {found[-1]:.2f})"


class Way(NamedTuple):
    """A way to answer: how it is asked for, and who does it, this release and the other."""

    name: str
    encoding: str
    servers: list[Server]


def main(other: str = "") -> None:
    """Measure every page and print the report, in Markdown."""
    if not shutil.which("wrk"):
        sys.exit("wrk is not installed: on Debian and Ubuntu, apt install wrk.")
    busy = os.getloadavg()[0]
    roots = [server.ROOT, *([Path(other).resolve()] if other else [])]
    with tempfile.TemporaryDirectory(prefix="nutrisite-bench-") as name, ExitStack() as stack:
        folders = [Path(name) / str(number) for number in range(len(roots))]
        for root, folder in zip(roots, folders, strict=True):
            prepare(root, folder)

        def all_serving(application: str, **variables: str) -> list[Server]:
            return [
                stack.enter_context(serving(application, folder, root, **variables))
                for root, folder in zip(roots, folders, strict=True)
            ]

        ways = [
            Way("kept", "br", all_serving("nutrisite.wsgi")),
            Way("made", "", all_serving("nutrisite.wsgi", PAGE_CACHE_MB="0")),
            Way("first", "", all_serving(FIRST)),
        ]
        bare = stack.enter_context(serving("bench.bare", folders[0], roots[0]))
        lines = [
            (Line(page, way.name, size_of(way.servers[0], path, way.encoding), []), way)
            for page, path in PAGES.items()
            for way in ways[1 if path in FORMS else 0 :]
        ]
        for _ in range(ROUNDS):
            for line, way in lines:
                own, *others = (measured(s, PAGES[line.page], way.encoding) for s in way.servers)
                line.rounds.append([own, measured(bare, f"/{line.size}"), *others])
    print(report([line for line, _ in lines], busy, other))


def prepare(root: Path, folder: Path) -> None:
    """Fill a folder with a site's database and its collected files."""
    folder.mkdir()
    databases.create(folder)
    for command in ("migrate", "load_content", "collectstatic --noinput"):
        subprocess.run(
            [root / ".venv/bin/python", "manage.py", *command.split()],
            cwd=root,
            env=server.environment(folder, 8000),
            stdout=sys.stderr,
            check=True,
        )


@contextmanager
def serving(application: str, folder: Path, root: Path, **variables: str) -> Iterator[Server]:
    """Run gunicorn on an application of a checkout until the end of the block."""
    port = server.free_port()
    log = folder / f"log-{port}.txt"
    with log.open("w") as file:
        process = subprocess.Popen(
            [root / ".venv/bin/python", "-m", "gunicorn", "--max-requests", "0", application],
            cwd=root,
            env=server.environment(folder, port) | variables,
            stdout=file,
            stderr=file,
        )
        try:
            server.wait_until_ready(f"http://127.0.0.1:{port}/readyz", log, process)
            yield Server(f"http://127.0.0.1:{port}", process.pid)
        finally:
            process.terminate()
            process.wait(timeout=30)


def size_of(asked: Server, path: str, encoding: str = "") -> int:
    """Ask twice, so that what is kept is kept; give the bytes of the body on the wire."""
    form = FORMS.get(path, "").encode() or None
    for _ in range(2):
        request = urllib.request.Request(asked.url + path, form, {"Accept-Encoding": encoding})
        with urllib.request.urlopen(request) as answer:
            size = len(answer.read())
    return size


def measured(asked: Server, path: str, encoding: str = "") -> Round:
    """Have wrk ask for a path for a second. Raises RuntimeError if an answer fails."""
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s"]
    if encoding:
        command += ["-H", f"Accept-Encoding: {encoding}"]
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        if path in FORMS:
            script.write(f'wrk.method, wrk.body = "POST", "{FORMS[path]}"\n')
            script.write('wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"\n')
            script.flush()
            command += ["-s", script.name]
        before, start = asked.cpu(), time.perf_counter()
        said = subprocess.run(
            [*command, asked.url + path], capture_output=True, text=True, check=True
        ).stdout
        seconds, cpu = time.perf_counter() - start, asked.cpu() - before
    answers = int(re.search(r"(\d+) requests in", said)[1])  # type: ignore[index]
    if "Non-2xx" in said or "Socket errors" in said or not answers:
        raise RuntimeError(f"{path} was not always answered:\n{said}")
    return Round(answers / seconds, cpu / answers * 1000)


def report(lines: list[Line], busy: float, other: str) -> str:
    """Give the report: the table, and what was run on what."""
    engine = "SQLite" if databases.IS_SQLITE else "PostgreSQL on the same machine"
    packages = ", ".join(f"{name} {version(name)}" for name in ("Django", "gunicorn"))
    column = " times the other release |" if other else ""
    packages = f"Python {platform.python_version()}, {packages}"
    return f"""# Performance

`make bench` writes this page. It was written on {datetime.now(tz=UTC):%-d %B %Y}, with {engine}.

gunicorn serves the site, the site without its page cache and a bare Django view, each with one
worker of four threads. wrk asks over {CONNECTIONS} connections, {SECONDS} s a page, in {ROUNDS}
rounds in which all take turns. The bare view sends as many bytes as the page has.

- **kept**: the page was asked for before and nothing changed since. It is sent in Brotli.
- **made**: no finished page is kept, but what lists and forms are made from is in memory.
- **first**: nothing is in memory, as right after an edit.
- **CPU** is the time of the processor for one answer, and the columns after it are ratios, each
  with its lowest and its highest round. The ratios hold on other machines; the other columns do
  not.

| page | way | size | a second | CPU | CPU, times a bare view |{column}
|---|---|--:|--:|--:|--:|{"--:|" if other else ""}
{chr(10).join(line.row() for line in lines)}

Run on {os.cpu_count()} cores of {platform.machine()}, with {packages}.
wrk ran on the same machine. The load average before was {busy:.1f}."""


if __name__ == "__main__":
    main(*sys.argv[1:])
