"""Measure what pages cost, beside a bare Django view, and print the report.

python -m bench [FOLDER]

The site, the site without its page cache and a bare Django view answer in a process each. Each page
is asked for in turn, round by round, so that a busy moment of the machine touches all alike, and
only the time of the processor counts. It takes two minutes. DATABASE_URL may name a PostgreSQL
server, as scripts/on_postgresql.sh does. FOLDER is a checkout of another release, with its own
.venv, to measure beside this one.
"""

import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import NamedTuple

from tests.browser import databases, server

# In each round a page is asked for until it has taken about so many seconds.
ROUNDS, SECONDS = 5, 0.1
TICKS = "symptom=muscle-cramps&symptom=tingling&symptom=fatigue&risk=vegan-diet"
PAGES = {
    "home": "/",
    "founding article": "/articles/nutrients-and-muscle-jerking/",
    "a nutrient": "/nutrients/magnesium/",
    "a symptom": "/symptoms/muscle-cramps/",
    "a food": "/foods/pumpkin-seeds/",
    "table": "/compare/",
    "table, two filters": "/compare/?symptom=muscle-cramps&diet=vegan",
    "foods": "/foods/",
    "plate of three": "/foods/plate/?food=pumpkin-seeds&food=almonds&food=spinach",
    "search": "/search/?q=cramp",
    "checklist, four ticks": "/checklist/",
    "warning signs": "/safety/",
}
FORMS = {"/checklist/": TICKS}
SITE, BARE = "nutrisite.wsgi:application", "bench.bare:application"
# Without the page cache, which also brings the memory of the content.
FIRST = "django.core.wsgi:get_wsgi_application()"


class Answer(NamedTuple):
    """What an answer took: bytes of its body, and milliseconds of the processor."""

    size: int
    cpu: float


class Worker:
    """A process that answers for one application, in the folder of its release."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def ask(self, path: str, encoding: str = "", times: int = 1) -> Answer:
        """Ask for a page once, and then so many times to measure it."""
        asked = {"path": path, "form": FORMS.get(path, ""), "encoding": encoding, "times": times}
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(f"{json.dumps(asked)}\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"{path} was not answered.")
        said = json.loads(line)
        return Answer(said["size"], said["cpu"] * 1000)

    def measure(self, path: str, encoding: str = "") -> float:
        """Milliseconds of the processor that an answer takes."""
        once = self.ask(path, encoding).cpu
        return self.ask(path, encoding, max(1, min(200, int(SECONDS * 1000 / once)))).cpu


class Way(NamedTuple):
    """A way to answer: how it is asked for, and who does it, this release and the other."""

    name: str
    encoding: str
    workers: list[Worker]


class Line(NamedTuple):
    """One page asked for in one way: the bytes of its answer, and its rounds.

    A round is of this release, of the bare view, and of the other release where there is one, in
    milliseconds.
    """

    page: str
    way: str
    size: int
    rounds: list[list[float]]

    def row(self) -> str:
        """The line of the table: medians, and the ratios with their lowest and highest round."""
        columns = list(zip(*self.rounds, strict=True))
        figures = [f"{median(columns[0]):.2f} ms", ratio(columns[0], columns[1])]
        for other in columns[2:]:
            figures += [f"{median(other):.2f} ms", ratio(columns[0], other)]
        return f"| {self.page} | {self.way} | {self.size / 1000:.1f} kB | {' | '.join(figures)} |"


def ratio(own: tuple[float, ...], other: tuple[float, ...]) -> str:
    found = sorted(one / another for one, another in zip(own, other, strict=True))
    return f"{median(found):.3g} ({found[0]:.3g} to {found[-1]:.3g})"


def main(other: str = "") -> None:
    """Measure every page and print the report, in Markdown."""
    busy = os.getloadavg()[0]
    roots = [server.ROOT, *([Path(other).resolve()] if other else [])]
    with tempfile.TemporaryDirectory(prefix="nutrisite-bench-") as name, ExitStack() as stack:
        folders = [Path(name) / str(number) for number in range(len(roots))]
        for root, folder in zip(roots, folders, strict=True):
            prepare(root, folder)

        def all_serving(application: str, **variables: str) -> list[Worker]:
            return [
                stack.enter_context(serving(application, folder, root, **variables))
                for root, folder in zip(roots, folders, strict=True)
            ]

        ways = [
            Way("kept", "br", all_serving(SITE)),
            Way("made", "", all_serving(SITE, PAGE_CACHE_MB="0")),
            Way("first", "", all_serving(FIRST)),
        ]
        bare = stack.enter_context(serving(BARE, folders[0], roots[0]))
        lines = [
            (Line(page, way.name, way.workers[0].ask(path, way.encoding).size, []), way)
            for page, path in PAGES.items()
            for way in ways[1 if path in FORMS else 0 :]
        ]
        for _ in range(ROUNDS):
            for line, way in lines:
                path = PAGES[line.page]
                own, *others = (worker.measure(path, way.encoding) for worker in way.workers)
                line.rounds.append([own, bare.measure(f"/{line.size}"), *others])
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
def serving(application: str, folder: Path, root: Path, **variables: str) -> Iterator[Worker]:
    """Run a worker on an application of a checkout until the end of the block."""
    command = [str(root / ".venv/bin/python"), str(server.ROOT / "bench/worker.py"), application]
    environment = server.environment(folder, 8000) | {"LOG_LEVEL": "ERROR"} | variables
    with subprocess.Popen(
        command,
        cwd=root,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield Worker(process)


def report(lines: list[Line], busy: float, other: str) -> str:
    """Give the report: the table, and what was run on what."""
    engine = "SQLite" if databases.IS_SQLITE else "PostgreSQL on the same machine"
    packages = f"Python {platform.python_version()}, Django {version('Django')}"
    column, rule = (" other release | times it |", "--:|--:|") if other else ("", "")
    return f"""# Performance

`make bench` writes this page. It was written on {datetime.now(tz=UTC):%-d %B %Y}, with {engine}.

The site, the site without its page cache and a bare Django view answer in a process each, in
{ROUNDS} rounds in which all take turns. The bare view sends as many bytes as the page has. Figures
are time of the processor for one answer. gunicorn takes about 0.4 ms more for each, and for a bare
view too, so that one costs about half a millisecond behind it. The ratios, with their lowest and
their highest round, hold on other machines; the milliseconds do not.

- **kept**: the page was asked for before and nothing changed since. It is sent in Brotli.
- **made**: no finished page is kept, but what lists and forms are made from is in memory.
- **first**: nothing is in memory, as right after an edit.

| page | way | size | CPU | times a bare view |{column}
|---|---|--:|--:|--:|{rule}
{chr(10).join(line.row() for line in lines)}

Run on {os.cpu_count()} cores of {platform.machine()}, with {packages}. The load average before was
{busy:.1f}."""


if __name__ == "__main__":
    main(*sys.argv[1:])
