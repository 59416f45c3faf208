"""Django's admin behind a second step, where an account has one or must have one."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partialmethod, update_wrapper
from typing import Any

from django.contrib import messages
from django.contrib.admin import AdminSite, ModelAdmin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.auth.views import PasswordResetConfirmView
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import NoReverseMatch, path, reverse, reverse_lazy
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django_otp.middleware import OTPMiddleware

from nutrisite.accounts import kept_forms, two_factor
from nutrisite.accounts.models import Kind, record
from nutrisite.accounts.signing_in import SignInForm

# Nineteen digits may be too large for the column, which SQLite refuses by an exception.
KEY = re.compile("[0-9]{1,18}")
# Parts that a form asks for beside itself. They are quick, so they take no editor's place.
PARTS = {"autocomplete", "jsi18n"}
# What an account may do before it has set up the second step that is asked of it.
BEFORE = {"second_step", "logout", "password_change", "password_change_done", "jsi18n"}


class KeptRowsAdmin(ModelAdmin):
    """Rows that are not added or deleted here."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReadOnlyAdmin(KeptRowsAdmin):
    """Rows that are not changed here either."""

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def is_key(text: str) -> bool:
    """Whether a text may be the key of a row; asked for anything else, the database fails."""
    return KEY.fullmatch(text) is not None


def change_address(label: str, pk: Any) -> str:
    """The form of a row, whose model is written as fixtures do: nutrients.nutrient.

    Raises NoReverseMatch if the admin has no such table.
    """
    return reverse(f"admin:{label.replace('.', '_')}_change", args=[pk])


def row_link(label: str, pk: Any, name: Any) -> SafeString | str:
    """A row's name with a link to its form, or the name alone if the admin has no such table."""
    try:
        return format_html('<a href="{}">{}</a>', change_address(label, pk), name)
    except NoReverseMatch:
        return str(name)


def is_unanswerable(request: HttpRequest) -> bool:
    """Whether a list is asked for what a database fails at: NUL, or a ticked row that is none."""
    ticked = request.POST.getlist(ACTION_CHECKBOX_NAME)
    return "%00" in request.META.get("QUERY_STRING", "") or not all(map(is_key, ticked))


class ChoosePassword(PasswordResetConfirmView):
    """Django's page of a one-time link. What was chosen is recorded."""

    def form_valid(self, form: Any) -> HttpResponse:
        answer = super().form_valid(form)
        record(Kind.PASSWORD, form.user.get_username(), request=self.request)
        messages.success(self.request, "Your password is set. Sign in with it now.")
        return answer


class SecuredSite(AdminSite):
    """An admin site whose every page asks for the second step."""

    login_form = SignInForm

    def has_permission(self, request: HttpRequest) -> bool:
        """Whether an active account of ours asks, and took the second step where it has one."""
        if not super().has_permission(request):
            return False
        account: Any = request.user
        return account.is_verified() or not two_factor.is_on(account)

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Lead an account that must set up the second step there first, from every page."""
        guarded: Callable[..., HttpResponseBase] = super().admin_view(view, cacheable)

        def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            name = request.resolver_match.url_name if request.resolver_match else None
            may = self.has_permission(request)
            if name not in BEFORE and may and self.is_waiting_for(request.user):
                return redirect("admin:second_step")
            if is_unanswerable(request):
                raise BadRequest("No database can be asked for this.")

            def view() -> HttpResponseBase:
                answer = guarded(request, *args, **kwargs)
                if request.method == "POST" and not may and answer.status_code == 302:
                    return kept_forms.sign_in_with(request, self) or answer
                return answer

            try:
                return view() if name in PARTS else kept_forms.bounded(request, self, view)
            except OverflowError as error:
                # SQLite says so of a number that no column can hold; PostgreSQL finds no such row.
                raise BadRequest("A number is too large.") from error

        return update_wrapper(asked, guarded)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Django's page, in the words of the other pages; then the form that it carried, if any."""
        kept = request.POST.get(kept_forms.KEPT, "")
        context = {"title": "Sign in", "kept": kept} | (extra_context or {})
        answer: Any = super().login(request, context)
        if not kept or answer.status_code != 302:
            return answer

        def carried(request: HttpRequest) -> HttpResponse:
            sent, context = QueryDict(kept), self.each_context(request)
            return kept_forms.sent_back(request, context, kept_forms.SIGNED_OUT, sent, answer.url)

        # The account has just changed, and its second step is known by this alone.
        return OTPMiddleware(carried)(request)

    # Django's page, in the words of the other pages.
    logout = partialmethod(AdminSite.logout, extra_context={"title": "Signed out"})

    def is_waiting_for(self, account: Any) -> bool:
        """Whether an account must set up the second step and has not."""
        return two_factor.is_asked_of(account) and not account.is_verified()

    def get_urls(self) -> list[Any]:
        choose = ChoosePassword.as_view(
            success_url=reverse_lazy("admin:login"),
            extra_context={"site_header": self.site_header, "site_title": self.site_title},
        )
        return [
            path("second-step/", self.admin_view(self.second_step), name="second_step"),
            path("choose/<uidb64>/<token>/", choose, name="choose_password"),
            *super().get_urls(),
        ]

    def second_step(self, request: HttpRequest) -> HttpResponse:
        return two_factor.second_step_page(request, self.each_context(request))

    def password_change(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        response = super().password_change(request, extra_context)
        if response.headers.get("Location") == reverse("admin:password_change_done"):
            record(Kind.PASSWORD, request.user.get_username(), request=request)
        return response
