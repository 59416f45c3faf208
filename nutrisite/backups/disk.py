"""What a power cut must not take back."""

from __future__ import annotations

import os
from pathlib import Path


def write_through(path: Path) -> None:
    """Have what was written to a file, or the names in a folder, reach the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
