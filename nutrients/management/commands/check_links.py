from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from nutrients.content.checking import save_problems
from nutrients.content.outside_links import check_links
from nutrients.models import ProblemKind


class Command(BaseCommand):
    help = """Check the links to other sites, and list broken ones on the editors' desk.

    This takes minutes and sends requests to other sites: run it from a timer at night. The command
    succeeds even if links are broken.
    """

    def handle(self, *args: Any, **options: Any) -> None:
        broken, total, refused = check_links()
        save_problems(ProblemKind.LINKS, broken, at=timezone.now())
        for problem in broken:
            self.stdout.write(str(problem))
        self.stdout.write(
            f"Outside links: {len(broken):,} broken of {total:,}. Not checked: {refused:,}, whose "
            "sites only admit browsers."
        )
