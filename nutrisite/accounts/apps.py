from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "nutrisite.accounts"

    def ready(self) -> None:
        # It connects receivers of signals.
        from nutrisite.accounts import sign_in  # noqa: F401
