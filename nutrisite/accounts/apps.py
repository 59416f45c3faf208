"""The app of accounts."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Listens to sign-ins from the start, so that none goes unrecorded."""

    name = "nutrisite.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Accounts"

    def ready(self) -> None:
        """Connect what records sign-ins. Django tells of them by signals alone."""
        from nutrisite.accounts import sign_ins

        sign_ins.connect()
