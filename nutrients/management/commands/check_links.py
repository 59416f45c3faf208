from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from nutrients.content.checking import keep_problems
from nutrients.content.outside_links import check_links, fault_of
from nutrients.models import ProblemKind


class Command(BaseCommand):
    """Ask every outside address, and list on the editors' desk those that are broken.

    It takes minutes and asks other sites: have a timer run it, by night. A link that is broken is
    no error of the command.
    """

    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        checked = check_links(fault_of)
        keep_problems(ProblemKind.LINKS, checked.broken, at=timezone.now())
        for problem in checked.broken:
            self.stdout.write(str(problem))
        self.stdout.write(
            f"Outside links: {len(checked.broken):,} broken of {checked.number:,}. Not looked at: "
            f"{checked.refused:,}, whose sites let browsers alone in."
        )
