"""Measure every kind of page and write docs/performance.md with its plot.

python -m bench [--quick]

A full run takes about ten minutes, most of it in rounds: each round asks every server for every
page in turn, so that a busy moment of the machine touches all of them alike. `--quick` takes one
short round, on SQLite with the shipped content alone, and writes nothing.
"""

import os
import sys
import tempfile
from pathlib import Path

from bench import growth, load, pages, queries, report, servers, starting
from tests import engines

ROUNDS, SECONDS, CONNECTIONS = 3, 0.8, 4
DOCS = servers.ROOT / "docs"


def main(*arguments: str) -> None:
    """Measure, print the tables and write the document."""
    quick = "--quick" in arguments
    busy = os.getloadavg()[0]
    rounds, seconds = (1, 0.3) if quick else (ROUNDS, SECONDS)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        print("Preparing a site of its own ...", flush=True)
        servers.prepare(folder / "sqlite")
        lines = measured(folder / "sqlite", rounds, seconds)
        print(report.table(lines), flush=True)
        if quick:
            return
        start = starting.measured(folder / "sqlite")
        grown = measured_growth(folder / "sqlite", folder / "grown")
        on_postgresql = measured_on_postgresql(folder / "postgresql", rounds, seconds)
    run = report.Run(lines, on_postgresql, grown, start, (rounds, seconds, CONNECTIONS), busy)
    (DOCS / "performance.md").write_text(report.document(run))
    (DOCS / "performance.svg").write_text(report.plot(lines))


def measured(folder: Path, rounds: int, seconds: float, database: str = "") -> list[report.Line]:
    """Ask every server for every page, round by round, and give a line a case."""
    with servers.running(servers.SITE | servers.BARE, folder, database) as running:
        answers = {
            page: load.answer_of(running["site"].port, request)
            for page, request in pages.PAGES.items()
        }
        cases = pages.cases({page: answer.etag for page, answer in answers.items()})
        counts = queries.counted(folder, [case.request for case in cases], database)
        lines = [
            report.Line(case, load.answer_of(running[case.server].port, case.request), count)
            for case, count in zip(cases, counts, strict=True)
        ]
        for number in range(rounds):
            print(f"Round {number + 1} of {rounds} ...", flush=True)
            for line in lines:
                ask_all(line, running, seconds)
    return lines


def ask_all(line: report.Line, running: dict[str, servers.Server], seconds: float) -> None:
    """Ask the site for a page, and the bare servers for as many bytes."""
    asked, size = line.case.request, line.answer.body
    plain = load.Request(asked.method, f"/{size}", asked.body)
    rounds = {"site": running[line.case.server].measure(asked, seconds, CONNECTIONS)}
    for name in servers.BARE:
        rounds[name] = running[name].measure(plain, seconds, CONNECTIONS)
    line.rounds.append(rounds)


def measured_growth(shipped: Path, grown: Path) -> str:
    """Give the table of what pages cost with very much content."""
    print("Making up much content ...", flush=True)
    servers.prepare(grown)
    numbers = ("--nutrients", "200", "--symptoms", "500", "--articles", "2000")
    servers.manage(grown, "make_sample_content", *numbers, "--foods", "100000")
    return growth.table(shipped, grown)


def measured_on_postgresql(folder: Path, rounds: int, seconds: float) -> list[report.Line]:
    """Measure the same on a PostgreSQL of the benchmark's own."""
    if not engines.found("initdb"):
        engines.install()
    folder.mkdir()
    folder.parent.chmod(0o755)
    with engines.postgresql(folder / "server") as database:
        servers.prepare(folder, database)
        return measured(folder, rounds, seconds, database)


if __name__ == "__main__":
    main(*sys.argv[1:])
