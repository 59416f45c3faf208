"""Make up content, to measure the site with far more than it ships."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from nutrients.samples import Maker, RefusedError, Sizes, remove
from nutrients.search.index import catch_up

KINDS = ("nutrients", "symptoms", "articles", "foods")
MOST = 1_000_000


class Command(BaseCommand):
    """Add made-up nutrients, symptoms, articles and foods that are missing, or take all away.

    They are published, with everything that hangs on such rows, and say in words that they are
    made up. Safe to repeat and to interrupt. It refuses where SITE_URL is https: no reader is to
    meet made-up content on a public site.
    """

    help = "Add made-up content for measuring; --remove takes it away again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take how many rows of each kind there are to be."""
        for kind in KINDS:
            # Read here and not by argparse, which would answer with its whole usage.
            parser.add_argument(f"--{kind}", default="0", metavar="NUMBER")
        parser.add_argument("--remove", action="store_true", help="Take all of it away.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make or remove, saying how far it is, and bring search in line."""
        if settings.SITE_URL.startswith("https:"):
            raise CommandError("This is a public site (SITE_URL is https): no made-up content.")
        numbers = {kind: number(options[kind], kind) for kind in KINDS}
        if options["remove"]:
            self.remove()
        elif not any(numbers.values()):
            raise CommandError("Say how much to make, such as --nutrients 200.")
        else:
            self.make(Sizes(**numbers))
        self.stdout.write("Search is being brought in line ...")
        self.stdout.flush()
        outcome = catch_up()
        self.stdout.write(
            f"Search: {outcome.written:,} documents written, {outcome.removed:,} removed."
        )

    def make(self, sizes: Sizes) -> None:
        """Add what is missing, batch by batch."""
        for step in Maker(sizes, at=timezone.now()).steps():
            line = f"{step.kind}: {step.done:,} of {step.total:,}, {step.added:,} added"
            is_last = step.done == step.total
            if self.stdout.isatty():
                self.stdout.write(f"\r{line}", ending="\n" if is_last else "")
            elif is_last or step.done % 10_000 == 0:
                self.stdout.write(line)
            self.stdout.flush()

    def remove(self) -> None:
        """Take everything away that was made up."""
        try:
            removed = remove()
        except RefusedError as error:
            raise CommandError(str(error)) from error
        for kind, count in removed.items():
            self.stdout.write(f"{kind}: {count:,} removed")


def number(text: object, kind: str) -> int:
    """The number that was typed; raise CommandError where it is none, or out of bounds."""
    typed = str(text)
    if typed.isascii() and typed.isdigit() and len(typed) < 9 and int(typed) <= MOST:
        return int(typed)
    raise CommandError(f"--{kind} takes a whole number from 0 to {MOST:,}.")
