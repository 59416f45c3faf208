"""Open data: the page that explains it, and its files."""

from __future__ import annotations

import csv
import json
import logging

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import http_date

from nutrients.common.answering import memoized, memoized_page
from nutrients.common.version import content_version

from . import files
from .tables import TABLES, dictionary

log = logging.getLogger(__name__)

BY_NAME = {table.name: table for table in TABLES}
TYPES = {"csv": "text/csv; charset=utf-8; header=present", "json": "application/json"}
# Scripts of other sites may read the data.
OPEN = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}


@memoized_page
def data(request: HttpRequest) -> HttpResponse:
    """List every table with its files, columns and licence."""
    now = timezone.now()
    context = {
        "tables": [(table, table.rows(now).count()) for table in TABLES],
        "version": memoized(request, content_version, at=now),
    }
    return render(request, "nutrients/open_data/data.html", context)


def table_file(request: HttpRequest, name: str, suffix: str) -> HttpResponseBase:
    table = BY_NAME.get(name)
    if table is None:
        raise Http404("There is no table of this name.")
    now = timezone.now()
    version = memoized(request, content_version, at=now)
    # A weak tag, because the compressed file has the same one.
    tag = f'W/"{files.digest(version)}"'
    changed = int(version.changed_at.timestamp()) if version else None
    response: HttpResponseBase | None = get_conditional_response(request, tag, changed)
    if response is None:
        is_packed = "gzip" in request.headers.get("Accept-Encoding", "")
        try:
            file = files.file_of(table, f"{suffix}.gz" if is_packed else suffix, version, at=now)
        except files.BusyError:
            return _try_later("This file is being written. Ask again in a few seconds.")
        except OSError as error:
            log.error("Open data cannot be written (%s).", error)
            return _try_later("This file cannot be written at the moment. Ask again later.")
        response = FileResponse(file, as_attachment=True, filename=f"nutrisite-{name}.{suffix}")
        response["Content-Type"] = TYPES[suffix]
        if is_packed:
            response["Content-Encoding"] = "gzip"
    for header, value in OPEN.items():
        response[header] = value
    response["Cache-Control"] = "no-cache"
    response["ETag"] = tag
    if changed is not None:
        response["Last-Modified"] = http_date(changed)
    patch_vary_headers(response, ("Accept-Encoding",))
    return response


def _try_later(sentence: str) -> HttpResponse:
    headers = {"Retry-After": "5", "Cache-Control": "no-store"} | OPEN
    return HttpResponse(f"{sentence}\n", "text/plain; charset=utf-8", 503, headers=headers)


@memoized_page
def dictionary_file(request: HttpRequest, suffix: str) -> HttpResponse:
    header, *rows = dictionary()
    response = HttpResponse(content_type=TYPES[suffix], headers=OPEN)
    response["Content-Disposition"] = f'attachment; filename="nutrisite-dictionary.{suffix}"'
    if suffix == "csv":
        csv.writer(response).writerows([header, *rows])
    else:
        objects = [dict(zip(header, row, strict=True)) for row in rows]
        json.dump(objects, response, ensure_ascii=False, indent=1)
    return response
