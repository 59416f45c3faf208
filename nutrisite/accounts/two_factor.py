"""Two-factor sign-in: six digits from an app (TOTP, RFC 6238), or a recovery code."""

from base64 import b32encode
from binascii import unhexlify
from textwrap import wrap
from typing import Any

import segno
from django import forms
from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.messages import success
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import mark_safe
from django_otp import login
from django_otp.models import Device
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice
from django_otp.util import random_hex

from nutrisite.accounts.models import EventKind, log_event

# Names of devices, as the audit log has them
APP, CODES = "the app", "a recovery code"
CODE_COUNT = 10
# The session stores a new key until a code proves that the app has it too.
SESSION_KEY = "second_step_key"


def is_on(account: Any) -> bool:
    return TOTPDevice.objects.filter(user=account, confirmed=True).exists()


def is_required_of(account: Any) -> bool:
    """Apply SECOND_STEP_FOR; administrators are those who may edit accounts."""
    if settings.SECOND_STEP_FOR == "administrators":
        return bool(account.has_perm("auth.change_user"))
    return settings.SECOND_STEP_FOR == "everyone"


def is_missing(account: Any) -> bool:
    return is_required_of(account) and not account.is_verified()


@transaction.atomic
def verify_code(account: Any, code: str) -> Device | None:
    """Return the device that accepts a code, which is then used up; None if none does."""
    code = code.replace(" ", "").replace("-", "").lower()
    # Not both: a wrong code throttles every device that checks it.
    model = TOTPDevice if code.isdecimal() else StaticDevice
    device = model.objects.select_for_update().filter(user=account, confirmed=True).first()
    return device if device and device.verify_token(code) else None


@transaction.atomic
def replace_codes(account: Any) -> list[str]:
    """Create a new set of recovery codes, in place of any earlier set."""
    StaticDevice.objects.filter(user=account).delete()
    device = StaticDevice.objects.create(user=account, name=CODES)
    codes = [StaticToken.random_token() for _ in range(CODE_COUNT)]
    StaticToken.objects.bulk_create(StaticToken(device=device, token=code) for code in codes)
    return [f"{code[:4]}-{code[4:]}" for code in codes]


def turn_off(account: Any) -> bool:
    """Turn two-factor sign-in off. Return whether it was on."""
    StaticDevice.objects.filter(user=account).delete()
    return bool(TOTPDevice.objects.filter(user=account).delete()[0])


def code_field(**options: Any) -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": "one-time-code", "spellcheck": "false"})
    return forms.CharField(max_length=20, widget=widget, **options)


class CodeForm(forms.Form):
    code = code_field()


def second_step(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """Show the account's second step, and process the form."""
    form = CodeForm(request.POST or None)
    account: Any = request.user
    codes: list[str] = []
    if form.is_valid():
        code = form.cleaned_data["code"]
        if not is_on(account):
            codes = _turn_on(request, code)
        elif verify_code(account, code):
            if request.POST.get("wish") == "off" and not is_required_of(account):
                turn_off(account)
                log_event(EventKind.SECOND_STEP_OFF, account, request)
                success(request, "The second step is off. Your password alone signs in.")
                return redirect("admin:index")
            log_event(EventKind.NEW_CODES, account, request)
            codes = replace_codes(account)
        if not codes:
            form.add_error("code", "That code did not fit, or was used. Wait for the next one.")
    context = site.each_context(request) | {
        "title": "Second step when signing in",
        "is_on": is_on(account),
        "is_required": is_required_of(account),
        "codes": codes,
        "codes_left": StaticToken.objects.filter(device__user=account).count(),
        "form": form,
    }
    if not context["is_on"]:
        context |= _key_to_scan(request)
    return render(request, "admin/second_step.html", context)


@transaction.atomic
def _turn_on(request: HttpRequest, code: str) -> list[str]:
    """Store the session's key and return recovery codes; return none if the code is wrong."""
    key, code = request.session.get(SESSION_KEY, ""), code.replace(" ", "")
    totp = TOTP(unhexlify(key))
    if not (key and code.isdecimal() and totp.verify(int(code), tolerance=1)):
        return []
    account: Any = request.user
    turn_off(account)
    # This code counts as used.
    used = {"last_t": totp.t(), "drift": totp.drift}
    device = TOTPDevice.objects.create(user=account, name=APP, key=key, **used)
    del request.session[SESSION_KEY]
    login(request, device)
    log_event(EventKind.SECOND_STEP_ON, account, request)
    return replace_codes(account)


def _key_to_scan(request: HttpRequest) -> dict[str, Any]:
    """Return the key for the app: to type, as a link, and as a QR code in SVG."""
    key = request.session.setdefault(SESSION_KEY, random_hex(20))
    device = TOTPDevice(user=request.user, key=key)
    picture = segno.make(device.config_url, error="m").svg_inline(scale=5, light="#fff")
    return {
        "key": " ".join(wrap(b32encode(device.bin_key).decode(), 4)),
        "app_address": device.config_url,
        "picture": mark_safe(picture),  # noqa: S308 (paths only)
    }
