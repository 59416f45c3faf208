#!/usr/bin/env python
"""Django's command line for this project."""

import errno
import os
import sys
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.db import DatabaseError, DataError, IntegrityError, OperationalError

FULL = "The disk is full: make room, then try again. Nothing that was saved is lost."
MIGRATE = "If it is new, or of an earlier release, run `manage.py migrate` first"


def main() -> None:
    """Run a command. Print one sentence, not a traceback, for faults that an operator can fix.

    These are a wrong setting, a full disk, and a database that is missing, damaged or not migrated.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nutrisite.settings")
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(f"Nutrisite cannot start: {error}")
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        sys.exit(FULL)
    except (DataError, IntegrityError):
        # Values that the database refuses are a bug.
        raise
    except DatabaseError as error:
        if "--traceback" in sys.argv:
            raise
        if "disk is full" in str(error):
            sys.exit(FULL)
        sys.exit(
            f"The database cannot be used: {first_line(error)}. {advice(error)}; "
            "--traceback shows where it failed."
        )


def first_line(error: Exception) -> str:
    """Return the first line of a message: PostgreSQL quotes the statement in the others."""
    return (str(error).splitlines() or [type(error).__name__])[0].rstrip(".")


def advice(error: DatabaseError) -> str:
    """Say what to do about an unusable database. SQLite creates its file but no folder."""
    database = settings.DATABASES["default"]
    if any(words in str(error) for words in ("unable to open", "readonly")):
        folder = Path(database["NAME"]).parent
        return f"See that {folder} is there, and that this account may write it and its files"
    if any(words in str(error) for words in ("malformed", "not a database")):
        return "It is damaged: stop the site, and run `manage.py restore` with a backup"
    if database["ENGINE"].endswith("postgresql") and isinstance(error, OperationalError):
        return "See that its server runs, and that DATABASE_URL names it"
    return MIGRATE


if __name__ == "__main__":
    main()
