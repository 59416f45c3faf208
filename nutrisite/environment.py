"""Readers of environment variables.

Each gives a checked value, or stops the start with a sentence that says what to write instead.
An empty variable counts as one that is not set.
"""

import os
import re
from collections.abc import Collection
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from environ import Env

TRUE_WORDS, FALSE_WORDS = {"1", "true", "yes", "on"}, {"0", "false", "no", "off"}


def text(name: str, default: str) -> str:
    return os.environ.get(name, "").strip() or default


def boolean(name: str, default: bool) -> bool:
    """Give a yes or a no. An unreadable word is an error, never a silent no."""
    word = text(name, str(default)).lower()
    if word not in TRUE_WORDS | FALSE_WORDS:
        raise ImproperlyConfigured(f"{name} is {word!r}: write true or false.")
    return word in TRUE_WORDS


def whole_number(name: str, default: int, lowest: int, highest: int) -> int:
    digits = text(name, str(default))
    if not digits.isdecimal() or not lowest <= int(digits) <= highest:
        raise ImproperlyConfigured(
            f"{name} is {digits!r}: write a whole number from {lowest} to {highest}."
        )
    return int(digits)


def choice(name: str, default: str, allowed: Collection[str]) -> str:
    word = text(name, default)
    if word not in allowed:
        raise ImproperlyConfigured(f"{name} is {word!r}: write one of {', '.join(allowed)}.")
    return word


def names(name: str, default: list[str]) -> list[str]:
    parts = [part.strip() for part in text(name, "").split(",")]
    return [part for part in parts if part] or default


def path(name: str, default: str) -> str:
    """Give the path of a part of the site, with no slash before and one after it."""
    written = text(name, default).strip("/")
    if not re.fullmatch(r"[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*", written):
        raise ImproperlyConfigured(
            f"{name} is {written!r}: write letters, digits, - and _, like editors/."
        )
    return f"{written}/"


def networks(name: str) -> list[IPv4Network | IPv6Network]:
    try:
        return [ip_network(part) for part in names(name, [])]
    except ValueError as error:
        raise ImproperlyConfigured(
            f"{name} cannot be read: write networks like 192.0.2.0/24 or 2001:db8::/32. {error}."
        ) from error


def host(name: str, default: str) -> str:
    """Give a host or an address; one of IPv6 without its brackets."""
    return text(name, default).strip("[]")


def folder(name: str, default: Path) -> Path:
    return Path(text(name, str(default))).expanduser().resolve()


# Browsers keep these letters of a host; Python's codec, of 2003, would make another host of it.
WRITTEN_OTHERWISE = frozenset("ßς\u200c\u200d")


def origin(name: str, default: str) -> str:
    """Give scheme and host, such as https://example.org, with no path and no slash at the end.

    A host in letters beyond ASCII is given as browsers send it, such as xn--bcher-kva.example.
    """
    address = text(name, default).rstrip("/")
    wrong = ImproperlyConfigured(f"{name} is {address!r}: write it like https://example.org.")
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
        if WRITTEN_OTHERWISE.intersection(host):
            raise ImproperlyConfigured(
                f"{name} is {address!r}: write its host as browsers send it, with xn--."
            )
        host = host if ":" in host else host.encode("idna").decode()
    except ValueError:
        raise wrong from None
    authority = f"[{host}]" if ":" in host else host
    authority += f":{port}" if port else ""
    is_bare = address.partition("://")[2].lower() in (authority, parts.netloc.lower())
    if parts.scheme not in {"http", "https"} or not host or parts.username or not is_bare:
        raise wrong
    return f"{parts.scheme}://{authority}"


def database(name: str, default: str) -> dict[str, Any]:
    address = text(name, default)
    if urlsplit(address).scheme not in {"sqlite", "postgres", "postgresql"}:
        # The address may hold a password, so the sentence does not repeat it.
        raise ImproperlyConfigured(
            f"{name} cannot be read: write sqlite:////folder/file.sqlite3"
            " or postgres://user:password@host:5432/name."
        )
    return dict(Env.db_url_config(address))
