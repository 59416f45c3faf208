"""Django's cache where it is a server that may be away: whoever asks it goes on without an answer.

A server that drops packets costs everybody who asks it the whole timeout, and threads are few. So
it is left alone for a moment after it failed, and then one thread tries it.
"""

from __future__ import annotations

import functools
import logging
import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar

log = logging.getLogger(__name__)

Answer = TypeVar("Answer")

# Seconds between two attempts to reach a cache that is away, and between two lines that say so.
PATIENCE, PAUSE = 1, 60
AWAY = "The cache does not answer (%s): requests are not counted, nor browsers' reports noted."


class SharedCache:
    """Whether the cache answers, for all threads of one process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._away_until = 0.0
        self._silent_until = 0.0

    def ask(self, question: Callable[..., Answer], *arguments: Any) -> Answer | None:
        """Give what the question to the cache gives, or None while the cache is away.

        While it is away one thread tries to reach it, and no other waits for that.
        """
        if not self._away_until:
            return self._asked(question, *arguments)
        if not self._lock.acquire(blocking=False):
            return None
        try:
            is_left_alone = time.monotonic() < self._away_until
            return None if is_left_alone else self._asked(question, *arguments)
        finally:
            self._lock.release()

    def _asked(self, question: Callable[..., Answer], *arguments: Any) -> Answer | None:
        try:
            answer = question(*arguments)
        # Each kind of cache has errors of its own, and none of them is worth failing a page for.
        except Exception as error:
            now = time.monotonic()
            self._away_until = now + PATIENCE
            if now >= self._silent_until:
                self._silent_until = now + PAUSE
                log.warning(AWAY, type(error).__name__)
            return None
        self._away_until = 0.0
        return answer


@functools.cache
def shared_cache() -> SharedCache:
    """Give what this process knows of its cache."""
    return SharedCache()
