"""Measure the pages that matter most and write docs/performance.md.

python -m bench

It takes about two and a half minutes, most of it in rounds: each round asks every server for
every page in turn, so that a busy moment of the machine touches all of them alike.
"""

import os
import tempfile
from pathlib import Path

from bench import load, queries, report, servers

ROUNDS, SECONDS, CONNECTIONS = 5, 2.5, 4
PAGES = {
    "the founding article": load.Request("GET", "/articles/nutrients-and-muscle-jerking/"),
    "the table with two filters": load.Request("GET", "/compare/?symptom=muscle-cramps&diet=vegan"),
    "the checklist, four ticks": load.Request(
        "POST",
        "/checklist/",
        "symptom=muscle-cramps&symptom=tingling&symptom=fatigue&risk=vegan-diet",
    ),
}


def main() -> None:
    """Measure, print the table and write the document."""
    busy = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder:
        print("Preparing a site of its own ...", flush=True)
        servers.prepare(Path(folder))
        counts = queries.counted(Path(folder), list(PAGES.values()))
        with servers.running(Path(folder)) as ports:
            lines = measured(ports, counts)
    print(report.table(lines))
    target = servers.ROOT / "docs" / "performance.md"
    target.write_text(report.document(lines, ROUNDS, SECONDS, CONNECTIONS, busy))


def measured(ports: dict[str, int], counts: list[int]) -> list[report.Line]:
    """Ask every server for every page, round by round, and give a line a page."""
    lines = []
    for (name, request), count in zip(PAGES.items(), counts, strict=True):
        size = load.size_of(ports["site"], request)
        lines.append(report.Line(name, size, count, {server: [] for server in ports}))
    for number in range(ROUNDS):
        print(f"Round {number + 1} of {ROUNDS} ...", flush=True)
        for line in lines:
            for server, port in ports.items():
                asked = PAGES[line.page] if server == "site" else bare(line, PAGES[line.page])
                line.rounds[server].append(load.measure(port, asked, SECONDS, CONNECTIONS))
    return lines


def bare(line: report.Line, request: load.Request) -> load.Request:
    """Give the request for a bare page of the same size, with the same form."""
    return load.Request(request.method, f"/{line.size}", request.body)


if __name__ == "__main__":
    main()
