"""Backups: one file holds a consistent copy of the live database, and says what must be in it.

The site keeps no uploaded files, so the database is all that must be kept. The secret key is left
out on purpose: whoever holds a backup must not be able to sign cookies.
"""

from .contents import BackupError, Contents
from .engines import engine_in_use
from .keeping import backups_in, check, make, restore

__all__ = [
    "BackupError",
    "Contents",
    "backups_in",
    "check",
    "engine_in_use",
    "make",
    "restore",
]
