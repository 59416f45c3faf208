from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from nutrients.admin.publishing import publish_due


class Command(BaseCommand):
    help = """Publish the proposals that are due. Run it every minute.

    Prints a line for each proposal, and nothing if none is due.
    """

    def handle(self, *args: Any, **options: Any) -> None:
        for proposal in publish_due(at=timezone.now()):
            if proposal.publish_error:
                self.stderr.write(f"Not published: {proposal}: {proposal.publish_error}")
            else:
                self.stdout.write(f"Published: {proposal}")
