from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from nutrients.testbook import failing, keep_outcomes, run_book


class Command(BaseCommand):
    """Check every case of the test book, and keep the outcomes for the page on safety.

    It prints each case that fails with what is wrong, and exits with 1 if any does.
    """

    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        checked = run_book(at=now)
        keep_outcomes(checked, at=now)
        failed = failing(checked)
        for case in failed:
            self.stderr.write(f"{case.case.slug}: {' '.join(case.failures)}")
        if failed:
            raise CommandError(f"Test book: {len(failed):,} of {len(checked):,} cases fail.")
        self.stdout.write(f"Test book: {len(checked):,} cases, all pass.")
