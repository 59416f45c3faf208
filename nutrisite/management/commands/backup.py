from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from nutrisite.backups import BackupError, make

KEPT = 7


class Command(BaseCommand):
    """Copy the live database into one file, read that back, and keep the newest few.

    Readers and editors go on meanwhile. Exits with 1 and one sentence if no good copy could be
    made; older backups are all kept then.
    """

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--folder", type=Path, default=settings.BACKUP_DIR, help="where the backups are"
        )
        parser.add_argument(
            "--keep", type=int, default=KEPT, help=f"how many to keep, {KEPT} unless told"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        folder = options["folder"].resolve()
        try:
            path = make(folder, at=timezone.now(), keep=options["keep"])
        except BackupError as error:
            raise CommandError(f"No backup was made. {error}") from error
        size = path.stat().st_size / 1_000_000
        self.stdout.write(f"Backup: {path}, read back, {size:.1f} MB.")
