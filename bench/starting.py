"""How long a server takes to its first page, and how much memory it holds after many."""

import time
from dataclasses import dataclass
from pathlib import Path

from bench import load, pages, processes, servers

REQUESTS, STARTS = 20_000, 5


@dataclass(frozen=True)
class Start:
    """Seconds to the first page, the median of several starts, and bytes after the requests."""

    seconds: float
    resident: int
    proportional: int


def measured(folder: Path) -> Start:
    """Start the site several times, then ask two workers for 20,000 pages of every kind."""
    seconds = sorted(first_page(folder) for _ in range(STARTS))[STARTS // 2]
    with servers.one(servers.SITE["site"], folder, workers=2) as server:
        requests = list(pages.PAGES.values()) + list(pages.FORMS.values())
        # Most pages are kept; forms and filters nobody asked for yet are made anew.
        for number in range(REQUESTS // len(requests) + 1):
            for request in requests:
                load.answer_of(server.port, unlike(request, number))
        return Start(
            seconds, processes.resident_memory(server.pid), processes.worker_memory(server.pid)
        )


def first_page(folder: Path) -> float:
    """Give the seconds from the command to the first page that a reader could read."""
    begun = time.perf_counter()
    with servers.one(servers.SITE["site"], folder) as server:
        load.answer_of(server.port, pages.PAGES["the founding article"])
        return time.perf_counter() - begun


def unlike(request: load.Request, number: int) -> load.Request:
    """Give a request that differs from the others now and then, as those of many readers do."""
    if number % 50 or request.method != "GET":
        return request
    joint = "&" if "?" in request.path else "?"
    return load.Request("GET", f"{request.path}{joint}from={number}", "", request.headers)
