"""Django's admin behind a second step, where an account has one or must have one."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import update_wrapper
from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import path, reverse

from nutrisite.accounts import second_step
from nutrisite.accounts.models import Kind
from nutrisite.accounts.signing_in import SignInForm
from nutrisite.accounts.trail import record

# Nineteen digits may be too large for the column, which SQLite refuses by an exception.
KEY = re.compile("[0-9]{1,18}")
# What an account may do before it has set up the second step that is asked of it.
BEFORE = {"second_step", "logout", "password_change", "password_change_done", "jsi18n"}


def is_key(text: str) -> bool:
    """Whether a text may be the key of a row; asked for anything else, the database fails."""
    return KEY.fullmatch(text) is not None


def is_unanswerable(request: HttpRequest) -> bool:
    """Whether a list is asked for what a database fails at: NUL, or a ticked row that is none."""
    ticked = request.POST.getlist(ACTION_CHECKBOX_NAME)
    return "%00" in request.META.get("QUERY_STRING", "") or not all(map(is_key, ticked))


class SecuredSite(AdminSite):
    """An admin site whose every page asks for the second step."""

    login_form = SignInForm

    def has_permission(self, request: HttpRequest) -> bool:
        """Whether an active account of ours asks, and took the second step where it has one."""
        if not super().has_permission(request):
            return False
        account: Any = request.user
        return account.is_verified() or not second_step.is_on(account)

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Lead an account that must set up the second step there first, from every page."""
        guarded: Callable[..., HttpResponseBase] = super().admin_view(view, cacheable)

        def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            match = request.resolver_match
            is_open = match is not None and match.url_name in BEFORE
            if not is_open and self.has_permission(request) and self.is_waiting_for(request.user):
                return redirect("admin:second_step")
            if is_unanswerable(request):
                raise BadRequest("No database can be asked for this.")
            try:
                return guarded(request, *args, **kwargs)
            except OverflowError as error:
                # SQLite says so of a number that no column can hold; PostgreSQL finds no such row.
                raise BadRequest("A number is too large.") from error

        return update_wrapper(asked, guarded)

    def is_waiting_for(self, account: Any) -> bool:
        """Whether an account must set up the second step and has not."""
        return second_step.is_asked_of(account) and not account.is_verified()

    def get_urls(self) -> list[Any]:
        """The admin's own addresses, and the page of the second step."""
        page = self.admin_view(self.second_step)
        return [path("second-step/", page, name="second_step"), *super().get_urls()]

    def second_step(self, request: HttpRequest) -> HttpResponse:
        """Turn the second step on or off."""
        return second_step.second_step_page(request, self.each_context(request))

    def password_change(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        """Change one's own password, and record it."""
        response = super().password_change(request, extra_context)
        if response.headers.get("Location") == reverse("admin:password_change_done"):
            record(Kind.PASSWORD, request.user.get_username(), request=request)
        return response
