"""How many answers there were, how they went and how long they took, over all workers.

They are counted by class of status alone: which page was read how often is in the log, by route,
and nowhere by reader.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from functools import cache
from itertools import accumulate
from multiprocessing.sharedctypes import RawArray

from nutrisite.shared_lock import SharedLock

CLASSES = ("1xx", "2xx", "3xx", "4xx", "5xx")
# Upper bounds of the times that are counted together, in seconds.
BOUNDS = (0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0)
TIMES = len(CLASSES)
TOTAL = TIMES + len(BOUNDS) + 1


class Counters:
    """The numbers: statuses by class, then times by bound, then all seconds together.

    A worker that ends, in whichever way, takes nothing with it.
    """

    def __init__(self) -> None:
        self._numbers = RawArray("d", TOTAL + 1)
        self._lock = SharedLock()

    def observe(self, status: int, seconds: float) -> None:
        """Count one answer."""
        with self._lock:
            self._numbers[status // 100 - 1] += 1
            self._numbers[TIMES + bisect_left(BOUNDS, seconds)] += 1
            self._numbers[TOTAL] += seconds

    def read(self) -> list[float]:
        """Give all numbers as of one moment."""
        with self._lock:
            return list(self._numbers)


@cache
def counters() -> Counters:
    """Give the numbers of this server. gunicorn asks first, before it makes its workers."""
    return Counters()


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
