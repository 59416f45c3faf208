"""Import the USDA's whole table of foods."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from nutrients.content.statistics import refresh_statistics
from nutrients.content.usda import (
    FOLDER,
    FOOD_COLUMNS,
    PORTION_COLUMNS,
    UsdaError,
    add_foods,
    read_foods,
    read_portions,
)
from nutrients.open_data.files import write_foods
from nutrients.search.index import catch_up


class Command(BaseCommand):
    """Add the USDA's foods, with their amounts in 100 g and household portions.

    Safe to repeat: what an editor changed or deleted stays as it is. Stopped half-way, it leaves
    nothing behind. Lines that cannot be used are named and left out, and then it exits with 1.
    """

    help = (
        "Add the foods of the USDA's whole table that were never added; under a minute. "
        "Tables are CSV in UTF-8 with commas, plain or compressed by gzip, a row a line."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--file",
            type=Path,
            default=FOLDER / "usda_sr28_extract.csv.gz",
            help=f"the foods, with the columns {', '.join(FOOD_COLUMNS)}",
        )
        parser.add_argument(
            "--portions",
            type=Path,
            default=FOLDER / "usda_sr28_portions.csv.gz",
            help=f"household portions, with the columns {', '.join(PORTION_COLUMNS)}",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            rows, faults = read_foods(options["file"])
            for fault in faults:
                self.stderr.write(fault)
            portions = read_portions(options["portions"])
            done = add_foods(rows, portions, at=timezone.now())
        except UsdaError as error:
            raise CommandError(str(error)) from error
        refresh_statistics()
        catch_up()
        self.stdout.write(done)
        try:
            write_foods(at=timezone.now())
        except OSError as error:
            raise CommandError(f"The files of open data cannot be written: {error}.") from error
        if faults:
            lines = "1 line was" if len(faults) == 1 else f"{len(faults):,} lines were"
            raise CommandError(f"{lines} left out. Put them right and run it again.")
