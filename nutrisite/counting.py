"""How many answers there were, how they went and how long they took, over all workers.

They are counted by class of status alone: which page was read how often is in the log, by route,
and nowhere by reader.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from functools import cache
from itertools import accumulate
from multiprocessing import Array
from typing import Any

CLASSES = ("1xx", "2xx", "3xx", "4xx", "5xx")
# Upper bounds of the times that are counted together, in seconds.
BOUNDS = (0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0)
TIMES = len(CLASSES)
TOTAL = TIMES + len(BOUNDS) + 1


@cache
def counters() -> Any:
    """Give the numbers that all workers share.

    gunicorn makes them before it starts workers, who inherit the memory; a worker that ends takes
    nothing with it. Statuses by class, then times by bound, then all seconds together.
    """
    return Array("d", TOTAL + 1)


def observe(status: int, seconds: float) -> None:
    """Count one answer."""
    shared = counters()
    with shared.get_lock():
        shared[status // 100 - 1] += 1
        shared[TIMES + bisect_left(BOUNDS, seconds)] += 1
        shared[TOTAL] += seconds


def lines_of(numbers: list[float]) -> Iterator[str]:
    """Give the lines of Prometheus' text format."""
    yield "# HELP nutrisite_requests_total Answers since the server started, by class of status."
    yield "# TYPE nutrisite_requests_total counter"
    for name, number in zip(CLASSES, numbers, strict=False):
        yield f'nutrisite_requests_total{{status="{name}"}} {number:.0f}'
    yield "# HELP nutrisite_request_seconds How long answers took to make."
    yield "# TYPE nutrisite_request_seconds histogram"
    for bound, number in zip((*BOUNDS, "+Inf"), accumulate(numbers[TIMES:TOTAL]), strict=True):
        yield f'nutrisite_request_seconds_bucket{{le="{bound}"}} {number:.0f}'
    yield f"nutrisite_request_seconds_sum {numbers[TOTAL]:.6f}"
    yield f"nutrisite_request_seconds_count {sum(numbers[TIMES:TOTAL]):.0f}"
