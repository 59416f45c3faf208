"""Open data: the page that explains it, and its files."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import http_date
from django.views.decorators.http import require_safe

from nutrients.memory import kept
from nutrients.open_data import TABLES
from nutrients.open_data.writing import (
    csv_pieces,
    dictionary,
    dictionary_csv,
    dictionary_json,
    json_pieces,
)
from nutrients.queries.open_data import row_counts, table_rows
from nutrients.queries.version import ContentVersion, content_version

BY_NAME = {table.name: table for table in TABLES}
WRITERS = {"csv": csv_pieces, "json": json_pieces}
DICTIONARIES = {"csv": dictionary_csv, "json": dictionary_json}
TYPES = {"csv": "text/csv; charset=utf-8; header=present", "json": "application/json"}


@require_safe
def data(request: HttpRequest) -> HttpResponse:
    """Every table with its files, what its columns mean, and under what licence it stands."""
    now = timezone.now()
    counts = kept(request, row_counts, at=now)
    context = {
        "tables": [(table, counts[table.name]) for table in TABLES],
        "version": kept(request, content_version, at=now),
    }
    return render(request, "nutrients/data.html", context)


@require_safe
def table_file(request: HttpRequest, name: str, form: str) -> HttpResponseBase:
    """Stream one table as CSV or JSON. Asked again for the same version, it answers 304."""
    table = BY_NAME.get(name)
    if table is None:
        raise Http404("There is no table of this name.")
    now = timezone.now()
    version = kept(request, content_version, at=now)
    # A HEAD asks for no rows, and a 304 reads none: they are read while they are sent.
    rows: Iterable[Any] = () if request.method == "HEAD" else table_rows(name, at=now)
    pieces = WRITERS[form](table, rows, version.label if version else "")
    return _dated(StreamingHttpResponse(pieces), f"nutrisite-{name}", form, version)


@require_safe
def dictionary_file(request: HttpRequest, form: str) -> HttpResponseBase:
    """Give the data dictionary as CSV or JSON."""
    response = HttpResponse(DICTIONARIES[form](TABLES))
    return _dated(response, "nutrisite-dictionary", form, None)


def _dated(
    response: HttpResponseBase, name: str, form: str, version: ContentVersion | None
) -> HttpResponseBase:
    """Name the file and give it its tag and date; the middleware answers 304 by them."""
    response["Content-Type"] = TYPES[form]
    response["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    response["Cache-Control"] = "no-cache"
    # Scripts of other sites may read what is open to all.
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response["ETag"] = _tag(name, form, version.changed_at if version else None)
    if version:
        response["Last-Modified"] = http_date(version.changed_at.timestamp())
    return response


def _tag(name: str, form: str, changed_at: datetime | None) -> str:
    """A tag that changes with the content, and with the columns that a release brings."""
    shape = "\n".join("\t".join(row) for row in dictionary(TABLES))
    digest = sha256(f"{name}.{form} {changed_at} {shape}".encode()).hexdigest()[:32]
    return f'"{digest}"'
