from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from nutrients.content.checking import keep_problems
from nutrients.content.outside_links import broken_links, fault_of
from nutrients.models import ProblemKind


class Command(BaseCommand):
    """Ask every outside address, and list on the editors' desk those that are broken.

    It takes minutes and asks other sites: have a timer run it, by night. A link that is broken is
    no error of the command.
    """

    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        faults = broken_links(fault_of)
        keep_problems(ProblemKind.LINKS, faults, at=timezone.now())
        for problem in faults:
            self.stdout.write(str(problem))
        self.stdout.write(f"Outside links: {len(faults):,} broken.")
