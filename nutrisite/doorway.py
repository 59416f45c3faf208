"""What every request passes first and every answer last, before the kept pages and Django.

It takes cookies off requests that no editor's page is asked for, and gives each request a number.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from typing import Any

from nutrisite.logging import REQUEST_NUMBER

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]


class Doorway:
    """A WSGI application around another.

    Outside `admin_path`, such as "/admin/", cookies are dropped unread: no page there can depend
    on one, by mistake or otherwise, and a browser that carries an editor's cookie or another
    site's of the same domain is given the kept pages as everybody is.

    The number is made here, not taken from a header that anybody may write. Log lines carry it,
    and an answer that failed does too, so that a reader can name it. It is no part of a page,
    which may be kept and sent to others.
    """

    def __init__(self, application: Application, admin_path: str) -> None:
        self._application = application
        self._admin_path = admin_path

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer with what the application within makes of the request."""
        number = secrets.token_hex(8)
        REQUEST_NUMBER.set(number)
        if not environ.get("PATH_INFO", "").startswith(self._admin_path):
            environ.pop("HTTP_COOKIE", None)

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            if status >= "4":
                headers = [*headers, ("X-Request-ID", number)]
            return start_response(status, headers, exc_info)

        return self._application(environ, start)
