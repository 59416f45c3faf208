"""Writing the record of accounts."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.auth.models import AbstractUser, Group
from django.http import HttpRequest
from django.utils import timezone

from nutrisite.accounts.models import AccountEvent, Clinician, Kind
from nutrisite.client import written_network

# How long a record is kept: a year shows what an audit asks for.
KEPT = timedelta(days=365)
COMMAND_LINE = "the command line"
# A group's name with the word before it may be longer than the column.
LONGEST_NAME = 150


def record(
    kind: Kind, account: str, *, request: HttpRequest | None, by: str = "", detail: str = ""
) -> None:
    """Add one event. Without a request it happened at the command line."""
    AccountEvent.objects.create(
        at=timezone.now(),
        kind=kind,
        account=account[:LONGEST_NAME],
        by=by if request else COMMAND_LINE,
        address=written_network(request) if request else None,
        detail=detail,
    )


def remove_old(*, at: datetime) -> None:
    """Remove what is kept long enough."""
    AccountEvent.objects.filter(at__lt=at - KEPT).delete()


def rights_of(holder: AbstractUser | Group | None) -> set[str]:
    """Give what an account or a group may do, in words."""
    if holder is None or holder.pk is None:
        return set()
    if isinstance(holder, Group):
        return set(holder.permissions.values_list("codename", flat=True))
    flags = {"open": holder.is_active, "administrator": holder.is_superuser}
    groups = holder.groups.values_list("name", flat=True)
    clinician = Clinician.objects.filter(account_id=holder.pk).first()
    return {
        *([f"signs as {clinician}"] if clinician else []),
        *(name for name, is_set in flags.items() if is_set),
        *(f"role {name}" for name in groups),
        *holder.user_permissions.values_list("codename", flat=True),
    }


def difference(before: set[str], after: set[str]) -> str:
    """Give in words what was added and taken away; empty if nothing was."""
    signs = {"+": after - before, "−": before - after}
    return "; ".join(
        f"{sign} {', '.join(sorted(rights))}" for sign, rights in signs.items() if rights
    )
