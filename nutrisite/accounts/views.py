"""The page on which an account turns its own second step on and off."""

from __future__ import annotations

from base64 import b32encode
from binascii import unhexlify
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django_otp import login
from django_otp.util import random_hex

from nutrisite.accounts import second_step
from nutrisite.accounts.forms import CodeForm
from nutrisite.accounts.models import Kind
from nutrisite.accounts.trail import record

# Where the session holds a key until a code shows that the app has it too.
KEY = "second_step_key"


def second_step_page(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """Show what the account has, and do what its form asks for. `context` is the admin's own."""
    form = CodeForm(request.POST or None)
    is_on = second_step.is_on(request.user)
    codes: list[str] = []
    if form.is_valid():
        code, wish = form.cleaned_data["code"], request.POST.get("wish")
        if not is_on:
            codes = turn_on(request, code)
        elif second_step.accepted_by(request.user, code):
            if wish == "off" and not second_step.is_asked_of(request.user):
                return turn_off(request)
            codes = new_codes(request)
        if not codes:
            form.add_error("code", "That code did not fit. Wait for the next one and try again.")
    return render(request, "admin/second_step.html", context | about(request, form, codes))


def about(request: HttpRequest, form: CodeForm, codes: list[str]) -> dict[str, Any]:
    """What the page shows: the state, new codes, or the key for the app."""
    shown = {
        "title": "Second step when signing in",
        "is_on": second_step.is_on(request.user),
        "is_asked": second_step.is_asked_of(request.user),
        "codes": codes,
        "codes_left": second_step.codes_left(request.user),
        "form": form,
    }
    if not shown["is_on"]:
        key = request.session.setdefault(KEY, random_hex(20))
        written = b32encode(unhexlify(key)).decode()
        address = second_step.address_of(request.user, key)
        shown["app_address"], shown["picture"] = address, second_step.picture_of(address)
        shown["key"] = " ".join(written[at : at + 4] for at in range(0, len(written), 4))
    return shown


def turn_on(request: HttpRequest, code: str) -> list[str]:
    """Turn it on where the code fits the key in the session; gives the recovery codes."""
    key = request.session.get(KEY, "")
    device = second_step.turn_on(request.user, key, code.replace(" ", "")) if key else None
    if device is None:
        return []
    del request.session[KEY]
    login(request, device)
    record(Kind.SECOND_STEP_ON, request.user.get_username(), request=request)
    return second_step.new_codes(request.user)


def new_codes(request: HttpRequest) -> list[str]:
    """Give a new set of recovery codes."""
    record(Kind.NEW_CODES, request.user.get_username(), request=request)
    return second_step.new_codes(request.user)


def turn_off(request: HttpRequest) -> HttpResponse:
    """Turn it off, and lead back to the front page of the admin."""
    second_step.forget(request.user)
    record(Kind.SECOND_STEP_OFF, request.user.get_username(), request=request)
    messages.success(request, "The second step is off. Your password alone signs you in.")
    return redirect("admin:index")
