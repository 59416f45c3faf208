"""The measures as a table in Markdown, as ratios first: they hold on other machines too."""

import os
import platform
from dataclasses import dataclass
from importlib.metadata import version
from statistics import median

from bench.load import Measure


@dataclass(frozen=True)
class Line:
    """The rounds of one page: its size in bytes, its queries, and the measures of each server."""

    page: str
    size: int
    queries: int
    rounds: dict[str, list[Measure]]

    def per_second(self, server: str) -> float:
        """The median over the rounds of the requests answered in a second."""
        return median(measure.per_second for measure in self.rounds[server])

    def p99(self, server: str) -> float:
        """The median over the rounds of the 99th percentile, in milliseconds."""
        return median(measure.p99 for measure in self.rounds[server]) * 1000

    def ratios(self, server: str) -> list[float]:
        """How many times as long one request takes the site as the other server, each round."""
        pairs = zip(self.rounds[server], self.rounds["site"], strict=True)
        return [bare.per_second / site.per_second for bare, site in pairs]


def table(lines: list[Line]) -> str:
    """Give the table, a row a page."""
    rows = [
        "| page | size | queries | requests a second | p99 | times bare Django | times bare WSGI |",
        "|---|--:|--:|--:|--:|--:|--:|",
    ]
    for line in lines:
        spans = [span(line.ratios(server)) for server in ("bare Django", "bare WSGI")]
        rows.append(
            f"| {line.page} | {line.size / 1000:.0f} kB | {line.queries}"
            f" | {line.per_second('site'):.0f} | {line.p99('site'):.1f} ms | {' | '.join(spans)} |"
        )
    return "\n".join(rows)


def span(ratios: list[float]) -> str:
    """Give the median with the lowest and highest round beside it."""
    return f"{median(ratios):.1f} ({min(ratios):.1f} to {max(ratios):.1f})"


def document(lines: list[Line], rounds: int, seconds: float, connections: int, busy: float) -> str:
    """Give the whole page for docs/performance.md. `busy` is the load average before the run."""
    bare = lines[0]
    versions = ", ".join(f"{name} {version(name)}" for name in ("Django", "gunicorn"))
    machine = f"{os.cpu_count()} cores of {platform.machine()}, Python {platform.python_version()}"
    django, wsgi = bare.per_second("bare Django"), bare.per_second("bare WSGI")
    return f"""# Performance

`make bench` writes this page. It serves three things by gunicorn with one configuration, one
worker with four threads: the site, a bare Django page and a bare WSGI page of the same size.
It measures them in turn, {rounds} rounds of {seconds:g} seconds each, over {connections}
connections that stay open.

{table(lines)}

"Times bare Django" says how many times as long a request takes as one for a page that does
nothing, with the lowest and the highest round. It depends little on the machine; requests a
second depend on it much. At the first page's size, bare Django answered {django:.0f} requests
a second here, and bare WSGI {wsgi:.0f}. The load came from the same machine, which took part of
its time.

Measured on {machine}, {versions}.

The load average before the run was {busy:.1f}. Where that is well above zero, other work slowed
everything, and the ratios say more than the rates.
"""
