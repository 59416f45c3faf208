from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from nutrients.testbook.running import failing, keep_outcomes, run_book


class Command(BaseCommand):
    """Run the cases of the test book, and save the outcomes for the safety page.

    Prints each case that fails with its failures, and exits with 1 if any does.
    """

    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        checked = run_book(at=now)
        keep_outcomes(checked, at=now)
        failures = failing(checked)
        for failure in failures:
            self.stderr.write(f"{failure.case.slug}: {' '.join(failure.failures)}")
        if failures:
            raise CommandError(f"Test book: {len(failures):,} of {len(checked):,} cases fail.")
        self.stdout.write(f"Test book: {len(checked):,} cases, all pass.")
