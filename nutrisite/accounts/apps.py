from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "nutrisite.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Accounts"

    def ready(self) -> None:
        """Connect the receivers of sign-in signals, and register the check of two_factor."""
        from nutrisite.accounts import sign_in  # noqa: F401
