"""What is recorded of every sign-in, and tidied up at it."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from axes.signals import user_locked_out
from django.conf import settings
from django.contrib.auth import get_user_model, signals
from django.http import HttpRequest
from django.utils import timezone

from nutrisite.accounts.models import AccountEvent, Kind
from nutrisite.accounts.trail import record, remove_old
from nutrisite.client import written_network

# A name that nobody has may be a password in the wrong field, so it is not kept.
UNKNOWN = "a name that nobody has"


def connect() -> None:
    """Have Django and axes tell of sign-ins."""
    signals.user_logged_in.connect(signed_in, dispatch_uid="accounts")
    signals.user_logged_out.connect(signed_out, dispatch_uid="accounts")
    signals.user_login_failed.connect(refused, dispatch_uid="accounts")
    user_locked_out.connect(locked, dispatch_uid="accounts")


def signed_in(request: HttpRequest, user: Any, **kwargs: Any) -> None:
    """Record it, and remove old records and ended sessions: nobody need remember to."""
    device = getattr(user, "otp_device", None)
    detail = f"with {device.name}" if device else ""
    record(Kind.SIGNED_IN, user.get_username(), request=request, detail=detail)
    remove_old(at=timezone.now())
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()


def signed_out(request: HttpRequest, user: Any, **kwargs: Any) -> None:
    """Record it, where somebody was signed in."""
    if user is not None:
        record(Kind.SIGNED_OUT, user.get_username(), request=request)


def refused(credentials: dict[str, Any], request: HttpRequest | None = None, **kwargs: Any) -> None:
    """Record a wrong name, password or code. While an address is locked it adds nothing."""
    if request is not None and not getattr(request, "axes_locked_out", False):
        record(Kind.REFUSED, known(credentials.get("username")), request=request)


def locked(request: HttpRequest, username: str | None, **kwargs: Any) -> None:
    """Record that a lock began: once for as long as it lasts, however often somebody tries."""
    account, address = known(username), written_network(request)
    recent = AccountEvent.objects.filter(
        kind=Kind.LOCKED, at__gt=timezone.now() - settings.AXES_COOLOFF_TIME
    )
    if not recent.filter(account=account, address=address).exists():
        record(Kind.LOCKED, account, request=request)


def known(username: str | None) -> str:
    """Give the name where an account has it."""
    accounts = get_user_model()._default_manager
    return username if username and accounts.filter(username=username).exists() else UNKNOWN
