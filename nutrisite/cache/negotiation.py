"""What a request's headers ask of a page that is finished: its encoding, and whether to send it."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.utils.http import parse_etags, parse_http_date_safe

# The best first. An encoding that is not here is never sent.
ENCODINGS = ("br", "gzip")
# A longer header is not a browser's, and its reading is not worth remembering.
LONGEST = 200


def names_in(header: str) -> set[str]:
    """Give the names in a header that lists them with commas, in small letters."""
    return {name.strip() for name in header.lower().split(",")} - {""}


def encoding_for(environ: dict[str, Any]) -> str:
    """Give the best encoding that `Accept-Encoding` allows, or "" for none."""
    accepted = environ.get("HTTP_ACCEPT_ENCODING", "")
    return _best(accepted) if len(accepted) <= LONGEST else ""


@lru_cache(maxsize=64)
def _best(accepted: str) -> str:
    weights = dict(_weighted(part) for part in accepted.lower().split(","))
    wanted = [name for name in ENCODINGS if weights.get(name, weights.get("*", 0.0)) > 0]
    return max(wanted, key=lambda name: weights.get(name, weights.get("*", 0.0)), default="")


def _weighted(part: str) -> tuple[str, float]:
    name, _, parameter = part.partition(";")
    quality = parameter.strip().removeprefix("q=") if parameter else "1"
    try:
        return name.strip(), float(quality)
    except ValueError:
        return name.strip(), 0.0


def is_unchanged(environ: dict[str, Any], etag: str, last_modified: str) -> bool:
    """Whether the reader holds this very page, by RFC 9110: the mark counts before the date."""
    marks = environ.get("HTTP_IF_NONE_MATCH")
    if marks is not None:
        opaque = etag.removeprefix("W/")
        known = [mark.removeprefix("W/") for mark in parse_etags(marks)]
        return marks == etag or opaque in known or known == ["*"]
    asked = environ.get("HTTP_IF_MODIFIED_SINCE")
    date = parse_http_date_safe(asked) if asked and last_modified else None
    if date is None:
        return False
    return date >= (parse_http_date_safe(last_modified) or date + 1)
