"""Django's admin behind two-factor sign-in, for accounts that have or need a second step."""

from collections.abc import Callable
from functools import partial, partialmethod, update_wrapper
from typing import Any

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.contrib.auth.views import PasswordResetConfirmView
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect
from django.urls import path, reverse, reverse_lazy
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django_otp.middleware import OTPMiddleware

from nutrisite.accounts import resubmission, two_factor
from nutrisite.accounts.models import EventKind, log_event
from nutrisite.accounts.requests import is_malformed
from nutrisite.accounts.sign_in import SignInForm

# Requests that scripts of forms make. They are fast, and bypass the limit of editors' requests.
UNLIMITED = {"autocomplete", "jsi18n"}
# The views that an account may open before it has set up a required second step
ALWAYS_OPEN = {"second_step", "logout", "password_change", "password_change_done", "jsi18n"}


class ChoosePassword(PasswordResetConfirmView):
    """The page of a one-time link."""

    success_url = reverse_lazy("admin:login")

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        log_event(EventKind.PASSWORD, form.user, self.request)
        messages.success(self.request, "Your password is set. Sign in with it now.")
        return response


class SecuredSite(AdminSite):
    login_form = SignInForm

    def has_permission(self, request: HttpRequest) -> bool:
        """Whether the account is active staff, and verified if it has a second step."""
        account: Any = request.user
        return super().has_permission(request) and (
            account.is_verified() or not two_factor.is_on(account)
        )

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Redirect accounts that must set up a second step, and limit editors' requests."""
        inner: Callable[..., HttpResponseBase] = super().admin_view(view, cacheable)

        def secured(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            name = request.resolver_match.url_name if request.resolver_match else None
            is_permitted = self.has_permission(request)
            if is_permitted and name not in ALWAYS_OPEN and two_factor.is_missing(request.user):
                return redirect("admin:second_step")
            if is_malformed(request):
                raise BadRequest("No query can be made of this.")
            handle = partial(inner, request, *args, **kwargs)
            try:
                response = handle() if name in UNLIMITED else resubmission.limited(request, handle)
            except OverflowError as error:
                # SQLite raises it for a number that no column can store; PostgreSQL finds no row.
                raise BadRequest("A number is too large.") from error
            if request.method == "POST" and not is_permitted and response.status_code == 302:
                return resubmission.sign_in_page(request) or response
            return response

        return update_wrapper(secured if cacheable else never_cache(secured), inner)

    @method_decorator(never_cache)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Sign in, and return the form that the sign-in page carried, if any."""
        encoded = request.POST.get("resubmission", "")
        context = {"title": "Sign in", "resubmission": encoded} | (extra_context or {})
        view = partial(super().login, request, context)
        # To check a password is slow on purpose, so that many at once would hold readers up.
        response: Any = resubmission.limited(request, view) if request.method == "POST" else view()
        if not encoded or response.status_code != 302:
            return response

        def send_back(request: HttpRequest) -> HttpResponse:
            form, sentence = QueryDict(encoded), resubmission.SIGNED_OUT
            return resubmission.show_form(request, sentence, form, response.url)

        # The sign-in has replaced request.user, which needs `is_verified` again.
        return OTPMiddleware(send_back)(request)

    logout = partialmethod(AdminSite.logout, extra_context={"title": "Signed out"})

    def get_urls(self) -> list[Any]:
        titles = {"site_header": self.site_header, "site_title": self.site_title}
        choose_password = ChoosePassword.as_view(extra_context=titles)
        second_step = partial(two_factor.second_step, site=self)
        return [
            path("second-step/", self.admin_view(second_step), name="second_step"),
            path("choose/<uidb64>/<token>/", choose_password, name="choose_password"),
            *super().get_urls(),
        ]

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> Any:
        response = super().password_change(request, extra_context)
        if response.headers.get("Location") == reverse("admin:password_change_done"):
            log_event(EventKind.PASSWORD, request.user, request)
        return response
