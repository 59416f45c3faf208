from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "nutrisite.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Accounts"

    def ready(self) -> None:
        # It connects receivers of signals.
        from nutrisite.accounts import sign_in  # noqa: F401
