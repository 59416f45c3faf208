"""The measures as tables in Markdown and a plot, as ratios first: they hold elsewhere too."""

import os
import platform
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from statistics import median
from string import Template
from xml.sax.saxutils import escape

from bench.load import Answer, Measure
from bench.pages import Case
from bench.starting import Start

PACKAGES = ("Django", "gunicorn", "psycopg", "brotli")
WSGI, DJANGO = "bare WSGI", "bare Django"
COLUMNS = (
    *("page", "asked for", "queries", "on the wire", "a second", "p50", "p99"),
    *("speed, of bare WSGI", "CPU, times bare Django"),
)
ROW, LEFT, WIDTH = 18, 300, 760


@dataclass
class Line:
    """One case: its answer, its queries with nothing in memory, and a round of measures each."""

    case: Case
    answer: Answer
    queries: int
    rounds: list[dict[str, Measure]] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The page and the way it was asked for."""
        return f"{self.case.page}, {self.case.way}"

    def per_second(self, server: str = "site") -> float:
        """The median over the rounds of the requests answered in a second."""
        return median(each[server].per_second for each in self.rounds)

    def milliseconds(self, share: float) -> float:
        """The median over the rounds of the time within which this share was answered."""
        return median(each["site"].within(share) for each in self.rounds) * 1000

    def speed(self, server: str) -> list[float]:
        """The requests a second as a share of the other server's, each round."""
        return [each["site"].per_second / each[server].per_second for each in self.rounds]

    def cost(self, server: str) -> list[float]:
        """How many times the other server's processor time one request takes, each round."""
        return [each["site"].cpu_each / each[server].cpu_each for each in self.rounds]


@dataclass(frozen=True)
class Run:
    """All that one run found. `effort` is rounds, seconds and connections; `busy` the load."""

    lines: list[Line]
    on_postgresql: list[Line]
    growth: str
    start: Start
    effort: tuple[int, float, int]
    busy: float


def table(lines: list[Line]) -> str:
    """Give the table, a row a case."""
    rows = [
        f"| {' | '.join(COLUMNS)} |",
        "|---|---|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for line in lines:
        wire = (line.answer.head + line.answer.body) / 1000
        rows.append(
            f"| {line.case.page} | {line.case.way} | {line.queries} | {wire:.1f} kB"
            f" | {line.per_second():.0f} | {line.milliseconds(0.5):.1f} ms"
            f" | {line.milliseconds(0.99):.1f} ms | {span(line.speed(WSGI))}"
            f" | {span(line.cost(DJANGO))} |"
        )
    return "\n".join(rows)


def span(ratios: list[float]) -> str:
    """Give the median with the lowest and highest round beside it."""
    return f"{median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"


def plot(lines: list[Line]) -> str:
    """Give an SVG of each case's speed, as a share of a bare WSGI page of the same bytes."""
    height = ROW * len(lines) + 50
    most = max(1.2, *(median(line.speed(WSGI)) for line in lines))
    scale = (WIDTH - LEFT - 60) / most
    bars = [_bar(line, 40 + ROW * place, scale) for place, line in enumerate(lines)]
    one = LEFT + scale
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}"
  font-family="sans-serif" font-size="12">
<title>Requests a second of each page, as a share of a bare WSGI page of the same bytes</title>
<rect width="{WIDTH}" height="{height}" fill="#fff"/>
<text x="8" y="18" font-size="14">Requests a second, as a share of bare WSGI's</text>
{"".join(bars)}
<path d="M{one:.0f} 30V{height - 8}" stroke="#a00" stroke-dasharray="4 3"/>
<text x="{one + 4:.0f}" y="34" fill="#a00">bare WSGI</text>
</svg>
"""


def _bar(line: Line, y: int, scale: float) -> str:
    share = median(line.speed(WSGI))
    colour = "#8a9a92" if line.case.way == "made anew" else "#1f5f4a"
    return (
        f'<text x="{LEFT - 8}" y="{y + 12}" text-anchor="end">{escape(line.name)}</text>'
        f'<rect x="{LEFT}" y="{y + 2}" width="{max(share * scale, 1):.0f}" height="{ROW - 5}"'
        f' fill="{colour}"/>'
        f'<text x="{LEFT + share * scale + 6:.0f}" y="{y + 12}">{share:.2f}</text>'
    )


def document(run: Run) -> str:
    """Give the whole page for docs/performance.md."""
    template = Template((Path(__file__).parent / "performance.md").read_text())
    rounds, seconds, connections = run.effort
    article = run.lines[3]
    return template.substitute(
        rounds=rounds,
        seconds=f"{seconds:g}",
        connections=connections,
        on_sqlite=table(run.lines),
        on_postgresql=table(run.on_postgresql),
        growth=run.growth,
        django=f"{article.per_second(DJANGO):.0f}",
        wsgi=f"{article.per_second(WSGI):.0f}",
        start=f"{run.start.seconds:.2f}",
        resident=f"{run.start.resident / 1e6:.0f}",
        proportional=f"{run.start.proportional / 1e6:.0f}",
        machine=f"{os.cpu_count()} cores of {platform.machine()}",
        versions=", ".join([f"Python {platform.python_version()}", *map(_version, PACKAGES)]),
        busy=f"{run.busy:.1f}",
    )


def _version(package: str) -> str:
    return f"{package} {version(package)}"
