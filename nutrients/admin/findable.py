"""Keeps search in step with what editors save."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from nutrients.search.index import catch_up


class FindableMixin:
    """Lets search catch up with each save, in its transaction.

    Django calls these two once a row is saved with its links and inlines. What is deleted, or taken
    off the site, search leaves out by itself.
    """

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        catch_up()
        return super().log_addition(request, obj, message)  # type: ignore[misc]

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        catch_up()
        return super().log_change(request, obj, message)  # type: ignore[misc]
