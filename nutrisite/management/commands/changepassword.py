"""Set the password of an account: Django's command, which the record of accounts hears of."""

from __future__ import annotations

import getpass
from typing import Any

from django.contrib.auth.management.commands import changepassword

from nutrisite.accounts.models import Kind
from nutrisite.accounts.trail import record


class Command(changepassword.Command):
    """Sets a password as Django does, and records it."""

    def handle(self, *args: Any, **options: Any) -> str | None:
        """Ask for the password twice; raises CommandError, with nothing recorded, on failure."""
        said = super().handle(*args, **options)
        record(Kind.PASSWORD, options["username"] or getpass.getuser(), request=None)
        return said
