"""The audit log of accounts, and clinicians."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.http import HttpRequest
from django.utils import timezone

from nutrisite.client import network_of

# Audits ask for a year.
RETENTION = timedelta(days=365)


class EventKind(models.TextChoices):
    SIGNED_IN = "signed-in", "Signed in"
    SIGNED_OUT = "signed-out", "Signed out"
    REFUSED = "refused", "Refused to sign in"
    LOCKED = "locked", "Locked for a while"
    MADE = "made", "Account made"
    REMOVED = "removed", "Account removed"
    PASSWORD = "password", "Password changed"
    RIGHTS = "rights", "Rights changed"
    SECOND_STEP_ON = "second-step-on", "Second step turned on"
    SECOND_STEP_OFF = "second-step-off", "Second step turned off"
    NEW_CODES = "new-codes", "New recovery codes"
    LINK = "link", "One-time link made"
    UNLOCKED = "unlocked", "Unlocked"


class AccountEvent(models.Model):
    """An event of an account, which it names as text. Rows are added, never changed."""

    at = models.DateTimeField(db_index=True, editable=False)
    kind = models.CharField("what happened", max_length=20, choices=EventKind, editable=False)
    account = models.CharField(max_length=150, editable=False)
    by = models.CharField(max_length=150, blank=True, editable=False)
    address = models.GenericIPAddressField(null=True, editable=False)
    detail = models.TextField(blank=True, editable=False)

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = "account event"

    def __str__(self) -> str:
        return f"{self.account}: {self.get_kind_display()}"


def log_event(kind: EventKind, account: Any, request: HttpRequest, detail: str = "") -> None:
    """Add an event, with the account that is signed in if it is another one."""
    name, user = str(account), getattr(request, "user", None)
    by = user.get_username() if user else ""
    AccountEvent.objects.create(
        at=timezone.now(),
        kind=kind,
        account=name,
        by=by if by != name else "",
        address=network_of(request),
        detail=detail,
    )


class Clinician(models.Model):
    """An account that may sign reviews. The site shows its full name and this profession."""

    account = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="clinician"
    )
    profession = models.CharField(
        max_length=100, help_text="As readers see it: registered dietitian, GP."
    )

    def __str__(self) -> str:
        return self.profession
