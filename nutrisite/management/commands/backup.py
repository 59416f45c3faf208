from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from nutrisite.backups import BackupError, make


class Command(BaseCommand):
    help = """Copy the live database into one file, read that back, and keep the newest few.

    Readers and editors go on meanwhile. If no good copy could be made, the command exits with 1 and
    one sentence, and all older backups stay."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        folder, keep = "where the backups are", "how many backups to keep, by default 7"
        parser.add_argument("--folder", type=Path, default=settings.BACKUP_DIR, help=folder)
        parser.add_argument("--keep", type=int, default=7, help=keep)

    def handle(self, *args: Any, folder: Path, keep: int, **options: Any) -> None:
        try:
            path = make(folder.resolve(), at=timezone.now(), keep=keep)
        except BackupError as error:
            raise CommandError(f"No backup was made. {error}") from error
        size = path.stat().st_size / 1_000_000
        self.stdout.write(f"Backup: {path}, read back, {size:.1f} MB.")
