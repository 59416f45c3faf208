from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from nutrisite.backups import BackupError, check, restore


class Command(BaseCommand):
    help = """Replace the database by a backup, and keep what it replaces.

    A damaged backup changes nothing. Stop the site before. Run migrate afterwards, for a backup may
    be of an older release."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="a file that `backup` made")
        parser.add_argument("--check", action="store_true", help="read it through, change nothing")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        replaced = settings.BACKUP_DIR / f"replaced-{timezone.now():%Y%m%dT%H%M%S%fZ}"
        try:
            if options["check"]:
                check(file.resolve())
                self.stdout.write(f"{file.name} is whole.")
                return
            restore(file.resolve(), replaced)
        except BackupError as error:
            raise CommandError(f"Nothing was changed. {error}") from error
        self.stdout.write(f"Restored {file.name}.")
        if replaced.exists():
            self.stdout.write(f"What was there before is kept as {replaced}.")
        self.stdout.write("Now run: manage.py migrate, then manage.py load_content.")
