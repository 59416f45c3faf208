"""What is made of the content alone, kept in memory until the content changes.

For pages that differ from reader to reader, so that a finished one rarely serves again. The page
cache gives each request the memory of the content that it is answered from. Nothing of a reader
goes in: what is kept depends on published rows and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from django.http import HttpRequest

Made = TypeVar("Made")

# Where a request carries the memory.
MEMORY = "nutrisite.memory"
# Of what one function makes for many arguments, such as articles, so many are kept.
MOST = 24


def kept(request: HttpRequest, make: Callable[..., Made], *names: str, at: datetime) -> Made:
    """What `make(*names, at=at)` gives, made once for the content that a request is answered from.

    Until a row is to appear or a review falls due, the moment changes nothing, so what was made
    at an earlier one serves. `names` are slugs that exist: what gives None is not kept. Two
    threads may make the same at once; either serves.
    """
    memory: dict[Any, dict[tuple[str, ...], Made]] = request.META.setdefault(MEMORY, {})
    shelf = memory.setdefault(make, {})
    made = shelf.get(names)
    if made is None:
        made = make(*names, at=at)
        if made is not None:
            shelf[names] = made
        for oldest in list(shelf)[:-MOST]:
            shelf.pop(oldest, None)
    return made
