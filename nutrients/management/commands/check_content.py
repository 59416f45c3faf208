from __future__ import annotations

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.template.defaultfilters import pluralize
from django.utils import timezone

from nutrients.content.checking import keep_problems, problems
from nutrients.models import ProblemKind


class Command(BaseCommand):
    """Find claims without a source, broken references, unfit units, overdue reviews.

    They are listed a line each, and the command exits with 1 if there are any.
    """

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--on", type=date.fromisoformat, metavar="YYYY-MM-DD", help="the day to check for"
        )
        parser.add_argument(
            "--keep", action="store_true", help="list what is found on the editors' desk too"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        faults = problems(on=options["on"] or timezone.now().date())
        if options["keep"]:
            keep_problems(ProblemKind.CONTENT, faults, at=timezone.now())
        for problem in faults:
            self.stderr.write(str(problem))
        if faults:
            count = len(faults)
            raise CommandError(f"Content: {count:,} problem{pluralize(count)} to put right.")
        self.stdout.write("Content: no problem found.")
