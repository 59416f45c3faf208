"""Who asks, as far as the site may know: the network address, where a limit needs one."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from django.conf import settings
from django.http import HttpRequest

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

log = logging.getLogger(__name__)


def address_of(request: HttpRequest) -> Address | None:
    """Give the client's address; None where it cannot be told.

    Behind proxies each adds the address that it was asked from to the end of X-Forwarded-For,
    so only the last PROXY_COUNT entries are theirs. What stands before them the client wrote.
    Where fewer came, the log says so: whoever counts by address or lets some in counts nobody then,
    and lets nobody in.
    """
    written = request.META.get("REMOTE_ADDR", "")
    if settings.BEHIND_PROXY:
        passed_on = [""] * settings.PROXY_COUNT
        passed_on += request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
        written = passed_on[-settings.PROXY_COUNT]
    address = _read(written)
    if address is None:
        _say_that_nobody_is_known(hour=int(time.time() // 3600))
    return address


def _read(written: str) -> Address | None:
    try:
        address = ip_address(written.strip())
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


@lru_cache(maxsize=1)
def _say_that_nobody_is_known(hour: int) -> None:
    """Write one line of that, and no other until the next hour."""
    log.warning(
        "A request came without a client's address that could be believed: X-Forwarded-For held"
        " fewer than PROXY_COUNT=%s, or something else. Limits by network and ADMIN_NETWORKS do not"
        " work for such requests. docs/deploying.md says what the proxies must pass on.",
        settings.PROXY_COUNT,
    )


def network_of(address: Address | None) -> str | None:
    """Give what one customer of a network holds: an IPv4 address, or the first of an IPv6 /64."""
    if isinstance(address, IPv6Address):
        return str(IPv6Network((address, 64), strict=False).network_address)
    return str(address) if address else None


def is_in(address: Address | None, networks: Iterable[Network]) -> bool:
    """Whether an address lies in one of these networks. An unknown one lies in none."""
    return address is not None and any(address in network for network in networks)


def written_network(request: HttpRequest) -> str | None:
    """Give the network of a request's client, for those that count by it."""
    return network_of(address_of(request))
