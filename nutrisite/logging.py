"""Log lines that an operator needs and that do not tell what a reader looked up.

A reader's address, a query string, a form value or a symptom's page never reaches a log:
lines name the route, such as `symptoms/<slug:slug>/`, in place of the path.
"""

import json
import logging
import time
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

ACCESS_FIELDS = ("method", "route", "status", "milliseconds")
# Made up for each request, so that all its lines can be found; "-" outside a request.
REQUEST_NUMBER: ContextVar[str] = ContextVar("request_number", default="-")
PLAIN = "%(asctime)s %(levelname)-7s %(request_number)s %(name)s: %(message)s"
METHODS = ("GET", "HEAD", "OPTIONS", "POST")

access = logging.getLogger("nutrisite.access")

SILENT = (
    # Its lines hold the values that were asked for, and so what a reader looked up.
    "django.db.backends",
    # At DEBUG its lines hold all that a page was made of where a template names nothing.
    "django.template",
    # These two write whole request lines; `nutrisite.access` takes their place.
    "django.server",
    "gunicorn.access",
    # Its lines name accounts and addresses; the record of accounts has both.
    "axes",
)

# How gunicorn begins the lines in which it repeats an address or what was sent.
GUNICORN_ON_REQUESTS = ("Invalid request", "Error handling request", "Socket error processing")


def log_access(method: str | None, route: str, status: int, start: float) -> None:
    """Write the one line of a request that came at `start`, a moment of `perf_counter`."""
    fields: dict[str, Any] = {
        "method": method_of(method),
        "route": route,
        "status": status,
        "milliseconds": round((time.perf_counter() - start) * 1000, 1),
    }
    access.info("%(method)s %(route)s %(status)s in %(milliseconds)s ms", fields, extra=fields)


class JsonFormatter(logging.Formatter):
    """One JSON object a line, with named fields only, so that nothing slips in by `extra`."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            "request": getattr(record, "request_number", "-"),
        }
        line |= {name: getattr(record, name) for name in ACCESS_FIELDS if hasattr(record, name)}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        elif record.exc_text:
            line["exception"] = record.exc_text
        return json.dumps(line, ensure_ascii=False)


class WithoutReader(logging.Filter):
    """Takes what a reader sent out of a record: path, query string, address, form values."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record in place if it is about a request; every record goes on."""
        record.request_number = REQUEST_NUMBER.get()
        request = getattr(record, "request", None)
        if request is not None:
            what = getattr(record, "status_code", record.levelname.lower())
            if record.name == "django.security.DisallowedHost":
                what = "refused, because ALLOWED_HOSTS does not name the host"
                record.exc_info = None
            record.msg = "%s %s: %s"
            record.args = (method_of(request.method), route_of(request), what)
        elif str(record.msg).startswith(GUNICORN_ON_REQUESTS):
            record.msg, record.args = "gunicorn could not handle a request", ()
        else:
            return True
        if record.exc_info and record.exc_info[1]:
            record.exc_text = frames_of(record.exc_info[1])
            record.exc_info = None
        return True


def route_of(request: Any) -> str:
    """Give the route that answered, or "unknown" for an address that no route matches."""
    match = getattr(request, "resolver_match", None)
    return f"/{match.route}" if match else "unknown"


def method_of(written: str | None) -> str:
    """Give the method, or "other" for one that no page has: a client may write any word there."""
    return written if written in METHODS else "other"


def frames_of(error: BaseException) -> str:
    """Give where an error and its causes came from, by type and line.

    The error's own message is left out, since it may quote what a reader typed.
    """
    lines = []
    cause: BaseException | None = error
    while cause:
        lines += [*traceback.format_tb(cause.__traceback__), f"{type(cause).__qualname__}\n"]
        cause = cause.__cause__ or cause.__context__
    return "".join(lines).rstrip()


def configuration(style: str, level: str) -> dict[str, Any]:
    """Give the logging settings that Django and gunicorn share.

    `style` is "json" or "plain"; `level` is a level of the standard library, in capitals.
    """
    # At DEBUG gunicorn quotes the bytes of a broken request.
    gunicorn_level = "INFO" if level == "DEBUG" else level
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"without_reader": {"()": WithoutReader}},
        "formatters": {"json": {"()": JsonFormatter}, "plain": {"format": PLAIN}},
        "handlers": {
            # Without a handler, a warning would go to the standard library's last resort.
            "none": {"class": "logging.NullHandler"},
            "console": {
                "class": "logging.StreamHandler",
                "formatter": style,
                "filters": ["without_reader"],
            },
        },
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "django": {"level": level},
            "gunicorn.error": {"level": gunicorn_level, "propagate": True},
            **{name: {"handlers": ["none"], "propagate": False} for name in SILENT},
        },
    }
