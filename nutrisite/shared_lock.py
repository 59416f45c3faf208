"""A lock that all workers of one server share, and that no killed worker keeps."""

from __future__ import annotations

import fcntl
from pathlib import Path
from tempfile import mkstemp
from threading import Lock
from types import TracebackType


class SharedLock:
    """Held by one thread of one process at a time.

    The kernel takes it back from a process that ends in whichever way. A lock of multiprocessing
    would stay closed behind a worker that was killed, and every other worker would wait for ever.
    """

    def __init__(self) -> None:
        # Only something to lock: nothing is written into it, and nobody else can open it.
        self._file, path = mkstemp()
        Path(path).unlink()
        self._threads = Lock()

    def __enter__(self) -> None:
        self._threads.acquire()
        fcntl.lockf(self._file, fcntl.LOCK_EX)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        fcntl.lockf(self._file, fcntl.LOCK_UN)
        self._threads.release()
