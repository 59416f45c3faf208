from argparse import ArgumentParser
from pathlib import Path

from nutrients.content.food_import import FOLDER, SR28

from . import import_foods


class Command(import_foods.Command):
    help = "Add all foods of the USDA's table, as `import_foods` does."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.set_defaults(source=SR28)
        parser.add_argument(
            "--file",
            type=Path,
            default=FOLDER / "usda_sr28_extract.csv.gz",
            help="another table of its columns",
        )
        parser.add_argument(
            "--portions",
            type=Path,
            default=FOLDER / "usda_sr28_portions.csv.gz",
            help="another table of household portions",
        )
