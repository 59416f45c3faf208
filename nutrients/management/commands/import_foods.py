from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from nutrients.content.food_import import import_foods
from nutrients.content.food_tables import FoodTableError
from nutrients.content.loader import refresh_statistics
from nutrients.search.index import catch_up


class Command(BaseCommand):
    help = """Add the foods of a table, with their amounts and household portions.

    The table is your own CSV with the columns id, name and amounts in 100 g such as magnesium_mg,
    or a published one: FoodData Central's zip of Foundation Foods or SR Legacy, CIQUAL, or CoFID.
    The README of fixtures/usda has the details. The import takes under a minute, in one
    transaction, and is safe to repeat: foods that were added before stay as editors left them,
    changed or deleted. Lines that cannot be used are named and left out; the command then exits
    with 1.
    """

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the table: CSV, workbook or zip")
        parser.add_argument(
            "--source", required=True, help="the slug of the table's source in the admin"
        )
        parser.add_argument(
            "--portions",
            type=Path,
            help="household portions, a CSV with the columns id, amount, unit_description, grams",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            summary, faults, notices = import_foods(
                options["file"], options["portions"], options["source"], at=timezone.now()
            )
        except FoodTableError as error:
            raise CommandError(str(error)) from error
        for sentence in (*notices, *faults):
            self.stderr.write(sentence)
        refresh_statistics()
        catch_up()
        self.stdout.write(summary)
        if faults:
            lines = "1 line was" if len(faults) == 1 else f"{len(faults):,} lines were"
            raise CommandError(f"{lines} left out. Correct the table and run this again.")
