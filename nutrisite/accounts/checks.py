"""What Django's checks look at before they migrate: `manage.py check --database default` too."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections

from nutrisite.accounts.second_step import ADMINISTRATORS, EVERYONE


def connect() -> None:
    """Have Django look at these wherever it checks a database."""
    register(Tags.database)(second_step_roles)


def second_step_roles(
    *, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Give an Error for each role of SECOND_STEP_FOR that nobody can have: it would ask nobody.

    Before the first migration there are no groups to compare with.
    """
    found: list[CheckMessage] = []
    for database in databases or ():
        if Group._meta.db_table not in connections[database].introspection.table_names():
            continue
        names = Group.objects.using(database).values_list("name", flat=True)
        known = {name.casefold() for name in names} | {ADMINISTRATORS, EVERYONE}
        found += [
            Error(
                f"SECOND_STEP_FOR names “{role}”, and there is no such group: write the name of a"
                f" group, {ADMINISTRATORS} or {EVERYONE}.",
                id="accounts.E001",
            )
            for role in settings.SECOND_STEP_FOR
            if role.casefold() not in known
        ]
    return found
