"""Measure how fast the site answers, beside a bare Django view, and print the report.

python -m bench

gunicorn serves the site, the site without its page cache and a bare Django view, with one worker
and one configuration. wrk (Debian's package) asks them for each page in turn, round by round, so
that a busy moment of the machine touches all alike. It takes two minutes and needs Linux.
DATABASE_URL may name a PostgreSQL server, as scripts/on_postgresql.sh does.
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
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import NamedTuple

from tests import snapshots
from tests.browser import databases, server

ROUNDS, SECONDS, CONNECTIONS = 3, 1, 4
TICKS = "symptom=muscle-cramps&symptom=tingling&symptom=fatigue&risk=vegan-diet"
PAGES = {
    "home": "/",
    "founding article": "/articles/nutrients-and-muscle-jerking/",
    "a nutrient": "/nutrients/magnesium/",
    "table, two filters": "/compare/?symptom=muscle-cramps&diet=vegan",
    "foods": "/foods/",
    "search": "/search/?q=cramp",
    "checklist, four ticks": "/checklist/",
}
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
            # The name before these fields is in brackets and may contain spaces.
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            used += int(fields[11]) + int(fields[12])
        return used / TICK


class Round(NamedTuple):
    """What one round gave: answers a second, and milliseconds of the processor for each."""

    per_second: float
    cpu: float


class Line(NamedTuple):
    """One page asked for in one way: the bytes of its answer, and its rounds beside the bare."""

    page: str
    way: str
    size: int
    rounds: list[tuple[Round, Round]]

    def row(self) -> str:
        """The line of the table: medians, and the ratio with its lowest and highest round."""
        ratios = sorted(own.cpu / bare.cpu for own, bare in self.rounds)
        own = Round(*(median(each) for each in zip(*(own for own, _ in self.rounds), strict=True)))
        spread = f"{median(ratios):.1f} ({ratios[0]:.1f} to {ratios[-1]:.1f})"
        return (
            f"| {self.page} | {self.way} | {self.size / 1000:.1f} kB | {own.per_second:.0f}"
            f" | {own.cpu:.2f} ms | {spread} |"
        )


def main() -> None:
    if not shutil.which("wrk"):
        sys.exit("wrk is not installed: on Debian and Ubuntu, apt install wrk.")
    busy = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="nutrisite-bench-") as name:
        folder = Path(name)
        snapshots.make_template(folder / "template")
        server.prepare(folder / "site", folder / "template")
        with (
            serving("nutrisite.wsgi", folder / "site") as site,
            serving("nutrisite.wsgi", folder / "site", PAGE_CACHE_MB="0") as making,
            serving("bench.bare", folder / "site") as bare,
        ):
            lines = list(cases(site, making))
            for _ in range(ROUNDS):
                for line, asked in lines:
                    own = measured(asked, PAGES[line.page], "br" if line.way == "kept" else "")
                    line.rounds.append((own, measured(bare, f"/{line.size}")))
    print(report([line for line, _ in lines], busy))


def cases(site: Server, making: Server) -> Iterator[tuple[Line, Server]]:
    """Give each page as it is kept, in Brotli, and as it is made, with the server that answers."""
    for page, path in PAGES.items():
        if path not in FORMS:
            yield Line(page, "kept", size_of(site, path, "br"), []), site
        yield Line(page, "made", size_of(making, path), []), making


@contextmanager
def serving(application: str, folder: Path, **variables: str) -> Iterator[Server]:
    """Run gunicorn on an application until the end of the block."""
    port = server.free_port()
    log = folder / f"log-{port}.txt"
    with log.open("w") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "--max-requests", "0", application],
            cwd=server.ROOT,
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


def report(lines: list[Line], busy: float) -> str:
    """Give the report: the table, and what was run on what."""
    engine = "SQLite" if databases.IS_SQLITE else "PostgreSQL on the same machine"
    packages = ", ".join(f"{name} {version(name)}" for name in ("Django", "gunicorn"))
    packages = f"Python {platform.python_version()}, {packages}"
    return f"""# Performance

`make bench` writes this page. It was written on {datetime.now(tz=UTC):%-d %B %Y}, with {engine}.

gunicorn serves the site, the site without its page cache and a bare Django view, each with one
worker of four threads. wrk asks over {CONNECTIONS} connections, {SECONDS} s a page, in {ROUNDS}
rounds in which site and bare view take turns. The bare view sends as many bytes as the page has.

- **kept**: the page was asked for before and nothing changed since. It is sent in Brotli.
- **made**: no finished page is kept, as after an edit. It is sent as it is.
- **CPU** is the time of the processor for one answer, and the last column that of the bare view's,
  with the lowest and the highest round. The ratios hold on other machines; the other columns do
  not.

| page | way | size | a second | CPU | CPU, times a bare view |
|---|---|--:|--:|--:|--:|
{chr(10).join(line.row() for line in lines)}

Run on {os.cpu_count()} cores of {platform.machine()}, with {packages}.
wrk ran on the same machine. The load average before was {busy:.1f}."""


if __name__ == "__main__":
    main()
