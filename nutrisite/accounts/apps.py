from django.apps import AppConfig
from django.core.checks import Tags, register


class AccountsConfig(AppConfig):
    name = "nutrisite.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Accounts"

    def ready(self) -> None:
        """Connect the receivers of sign-in signals, and register the check."""
        from nutrisite.accounts import sign_in, two_factor  # noqa: F401

        register(Tags.database)(two_factor.check_roles)
