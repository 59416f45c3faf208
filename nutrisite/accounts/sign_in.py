"""Sign-in: name, password and code are checked together, failures counted, and events logged."""

from typing import Any

from axes.signals import user_locked_out
from django.conf import settings
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth import get_user_model, signals
from django.contrib.auth.backends import ModelBackend
from django.contrib.sessions.backends.db import SessionStore
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from nutrisite.accounts import two_factor
from nutrisite.accounts.models import RETENTION, AccountEvent, EventKind, log_event
from nutrisite.client import network_of

# A name that no account has may be a password in the wrong field, so it is never stored.
UNKNOWN = "an unknown name"


class PasswordAndCodeBackend(ModelBackend):
    """Authenticates by password and, for accounts with a second step, by its code.

    A wrong code fails like a wrong password, and does not reveal that the password was right.
    """

    def authenticate(self, request: HttpRequest | None, *args: Any, **kwargs: Any) -> Any:
        account: Any = super().authenticate(request, *args, **kwargs)
        if account is None or not two_factor.is_on(account):
            return account
        account.otp_device = two_factor.verify_code(account, getattr(request, "otp_code", ""))
        return account if account.otp_device else None


class SignInForm(AdminAuthenticationForm):
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
        # PasswordAndCodeBackend reads it.
        request: Any = self.request
        request.otp_code = self.cleaned_data.get("token", "")
        return super().clean()


def account_name(name: Any) -> str:
    """Return a name that an account has, or UNKNOWN."""
    is_account = name and get_user_model()._default_manager.filter(username=name).exists()
    return str(name) if is_account else UNKNOWN


def attempted_name(request: HttpRequest, credentials: Any = None) -> str:
    """Return the name that django-axes counts failures under: a digest if no account has it."""
    name = str((credentials or request.POST).get("username") or "")
    is_unknown = account_name(name) == UNKNOWN
    return salted_hmac("accounts.counted_name", name).hexdigest() if is_unknown else name


@receiver(signals.user_logged_in)
def on_sign_in(request: HttpRequest, user: Any, **kwargs: Any) -> None:
    """Log a sign-in. Remove old events and expired sessions, which then need no timer."""
    device = getattr(user, "otp_device", None)
    log_event(EventKind.SIGNED_IN, user, request, detail=f"with {device.name}" if device else "")
    AccountEvent.objects.filter(at__lt=timezone.now() - RETENTION).delete()
    SessionStore.clear_expired()


@receiver(signals.user_logged_out)
def on_sign_out(request: HttpRequest, user: Any, **kwargs: Any) -> None:
    if user is not None:
        log_event(EventKind.SIGNED_OUT, user, request)


@receiver(signals.user_login_failed)
def on_failure(credentials: Any, request: HttpRequest | None = None, **kwargs: Any) -> None:
    """Log a wrong name, password or code. Failures during a lockout are not logged."""
    if request is not None and not getattr(request, "axes_locked_out", False):
        log_event(EventKind.REFUSED, account_name(credentials.get("username")), request)


@receiver(user_locked_out)
def on_lockout(request: HttpRequest, username: str | None, **kwargs: Any) -> None:
    """Log a lockout once, however many attempts follow while it lasts."""
    account = account_name(username)
    begun = timezone.now() - settings.AXES_COOLOFF_TIME
    recent = AccountEvent.objects.filter(kind=EventKind.LOCKED, at__gt=begun, account=account)
    if not recent.filter(address=network_of(request)).exists():
        log_event(EventKind.LOCKED, account, request)
