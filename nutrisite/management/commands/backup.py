from argparse import ArgumentParser
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
        parser.add_argument("--keep", type=int, default=7, help="how many to keep, by default 7")

    def handle(self, *args: Any, keep: int, **options: Any) -> None:
        try:
            path = make(settings.BACKUP_DIR, at=timezone.now(), keep=keep)
        except BackupError as error:
            raise CommandError(f"No backup was made. {error}") from error
        size = path.stat().st_size / 1_000_000
        self.stdout.write(f"Backup: {path}, read back, {size:.1f} MB.")
