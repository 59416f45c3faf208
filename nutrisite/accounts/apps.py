"""The app of accounts."""

from django.apps import AppConfig
from django.core.checks import Tags, register


class AccountsConfig(AppConfig):
    """Listens to sign-ins from the start, so that none goes unrecorded."""

    name = "nutrisite.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Accounts"

    def ready(self) -> None:
        """Connect what records sign-ins, which Django tells of by signals alone, and the check."""
        from nutrisite.accounts import second_step, signing_in

        register(Tags.database)(second_step.check_roles)
        signing_in.connect()
