from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from nutrients.testbook.running import failing, update_outcomes


class Command(BaseCommand):
    help = """Run the cases of the test book, and save the outcomes for the safety page.

    Prints each case that fails with its failures, and exits with 1 if any does.
    """

    def handle(self, *args: Any, **options: Any) -> None:
        checked = update_outcomes(at=timezone.now())
        failed = failing(checked)
        for case, failures in failed:
            self.stderr.write(f"{case.slug}: {' '.join(failures)}")
        if failed:
            raise CommandError(f"Test book: {len(failed):,} of {len(checked):,} cases fail.")
        self.stdout.write(f"Test book: {len(checked):,} cases, all pass.")
