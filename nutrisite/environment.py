"""Readers of environment variables.

Each returns a checked value, or raises ImproperlyConfigured with what to write instead.
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
DIGITS = re.compile("[0-9]{1,9}")
PATH = "/*[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*/*"
# A host, and scheme, host and port, as browsers send them
HOST = r"(\[[0-9a-f:.]+\]|[a-z0-9_-]+(\.[a-z0-9_-]+)*)"
ORIGIN = re.compile(rf"https?://{HOST}(:(?P<port>[0-9]{{1,5}}))?")
ALLOWED_HOST = re.compile(rf"\*|\.?{HOST}", re.IGNORECASE)
# What gunicorn listens on, and an address for mail
ADDRESS, EMAIL = rf"(?ai:{HOST}|[0-9a-f]*:[0-9a-f:.]+)", r"([^@\s,<>]+@[^@\s,<>]+)?"


def text(name: str, default: str) -> str:
    return os.environ.get(name, "").strip() or default


def boolean(name: str, default: bool) -> bool:
    """Return True or False. An unreadable word is an error, never a silent False."""
    word = text(name, str(default)).lower()
    if word not in TRUE_WORDS | FALSE_WORDS:
        raise ImproperlyConfigured(f"{name} is {word!r}: write true or false.")
    return word in TRUE_WORDS


def whole_number(name: str, default: int, lowest: int, highest: int) -> int:
    digits = text(name, str(default))
    # Python refuses to read thousands of digits.
    if not DIGITS.fullmatch(digits) or not lowest <= int(digits) <= highest:
        raise ImproperlyConfigured(
            f"{name} is {digits!r}: write a whole number from {lowest} to {highest}."
        )
    return int(digits)


def matching(name: str, default: str, pattern: str, hint: str) -> str:
    value = text(name, default)
    if not re.fullmatch(pattern, value):
        raise ImproperlyConfigured(f"{name} is {value!r}: write {hint}.")
    return value


def choice(name: str, default: str, allowed: Collection[str]) -> str:
    return matching(name, default, "|".join(allowed), f"one of {', '.join(allowed)}")


def names(name: str, default: list[str]) -> list[str]:
    parts = [part.strip() for part in text(name, "").split(",")]
    return [part for part in parts if part] or default


def hosts(name: str, default: list[str]) -> list[str]:
    """Return host names. Django would never match one with a scheme, a port or a path."""
    hosts = names(name, default)
    for host in hosts:
        if not ALLOWED_HOST.fullmatch(host):
            raise ImproperlyConfigured(
                f"{name} has {host!r}: write hosts alone, like example.org, www.example.org."
            )
    return hosts


def path(name: str, default: str) -> str:
    """Return a path below the site's root, with one slash at its end and none before it."""
    value = matching(name, default, PATH, "letters, digits, - and _, like editors/")
    return f"{value.strip('/')}/"


def networks(name: str) -> list[IPv4Network | IPv6Network]:
    try:
        return [ip_network(part) for part in names(name, [])]
    except ValueError as error:
        raise ImproperlyConfigured(
            f"{name} cannot be read: write networks like 192.0.2.0/24 or 2001:db8::/32. {error}."
        ) from error


def folder(name: str, default: Path) -> Path:
    return Path(text(name, str(default))).expanduser().resolve()


def secret(name: str, file: Path) -> str:
    """Return a secret from a variable or, if that is not set, from a file."""
    try:
        value = text(name, "") or file.read_text().strip()
    except OSError:
        value = ""
    if len(value) < 12:
        raise ImproperlyConfigured(
            f"no key of 12 characters can be read: set {name}, or let `make key` write {file}."
        )
    return value


def origin(name: str, default: str) -> str:
    """Return scheme and host, such as https://example.org, without a path or a final slash."""
    address = text(name, default).rstrip("/").lower()
    match = ORIGIN.fullmatch(address)
    if match is None or int(match["port"] or 1) not in range(1, 65536):
        raise ImproperlyConfigured(
            f"{name} is {address!r}: write it like https://example.org, and a host with letters"
            " beyond ASCII as browsers send it, like https://xn--bcher-kva.example."
        )
    return address


def database(name: str, default: str) -> dict[str, Any]:
    address = text(name, default)
    try:
        is_known = urlsplit(address).scheme in {"sqlite", "postgres", "postgresql"}
        # For another scheme it would print a warning with the password.
        config = dict(Env.db_url_config(address)) if is_known else {}
    except ValueError:
        config = {}
    # A database in memory is another one in each thread.
    if config.get("NAME") in (None, "", ":memory:"):
        # The address may hold a password, so the error does not repeat it.
        raise ImproperlyConfigured(
            f"{name} cannot be read: write sqlite:////folder/file.sqlite3 or"
            " postgres://user:password@host:5432/name, and %2F for / in a password."
        )
    return config
