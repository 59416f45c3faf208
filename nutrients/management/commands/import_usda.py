"""Import the USDA's whole table of foods."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from nutrients.search.index import catch_up
from nutrients.statistics import refresh_statistics
from nutrients.usda import (
    BATCH_SIZE,
    Fault,
    FoodRow,
    FoodTable,
    Importer,
    NotReadyError,
    Outcome,
    TableError,
)
from nutrients.usda.groups import read_rules

FOLDER = Path(settings.FIXTURES) / "usda"
BAR_WIDTH = 30
INTERRUPTED = 130


class Command(BaseCommand):
    """Add the USDA's foods, with their amounts in 100 g and household portions.

    Safe to repeat and to interrupt: another run finishes what one began, and what an editor
    changed or deleted stays as it is. Bad lines are named and left out, and then it exits with 1.
    """

    help = "Add the foods of the USDA's whole table that were never added; about 20 seconds."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take other tables than those that come with the site."""
        parser.add_argument("--file", type=Path, default=FOLDER / "usda_sr28_extract.csv.gz")
        parser.add_argument("--portions", type=Path, default=FOLDER / "usda_sr28_portions.csv.gz")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import batch by batch, saying how far it is; then say in one line what was done."""
        self.faults = 0
        self.total = Outcome()
        started = time.monotonic()
        try:
            table = FoodTable(options["file"], options["portions"], self.report)
            importer = Importer(read_rules(FOLDER / "food_groups.csv"), at=timezone.now())
            self.add_all(table, importer)
        except (TableError, NotReadyError) as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            raise CommandError(
                f"Stopped after {self.total.added:,} foods were added. Run it again to finish.",
                returncode=INTERRUPTED,
            ) from None
        self.stdout.write(summary(self.total, time.monotonic() - started))
        if self.faults:
            lines = "1 line was" if self.faults == 1 else f"{self.faults:,} lines were"
            raise CommandError(f"{lines} left out. Put them right and run it again.")

    def add_all(self, table: FoodTable, importer: Importer) -> None:
        """Add every food of the table."""
        for batch in batches(table, BATCH_SIZE):
            self.total += importer.add(batch)
            self.show(batch[-1].line - 1, len(table))
        if self.total.added or self.total.portions:
            refresh_statistics()
        catch_up()
        if self.stdout.isatty():
            self.stdout.write("")

    def show(self, done: int, total: int) -> None:
        """Say how far it is: by a bar that grows on a terminal, by lines in a log."""
        if self.stdout.isatty():
            filled = BAR_WIDTH * done // total
            bar = "█" * filled + "░" * (BAR_WIDTH - filled)
            self.stdout.write(f"\r{bar} {done:,} of {total:,} foods", ending="")
        elif done == total or done % (BATCH_SIZE * 8) < BATCH_SIZE:
            self.stdout.write(f"{done:,} of {total:,} foods")
        # A pipe shows nothing of a long import until its buffer is full.
        self.stdout.flush()

    def report(self, fault: Fault) -> None:
        """Name a line that is left out."""
        self.faults += 1
        if self.stdout.isatty():
            self.stdout.write("")
        self.stderr.write(str(fault))


def batches(foods: Iterable[FoodRow], size: int) -> Iterator[list[FoodRow]]:
    """Foods in lists of this size; the last may be shorter."""
    rest = iter(foods)
    while batch := list(islice(rest, size)):
        yield batch


def summary(outcome: Outcome, seconds: float) -> str:
    """Say in one line what an import did."""
    gone = f", {outcome.left_deleted:,} left deleted" if outcome.left_deleted else ""
    if not outcome.added and not outcome.portions:
        return f"USDA: {outcome.kept:,} foods are there{gone}, nothing to add."
    return (
        f"USDA: {outcome.added:,} foods added with {outcome.amounts:,} amounts, "
        f"{outcome.portions:,} portions added, {outcome.kept:,} foods kept{gone}; {seconds:.0f} s."
    )
