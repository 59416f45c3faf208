"""How a password, and where an account has one a second step, are checked as one."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from nutrisite.accounts import second_step


class PasswordAndCode(ModelBackend):
    """Django's passwords, with the code of the second step as part of what is asked.

    A wrong code is a failed sign-in like a wrong password: it is counted by the same throttle and
    answered by the same sentence, so nobody learns that the password was right.
    """

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        token: str = "",
        **kwargs: Any,
    ) -> Any:
        """Give the account where everything that it asks for fits."""
        account: Any = super().authenticate(request, username, password, **kwargs)
        if account is None or not second_step.is_on(account):
            return account
        device = second_step.accepted_by(account, token)
        if device is None:
            return None
        account.otp_device = device
        return account
