from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.template.defaultfilters import pluralize
from django.utils import timezone

from nutrients.common.schedule import public_from
from nutrients.content.fixtures import FixtureError
from nutrients.content.loader import Outcome, load, refresh_statistics
from nutrients.search.index import catch_up
from nutrients.testbook.running import failing, update_outcomes


class Command(BaseCommand):
    help = """Add missing rows of the shipped content, and update fields that no editor changed.

    Safe at every start. Rows that an editor deleted stay deleted, and an editor is asked about
    fields that both the editor and the release changed. If a fixture cannot be loaded, nothing is
    changed, and the command exits with 1 and one sentence.
    """

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "folder", nargs="?", type=Path, default=settings.FIXTURES, help="where the fixtures are"
        )
        parser.add_argument(
            "--plan", action="store_true", help="print what would be done, and change nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            outcome = load(options["folder"], at=timezone.now(), plan=options["plan"])
        except FixtureError as error:
            raise CommandError(str(error)) from error
        if options["plan"]:
            self.stdout.write("\n".join(describe_plan(outcome)))
        else:
            # At every start: the search index may lag behind changes made outside the admin, and
            # an upgrade's migrations may have dropped the statistics.
            catch_up()
            refresh_statistics()
            self.stdout.write(summarize(outcome))
            now, begins = timezone.now(), public_from()
            if begins and now < begins:
                self.stderr.write(
                    f"The clock of this machine says {now:%Y-%m-%d %H:%M} UTC, and the content is"
                    f" public from {begins:%Y-%m-%d %H:%M} UTC, so pages are empty: set the clock."
                )
            elif outcome.added or outcome.updated:
                # A failing case does not keep the site from starting.
                for case, failures in failing(update_outcomes(at=now)):
                    self.stderr.write(f"Test book, {case.slug}: {' '.join(failures)}")
        for row in outcome.name_taken:
            self.stderr.write(
                f"{row.location}: {row} was left out, because another row has its name."
            )


def summarize(outcome: Outcome) -> str:
    parts = [f"{len(outcome.added):,} added"] if outcome.added else []
    parts += [f"{len(outcome.updated):,} updated"] if outcome.updated else []
    if parts:
        text = f"Content: {', '.join(parts)}, {len(outcome.unchanged):,} kept as they were"
    else:
        text = f"Content: {outcome.total:,} rows shipped, nothing to add"
    if gone := len(outcome.left_deleted) + len(outcome.missing_reference):
        text += f", {gone:,} left deleted"
    if number := len(outcome.to_settle):
        text += f"; {number:,} change{pluralize(number)} to settle in the admin"
    return f"{text}."


def describe_plan(outcome: Outcome) -> Iterable[str]:
    """Yield the lines of a plan: counts by model, then each row that would not stay as it is."""
    kinds = {
        "would be added": outcome.added,
        "would be updated": [row for row, _ in outcome.updated],
        "kept as they are": outcome.unchanged,
        "left deleted": outcome.left_deleted,
        "left out, because what they need was deleted": outcome.missing_reference,
        "left out, because another row has their name": outcome.name_taken,
    }
    for words, rows in kinds.items():
        models = Counter(str(row.model._meta.verbose_name_plural) for row in rows)
        counts = ", ".join(f"{name}: {count:,}" for name, count in models.items())
        yield f"{len(rows):,} {words}" + (f" ({counts})." if counts else ".")
    yield f"{len(outcome.to_settle):,} to settle in the admin."
    for row, names in outcome.updated:
        yield f"  updated: {row}: {', '.join(names)} ({row.location})"
    for change in outcome.to_settle:
        yield f"  to settle: {change}. {change.reason}"
    for row in [*outcome.left_deleted, *outcome.missing_reference, *outcome.name_taken]:
        yield f"  left out: {row} ({row.location})"
    yield "Nothing was changed."
