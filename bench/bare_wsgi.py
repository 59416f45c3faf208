"""A WSGI page that does nothing: /5000 answers with 5,000 bytes. The floor of the server itself."""

from collections.abc import Callable, Iterable
from typing import Any


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer with as many bytes as the path says."""
    body = b"x" * int(environ["PATH_INFO"].strip("/") or 0)
    environ["wsgi.input"].read()
    headers = [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(body)))]
    start_response("200 OK", headers)
    return [body]
