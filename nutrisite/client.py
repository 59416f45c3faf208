"""The client's network address, for lockouts and ADMIN_NETWORKS. It is never logged."""

import logging
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from django.conf import settings
from django.http import HttpRequest

log = logging.getLogger(__name__)


def client_address(request: HttpRequest) -> IPv4Address | IPv6Address | None:
    """Return the client's address; None, with a warning, if it is unknown."""
    text = request.META.get("REMOTE_ADDR", "")
    if settings.BEHIND_PROXY:
        # Each proxy appends its client's address; a client may write anything before.
        entries = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
        text = "" if len(entries) < settings.PROXY_COUNT else entries[-settings.PROXY_COUNT]
    try:
        address = ip_address(text.strip())
    except ValueError:
        log.warning(
            "A request came without its client's address: X-Forwarded-For is malformed, or has"
            " fewer entries than PROXY_COUNT=%s. Lockout by network and ADMIN_NETWORKS do not work"
            " for it. docs/deploying.md says what the proxies must pass on.",
            settings.PROXY_COUNT,
        )
        return None
    return getattr(address, "ipv4_mapped", None) or address


def network_of(request: HttpRequest) -> str | None:
    """Return the network of one customer: an IPv4 address, or the prefix of an IPv6 /64."""
    address = client_address(request)
    if isinstance(address, IPv6Address):
        return str(IPv6Network((address, 64), strict=False).network_address)
    return str(address) if address else None
