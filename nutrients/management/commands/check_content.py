from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.template.defaultfilters import pluralize
from django.utils import timezone

from nutrients.content.checking import find_problems, overdue_reviews, save_problems
from nutrients.models import ProblemKind


class Command(BaseCommand):
    help = """Find claims without a source, broken links, wrong units, overdue reviews and more.

    Prints a line for each problem, and exits with 1 if there is any. Without --on, the editors'
    desk lists them too, but for overdue reviews, which are on the review desk.
    """

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--on", type=date.fromisoformat, metavar="YYYY-MM-DD", help="the day to check for"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        day = options["on"] or timezone.localdate()
        problems = find_problems(on=day)
        if not options["on"]:
            save_problems(ProblemKind.CONTENT, problems, at=timezone.now())
        problems += overdue_reviews(on=day)
        for problem in problems:
            self.stderr.write(str(problem))
        if count := len(problems):
            raise CommandError(f"Content: {count:,} problem{pluralize(count)} to put right.")
        self.stdout.write("Content: no problem found.")
