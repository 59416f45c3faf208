"""The record of accounts: who signed in, who was refused, and whose rights changed."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Kind(models.TextChoices):
    """What happened to an account."""

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
    """One thing that happened to an account. Rows are added, never changed.

    Names are kept as text, so that the record outlives the account. `address` is where the request
    came from, and for IPv6 the beginning of its network.
    """

    at = models.DateTimeField(db_index=True, editable=False)
    kind = models.CharField("what happened", max_length=20, choices=Kind, editable=False)
    account = models.CharField(max_length=150, editable=False)
    by = models.CharField(max_length=150, blank=True, editable=False)
    address = models.GenericIPAddressField(null=True, editable=False)
    detail = models.TextField(blank=True, editable=False)

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = "account event"

    def __str__(self) -> str:
        return f"{self.account}: {self.get_kind_display()}"


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
