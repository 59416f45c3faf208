"""The client's network address, for what is limited by it. It is never logged."""

from __future__ import annotations

import logging
import time
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from django.conf import settings
from django.http import HttpRequest

Address = IPv4Address | IPv6Address

log = logging.getLogger(__name__)


def address_of(request: HttpRequest) -> Address | None:
    """Give the client's address; None, with a warning once an hour, if it cannot be told.

    Each proxy adds the address that asked it to the end of X-Forwarded-For, so only the last
    PROXY_COUNT entries are theirs. The client may have written those before.
    """
    written = request.META.get("REMOTE_ADDR", "")
    if settings.BEHIND_PROXY:
        passed_on = [""] * settings.PROXY_COUNT
        passed_on += request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
        written = passed_on[-settings.PROXY_COUNT]
    try:
        address = ip_address(written.strip())
    except ValueError:
        _warn(_hour=int(time.time() // 3600))
        return None
    return getattr(address, "ipv4_mapped", None) or address


@lru_cache(maxsize=1)
def _warn(_hour: int) -> None:
    log.warning(
        "A request came without a client's address that could be believed: X-Forwarded-For held"
        " fewer than PROXY_COUNT=%s, or something else. Limits by network and ADMIN_NETWORKS do not"
        " work for such requests. docs/deploying.md says what the proxies must pass on.",
        settings.PROXY_COUNT,
    )


def written_network(request: HttpRequest) -> str | None:
    """Give what one customer of a network holds: an IPv4 address, or the first of an IPv6 /64."""
    address = address_of(request)
    if isinstance(address, IPv6Address):
        return str(IPv6Network((address, 64), strict=False).network_address)
    return str(address) if address else None
