"""Load the shipped content into the database."""

from __future__ import annotations

from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from nutrients.loading import FixtureError, FixtureRow, Outcome, load
from nutrients.search.index import catch_up
from nutrients.testbook import failing, keep_outcomes, run_book


class Command(BaseCommand):
    """Load what the fixtures hold and the database lacks, in one transaction.

    Safe at every start: what an editor changed or deleted stays as the editor left it.
    Exits with 1 and one sentence, with nothing changed, where a fixture cannot be loaded.
    """

    help = "Add shipped content that is missing; never overwrite or bring back an editor's work."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take a folder other than the setting's, and --plan."""
        parser.add_argument(
            "folder", nargs="?", type=Path, default=settings.FIXTURES, help="where the fixtures are"
        )
        parser.add_argument(
            "--plan", action="store_true", help="say what would be done, and change nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, then say in one line what was done; --plan lists it."""
        try:
            outcome = load(Path(options["folder"]), at=timezone.now(), plan=options["plan"])
        except FixtureError as error:
            raise CommandError(str(error)) from error
        if options["plan"]:
            self.stdout.write("\n".join(plan(outcome)))
        else:
            # At every start, so that a change made past the editors' screens is found too.
            catch_up()
            self.stdout.write(summary(outcome))
            if outcome.added:
                self._run_test_book()
        for row in outcome.in_the_way:
            self.stderr.write(f"{row.place}: {row} was left out, because another row has its name.")

    def _run_test_book(self) -> None:
        """Check the content as it is now. A case that fails is told, and keeps no site closed."""
        now = timezone.now()
        checked = run_book(at=now)
        keep_outcomes(checked, at=now)
        for one in failing(checked):
            self.stderr.write(f"Test book, {one.case.slug}: {' '.join(one.failures)}")


def summary(outcome: Outcome) -> str:
    """Say in one line what a load did."""
    if not outcome.added:
        text = f"Content: {outcome.total:,} rows shipped, nothing to add"
    else:
        text = f"Content: {len(outcome.added):,} added, {len(outcome.kept):,} kept as they were"
    gone = len(outcome.left_deleted) + len(outcome.depending)
    return f"{text}, {gone:,} left deleted." if gone else f"{text}."


def plan(outcome: Outcome) -> Iterable[str]:
    """Say line by line what a load would do: counts by model, then each row it would leave out."""
    kinds = {
        "would be added": outcome.added,
        "kept as they are": outcome.kept,
        "left deleted": outcome.left_deleted,
        "left out, because what they need was deleted": outcome.depending,
        "left out, because another row has their name": outcome.in_the_way,
    }
    for words, rows in kinds.items():
        yield f"{len(rows):,} {words}{_by_model(rows)}"
    for row in [*outcome.left_deleted, *outcome.depending, *outcome.in_the_way]:
        yield f"  left out: {row} ({row.place})"
    if outcome.dropped_links:
        yield f"{outcome.dropped_links:,} links to deleted rows would be dropped."
    yield "Nothing was changed."


def _by_model(rows: Iterable[FixtureRow]) -> str:
    counts = Counter(str(row.model._meta.verbose_name_plural) for row in rows)
    names = ", ".join(f"{name}: {count:,}" for name, count in counts.items())
    return f" ({names})." if names else "."
