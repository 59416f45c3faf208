"""Logs for operators that do not reveal what a reader looked up.

A client's address, a query string, a form value or a symptom's page never reaches a log: lines name
the route, such as `symptoms/<slug:slug>/`, instead of the path.
"""

import json
import logging
import time
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

ACCESS_FIELDS = ("method", "route", "status", "milliseconds")
# The random request id in all lines of a request; "-" outside a request
REQUEST_ID: ContextVar[str] = ContextVar("request_id", default="-")
PLAIN = "%(asctime)s %(levelname)-7s %(request_id)s %(name)s: %(message)s"
METHODS = ("GET", "HEAD", "OPTIONS", "POST")

access = logging.getLogger("nutrisite.access")

SILENT = (
    "django.db.backends",  # values in queries
    "django.template",  # at DEBUG, the whole context of a template
    "django.server",  # request lines
    "gunicorn.access",
    "gunicorn.http.wsgi",  # each response to HEAD whose body it drops
    "axes",  # names and addresses, which the audit log has
    "markdown_it",  # at DEBUG, each rule that it tries on each block
)
# Beginnings of messages in which gunicorn quotes an address or a request
GUNICORN_ON_REQUESTS = ("Invalid request", "Error handling request", "Socket error processing")


def log_access(method: str | None, route: str, status: int, start: float) -> None:
    """Log one request, which began at `start` by `time.perf_counter`."""
    fields: dict[str, Any] = {
        "method": method_of(method),
        "route": route,
        "status": status,
        "milliseconds": round((time.perf_counter() - start) * 1000, 1),
    }
    access.info("%(method)s %(route)s %(status)s in %(milliseconds)s ms", fields, extra=fields)


class JsonFormatter(logging.Formatter):
    """Formats a record as one JSON object, with named fields only: others may hold anything."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            "request": getattr(record, "request_id", "-"),
        }
        line |= {name: getattr(record, name) for name in ACCESS_FIELDS if hasattr(record, name)}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        elif record.exc_text:
            line["exception"] = record.exc_text
        return json.dumps(line, ensure_ascii=False)


class ReaderPrivacyFilter(logging.Filter):
    """Adds the request id to a record, and removes what the client sent."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = REQUEST_ID.get()
        request = getattr(record, "request", None)
        if request is not None:
            outcome = getattr(record, "status_code", record.levelname.lower())
            if record.exc_info and record.exc_info[0] and getattr(record, "status_code", 500) < 500:
                # The cause is in the request, so frames would not help.
                outcome = f"{outcome} ({record.exc_info[0].__name__})"
                record.exc_info = None
            if record.name == "django.security.DisallowedHost":
                outcome = "refused, because ALLOWED_HOSTS does not name the host"
            record.msg = "%s %s: %s"
            record.args = (method_of(request.method), route_of(request), outcome)
        elif str(record.msg).startswith(GUNICORN_ON_REQUESTS):
            record.msg, record.args = "gunicorn could not handle a request", ()
            # The thread still has the id of the request before.
            record.request_id = "-"
        else:
            return True
        if record.exc_info and record.exc_info[1]:
            record.exc_text = frames_of(record.exc_info[1])
            record.exc_info = None
        return True


def route_of(request: Any) -> str:
    match = getattr(request, "resolver_match", None)
    return f"/{match.route}" if match else "unknown"


def method_of(method: str | None) -> str:
    """Return the method, or "other" if no page accepts it: a client may send any word."""
    return method if method in METHODS else "other"


def frames_of(error: BaseException) -> str:
    """Format an error and its causes without their messages, which may quote a reader."""
    lines = []
    cause: BaseException | None = error
    while cause:
        # SQLite's name of the error, or the operating system's
        hint = getattr(cause, "sqlite_errorname", "") or getattr(cause, "strerror", "")
        name = f"{type(cause).__qualname__} {hint}".rstrip()
        lines += [*traceback.format_tb(cause.__traceback__), f"{name}\n"]
        cause = cause.__cause__ or cause.__context__
    return "".join(lines).rstrip()


def configuration(style: str, level: str) -> dict[str, Any]:
    """Return the logging settings of Django and gunicorn, in the style "json" or "plain"."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"reader_privacy": {"()": ReaderPrivacyFilter}},
        "formatters": {"json": {"()": JsonFormatter}, "plain": {"format": PLAIN}},
        "handlers": {
            # Without a handler, warnings go to the standard library's last resort.
            "none": {"class": "logging.NullHandler"},
            "console": {
                "class": "logging.StreamHandler",
                "formatter": style,
                "filters": ["reader_privacy"],
            },
        },
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "django": {"level": level},
            # At DEBUG gunicorn quotes the bytes of a broken request.
            "gunicorn.error": {"level": "INFO" if level == "DEBUG" else level, "propagate": True},
            **{name: {"handlers": ["none"], "propagate": False} for name in SILENT},
        },
    }
