"""Writing the record of accounts."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.auth.models import AbstractUser, Group
from django.http import HttpRequest
from django.utils import timezone

from nutrisite.accounts.models import AccountEvent, Kind
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


def rights_of(holder: AbstractUser | Group | None) -> dict[str, set[str]]:
    """Give what an account or a group may do, in words, by sort of right."""
    if holder is None or holder.pk is None:
        return {}
    if isinstance(holder, Group):
        return {"rights": set(holder.permissions.values_list("codename", flat=True))}
    flags = {
        "active": holder.is_active,
        "opens the admin": holder.is_staff,
        "administrator": holder.is_superuser,
    }
    return {
        "is": {name for name, is_set in flags.items() if is_set},
        "groups": set(holder.groups.values_list("name", flat=True)),
        "rights": set(holder.user_permissions.values_list("codename", flat=True)),
    }


def difference(before: dict[str, set[str]], after: dict[str, set[str]]) -> str:
    """Give in words what was added and taken away; empty where nothing was."""
    parts = []
    for sort in after:
        added = sorted(after[sort] - before.get(sort, set()))
        taken = sorted(before.get(sort, set()) - after[sort])
        parts += [f"+ {sort}: {', '.join(added)}"] if added else []
        parts += [f"− {sort}: {', '.join(taken)}"] if taken else []
    return "; ".join(parts)
