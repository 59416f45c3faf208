"""What is made of the content alone, kept in memory until the content changes.

The layer in front of Django gives each request the memory of the content that it is answered
from. Nothing of a reader goes in: what is kept depends on published rows and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from django.http import HttpRequest

Made = TypeVar("Made")

# Where a request carries the memory.
MEMORY = "nutrisite.memory"


def kept(request: HttpRequest, make: Callable[..., Made], *, at: datetime) -> Made:
    """What `make(at=at)` gives, made once for the content that this request is answered from.

    Until a row is to appear or a review falls due, the moment changes nothing, so what was made
    at an earlier one serves. Two threads may make it at once; both get the one that was kept.
    """
    memory: dict[Any, Any] = request.META.setdefault(MEMORY, {})
    if make not in memory:
        memory.setdefault(make, make(at=at))
    made: Made = memory[make]
    return made
