"""Make an account for the admin: `make admin`."""

from __future__ import annotations

import getpass
import sys
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import (
    password_validators_help_texts,
    validate_password,
)
from django.core.exceptions import ValidationError
from django.core.management import BaseCommand, CommandError, CommandParser
from django.db import transaction

from nutrisite.accounts.models import Kind
from nutrisite.accounts.trail import record

EDITORS = "Editors"
NEXT = """What comes next:
- Sign in at {admin}
- Set up a second step there, under “Second step” at the top: a stolen password is then not enough.
- Lost telephone and recovery codes: manage.py reset_second_step NAME
- Forgotten password: manage.py changepassword NAME
"""


class Command(BaseCommand):
    """Makes an administrator, or with --editor an account that edits content and nothing else.

    At a terminal it asks for what it needs. Otherwise the name is an argument and the password
    is the first line of the standard input. There is no default password.
    """

    help = (
        "Make an account: an administrator, or with --editor one that edits content alone. "
        "Away from a terminal, give the name and pass the password on the standard input."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """The name and the sort of account."""
        parser.add_argument("name", nargs="?", help="The name to sign in with.")
        parser.add_argument(
            "--editor", action="store_true", help="May edit content and nothing else."
        )

    def handle(self, *args: Any, name: str | None, editor: bool, **options: Any) -> None:
        """Ask, check and make the account; end with one sentence where something is wrong."""
        asked = sys.stdin.isatty()
        account = get_user_model()(username=name or self._ask_name(asked), is_staff=True)
        try:
            account.full_clean(exclude=["password"])
            password = self._ask_password(asked)
            validate_password(password, account)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        account.set_password(password)
        account.is_superuser = not editor
        with transaction.atomic():
            account.save()
            if editor:
                account.groups.add(self._editors())
            record(Kind.MADE, account.username, request=None)
        kind = "editor" if editor else "administrator"
        self.stdout.write(f"Made the {kind} “{account.username}”.\n")
        self.stdout.write(NEXT.format(admin=f"{settings.SITE_URL}/{settings.ADMIN_PATH}"))

    def _ask_name(self, asked: bool) -> str:
        if not asked:
            raise CommandError(
                "Give the name: manage.py make_admin NAME, with --editor or without."
            )
        return input("Name to sign in with: ").strip()

    def _ask_password(self, asked: bool) -> str:
        if not asked:
            return sys.stdin.readline().rstrip("\r\n")
        self.stdout.write("\n".join(f"- {rule}" for rule in password_validators_help_texts()))
        password = getpass.getpass("Password: ")
        if password != getpass.getpass("The same password again: "):
            raise CommandError("The two passwords differ: nothing was made.")
        return password

    def _editors(self) -> Group:
        try:
            return Group.objects.get(name=EDITORS)
        except Group.DoesNotExist as error:
            raise CommandError(
                "There is no group Editors: run manage.py migrate, or make it again in the admin."
            ) from error
