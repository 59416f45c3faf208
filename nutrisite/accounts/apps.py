"""The app of accounts."""

from django.apps import AppConfig
from django.core.checks import Tags, register


class AccountsConfig(AppConfig):
    name = "nutrisite.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Accounts"

    def ready(self) -> None:
        """Import what records sign-ins, of which Django tells by signals alone; add the check."""
        from nutrisite.accounts import signing_in, two_factor  # noqa: F401

        register(Tags.database)(two_factor.check_roles)
