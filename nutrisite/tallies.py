"""How often each of any number of keys came in the running minute, in memory of one fixed size.

This is a count-min sketch (Cormode and Muthukrishnan, 2005): each key has one cell in each of
several rows, every coming raises all of them, and the lowest is the count. Keys that meet in a
cell only raise it, so a count is never too low. It is too high only where a key meets others in
every row.
"""

from __future__ import annotations

from ctypes import memset, sizeof
from functools import cache
from hashlib import blake2b
from multiprocessing.sharedctypes import RawArray, RawValue

from nutrisite.shared_lock import SharedLock

ROWS, CELLS = 4, 16_384


class Tallies:
    """Counts that all workers share. Nobody can read a key out of them."""

    def __init__(self) -> None:
        self._cells = RawArray("I", ROWS * CELLS)
        self._minute = RawValue("q")
        self._lock = SharedLock()

    def add(self, key: str, minute: int) -> int:
        """Count one more of a key in a minute, and give how many that makes."""
        digest = blake2b(key.encode(), digest_size=4 * ROWS).digest()
        parts = [int.from_bytes(digest[4 * row : 4 * row + 4]) % CELLS for row in range(ROWS)]
        with self._lock:
            if self._minute.value != minute:
                self._minute.value = minute
                memset(self._cells, 0, sizeof(self._cells))
            for row, part in enumerate(parts):
                self._cells[row * CELLS + part] += 1
            return min(self._cells[row * CELLS + part] for row, part in enumerate(parts))


@cache
def tallies() -> Tallies:
    """Give the counts of this server. gunicorn asks first, before it makes its workers."""
    return Tallies()
