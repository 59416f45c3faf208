"""The measures as tables in Markdown and a plot, as ratios first: they hold elsewhere too."""

import os
import platform
from dataclasses import dataclass, field
from importlib.metadata import version
from statistics import median
from xml.sax.saxutils import escape

from bench.load import Answer, Measure
from bench.pages import Case
from bench.starting import Start

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
    rounds, seconds, connections = run.effort
    names = ("Django", "gunicorn", "psycopg", "brotli")
    versions = ", ".join(f"{name} {version(name)}" for name in names)
    machine = f"{os.cpu_count()} cores of {platform.machine()}, Python {platform.python_version()}"
    article = run.lines[3]
    return f"""# Performance

`make bench` writes this page. It serves four things by gunicorn with one configuration, one worker
with four threads each: the site, the site with `PAGE_CACHE_MB=0`, a bare Django page and a bare
WSGI page. It asks each for every page in turn, {rounds} rounds of {seconds:g} seconds, over
{connections} connections that stay open and accept Brotli. The bare pages answer with as many
bytes as the site has just sent.

- **kept**: the page was asked for before, and nothing was committed since.
- **304**: the reader holds it already.
- **made anew**: no finished page is kept. What the checklist, the table and articles are made of is
  in memory, as it is from the second request after an edit on; the column of queries says what a
  page asks with nothing in memory.
- **speed** is requests a second as a share of bare WSGI's, **CPU** the processor time of one
  request in times of bare Django's, each with the lowest and the highest round. Both depend little
  on the machine; requests a second and milliseconds depend on it much.

## SQLite, with the shipped content

{table(run.lines)}

![Speed of each page as a share of bare WSGI](performance.svg)

At the size of the founding article, bare Django answered {article.per_second(DJANGO):.0f} requests
a second here, and bare WSGI {article.per_second(WSGI):.0f}.

From the command to the first whole page: {run.start.seconds:.2f} s. After 20,000 requests two
workers hold {run.start.resident / 1e6:.0f} MB resident, what they share counted twice, and
{run.start.proportional / 1e6:.0f} MB with it counted once.

## PostgreSQL, with the shipped content

Server and site on the same machine, over the loopback address.

{table(run.on_postgresql)}

## Grown content

200 more nutrients, 500 symptoms, 2,000 articles and 100,000 foods, made up by
`make_sample_content`. CPU of one page made anew, in one process, against the same page with the
shipped content; pages compressed by gzip.

{run.growth}

## What was run, and on what

{machine}; {versions}. The load came from the same machine, which took part of its time. The load
average before the run was {run.busy:.1f}: where that is well above zero, other work slowed
everything, and the ratios say more than the rates.
"""
