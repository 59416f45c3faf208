"""Closed: accounts are made by make_admin, which asks for a good password and records it."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.management.commands import createsuperuser
from django.core.management import CommandError


class Command(createsuperuser.Command):
    """Leads to the command that makes accounts here."""

    help = "Use make_admin."

    def handle(self, *args: Any, **options: Any) -> None:
        """Raise CommandError, whatever was asked."""
        raise CommandError(
            "Use manage.py make_admin NAME: it checks the password and records the account."
        )
