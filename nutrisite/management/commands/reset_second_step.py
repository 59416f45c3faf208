from typing import Any

from django.contrib.auth import get_user_model
from django.core.management import BaseCommand, CommandError, CommandParser

from nutrisite.accounts import two_factor
from nutrisite.accounts.models import Kind, record


class Command(BaseCommand):
    help = """Turn off the second step of an account whose telephone and recovery codes are lost.

    It signs in by its password alone, until it sets the second step up again."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="the name that the account signs in with")

    def handle(self, *args: Any, name: str, **options: Any) -> None:
        account = get_user_model()._default_manager.filter(username=name).first()
        if account is None:
            raise CommandError(f"There is no account “{name}”.")
        if not two_factor.turn_off(account):
            raise CommandError(f"The account “{name}” has no second step.")
        record(Kind.SECOND_STEP_OFF, name, request=None)
        self.stdout.write(f"“{name}” signs in by password alone now.")
