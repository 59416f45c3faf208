"""Signing in: name, password and code checked as one, wrong tries counted, and what is recorded."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from axes.signals import user_locked_out
from django.conf import settings
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth import authenticate, get_user_model, signals
from django.contrib.auth.backends import ModelBackend
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.crypto import salted_hmac

from nutrisite.accounts import two_factor
from nutrisite.accounts.models import AccountEvent, Kind, record, remove_old
from nutrisite.client import written_network

# A name that no account has may be a password in the wrong field, so it is kept nowhere.
UNKNOWN = "a name that nobody has"


class PasswordAndCode(ModelBackend):
    """Django's passwords, with the code of the second step as part of what is asked.

    A wrong code is a failed sign-in like a wrong password: counted by the same throttle and
    answered by the same sentence, so that it does not show that the password was right.
    """

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        token: str = "",
        **kwargs: Any,
    ) -> Any:
        account: Any = super().authenticate(request, username, password, **kwargs)
        if account is None or not two_factor.is_on(account):
            return account
        account.otp_device = two_factor.accepted_by(account, token)
        return account if account.otp_device else None


class SignInForm(AdminAuthenticationForm):
    """Name, password and, for accounts that have a second step, its code."""

    error_messages = {
        **AdminAuthenticationForm.error_messages,
        "invalid_login": "That did not fit an editor's account. Check the name, the password with"
        " its capital letters and, if you have set it up, the code. Each code works once.",
    }
    token = two_factor.code_field(
        label="Code",
        required=False,
        help_text="Six digits from your app, or a recovery code. Leave it empty if you have set up"
        " neither.",
    )

    def clean(self) -> dict[str, Any]:
        """Check all three at once, and give the same sentence whichever was wrong."""
        name, password = self.cleaned_data.get("username"), self.cleaned_data.get("password")
        if name is not None and password:
            token = self.cleaned_data.get("token", "")
            self.user_cache = authenticate(
                self.request, username=name, password=password, token=token
            )
            if self.user_cache is None:
                raise self.get_invalid_login_error()
            self.confirm_login_allowed(self.user_cache)
        return self.cleaned_data


def has_account(name: str | None) -> bool:
    return bool(name) and get_user_model()._default_manager.filter(username=name).exists()


def counted_name(request: HttpRequest, credentials: Any = None) -> str:
    """Give the name that wrong tries are counted under: a digest if no account has it."""
    name = str((credentials or request.POST).get("username") or "")
    return name if has_account(name) else salted_hmac("accounts.counted_name", name).hexdigest()


def counted_by(request: HttpRequest, credentials: Any = None) -> list[Any]:
    """Count wrong tries by account and network together, by account alone if it has none.

    By either alone, somebody could lock an editor out from outside, or a newsroom from inside.
    """
    return [["username", "ip_address"]] if written_network(request) else ["username"]


def locked_out(
    request: HttpRequest, response: HttpResponse | None = None, credentials: Any = None
) -> HttpResponse:
    """Answer 429 with when to come back, to a wrong password and to the right one."""
    seconds = int(settings.AXES_COOLOFF_TIME.total_seconds())
    context = {"minutes": seconds // 60}
    answer = render(request, "admin/locked_out.html", context, status=429)
    answer.headers["Retry-After"] = str(seconds)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@receiver(signals.user_logged_in)
def signed_in(request: HttpRequest, user: Any, **kwargs: Any) -> None:
    """Record a sign-in, and remove old records and ended sessions: no timer is needed."""
    device = getattr(user, "otp_device", None)
    detail = f"with {device.name}" if device else ""
    record(Kind.SIGNED_IN, user.get_username(), request=request, detail=detail)
    remove_old(at=timezone.now())
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()


@receiver(signals.user_logged_out)
def signed_out(request: HttpRequest, user: Any, **kwargs: Any) -> None:
    if user is not None:
        record(Kind.SIGNED_OUT, user.get_username(), request=request)


@receiver(signals.user_login_failed)
def refused(credentials: dict[str, Any], request: HttpRequest | None = None, **kwargs: Any) -> None:
    """Record a wrong name, password or code; a locked account adds nothing."""
    if request is not None and not getattr(request, "axes_locked_out", False):
        name = credentials.get("username")
        record(Kind.REFUSED, str(name) if has_account(name) else UNKNOWN, request=request)


@receiver(user_locked_out)
def locked(request: HttpRequest, username: str | None, **kwargs: Any) -> None:
    """Record that a lock began: once for as long as it lasts, however often somebody tries."""
    account = str(username) if has_account(username) else UNKNOWN
    recent = AccountEvent.objects.filter(
        kind=Kind.LOCKED, at__gt=timezone.now() - settings.AXES_COOLOFF_TIME
    )
    if not recent.filter(account=account, address=written_network(request)).exists():
        record(Kind.LOCKED, account, request=request)
