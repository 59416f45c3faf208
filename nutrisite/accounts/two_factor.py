"""The second step of signing in: six digits from an app (TOTP, RFC 6238), or a recovery code."""

from __future__ import annotations

from base64 import b32encode
from binascii import unhexlify
from collections.abc import Sequence
from textwrap import wrap
from typing import Any

import segno
from django import forms
from django.conf import settings
from django.contrib.auth.models import Group
from django.contrib.messages import success
from django.core.checks import CheckMessage, Error, Warning
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import mark_safe
from django_otp import login
from django_otp.models import Device
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice
from django_otp.util import random_hex

from nutrisite.accounts.models import Kind, record

APP, CODES = "the app", "a recovery code"
# Recovery codes of one set, each of 40 random bits.
HOW_MANY = 10
EVERYONE, ADMINISTRATORS, NOBODY = "everyone", "administrators", "nobody"
# Where the session holds a key until a code shows that the app has it too.
KEY = "second_step_key"


def is_on(account: Any) -> bool:
    return TOTPDevice.objects.filter(user=account, confirmed=True).exists()


def is_asked_of(account: Any) -> bool:
    """Whether SECOND_STEP_FOR names a role of this account: a group, or one of the words."""
    asked = roles()
    if EVERYONE in asked or (account.is_superuser and ADMINISTRATORS in asked):
        return True
    return any(is_role(group) for group in account.groups.all())


def is_role(group: Group) -> bool:
    return group.name.casefold() in roles()


def roles() -> set[str]:
    """Give whom SECOND_STEP_FOR names, in letters of either case."""
    return {name.casefold() for name in settings.SECOND_STEP_FOR}


def check_roles(*, databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Give an Error for each role of SECOND_STEP_FOR that is no group: it would ask nobody.

    Django asks before it migrates. Before the first migration there are no groups.
    """
    if not databases or Group._meta.db_table not in connection.introspection.table_names():
        return []
    if roles() <= {NOBODY}:
        words = "SECOND_STEP_FOR requires no second step: a stolen password opens the admin."
        return [Warning(words, id="accounts.W001")]
    groups = {name.casefold() for name in Group.objects.values_list("name", flat=True)}
    return [
        Error(
            f"SECOND_STEP_FOR names “{role}”, and there is no such group: write the name of a"
            f" group, {ADMINISTRATORS}, {EVERYONE} or {NOBODY}.",
            id="accounts.E001",
        )
        for role in sorted(roles() - groups - {ADMINISTRATORS, EVERYONE, NOBODY})
    ]


def accepted_by(account: Any, code: str) -> Device | None:
    """Give what accepts a code, which is then used up; None if nothing does.

    Digits are the app's and all else is a recovery code, so that a wrong one slows down its own
    kind alone. Each wrong one doubles the pause until the next is looked at.
    """
    code = code.replace(" ", "").replace("-", "").lower()
    model = TOTPDevice if code.isdecimal() else StaticDevice
    with transaction.atomic():
        device = model.objects.select_for_update().filter(user=account, confirmed=True).first()
        return device if device and device.verify_token(code) else None


@transaction.atomic
def new_codes(account: Any) -> list[str]:
    """Make a new set of recovery codes, in place of any earlier one."""
    StaticDevice.objects.filter(user=account).delete()
    device = StaticDevice.objects.create(user=account, name=CODES)
    codes = [StaticToken.random_token() for _ in range(HOW_MANY)]
    StaticToken.objects.bulk_create(StaticToken(device=device, token=code) for code in codes)
    return [f"{code[:4]}-{code[4:]}" for code in codes]


def forget(account: Any) -> bool:
    """Turn the second step off: the password alone signs in again. False if it was off."""
    StaticDevice.objects.filter(user=account).delete()
    return bool(TOTPDevice.objects.filter(user=account).delete()[0])


def code_field(**options: Any) -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": "one-time-code", "spellcheck": "false"})
    return forms.CharField(max_length=20, widget=widget, **options)


class CodeForm(forms.Form):
    code = code_field()


def second_step_page(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """Show what the account has, and do what its form asks for. `context` is the admin's own."""
    form = CodeForm(request.POST or None)
    account: Any = request.user
    codes: list[str] = []
    if form.is_valid():
        code, wish = form.cleaned_data["code"], request.POST.get("wish")
        if not is_on(account):
            codes = _turn_on(request, code)
        elif accepted_by(account, code):
            if wish == "off" and not is_asked_of(account):
                forget(account)
                record(Kind.SECOND_STEP_OFF, account.get_username(), request=request)
                success(request, "The second step is off. Your password alone signs in.")
                return redirect("admin:index")
            record(Kind.NEW_CODES, account.get_username(), request=request)
            codes = new_codes(account)
        if not codes:
            form.add_error("code", "That code did not fit. Wait for the next one and try again.")
    context |= {
        "title": "Second step when signing in",
        "is_on": is_on(account),
        "is_asked": is_asked_of(account),
        "codes": codes,
        "codes_left": StaticToken.objects.filter(device__user=account).count(),
        "form": form,
    }
    if not context["is_on"]:
        context |= _key_to_scan(request)
    return render(request, "admin/second_step.html", context)


@transaction.atomic
def _turn_on(request: HttpRequest, code: str) -> list[str]:
    """Turn it on if the code shows that the app has the key in the session.

    Gives the recovery codes, none if the code does not fit. It counts as used.
    """
    key, code = request.session.get(KEY, ""), code.replace(" ", "")
    totp = TOTP(unhexlify(key))
    if not (key and code.isdecimal() and totp.verify(int(code), tolerance=1)):
        return []
    account: Any = request.user
    forget(account)
    used = {"last_t": totp.t(), "drift": totp.drift}
    device = TOTPDevice.objects.create(user=account, name=APP, key=key, **used)
    del request.session[KEY]
    login(request, device)
    record(Kind.SECOND_STEP_ON, account.get_username(), request=request)
    return new_codes(account)


def _key_to_scan(request: HttpRequest) -> dict[str, Any]:
    """Give the key for the app: to type, as a link, and as a QR code in SVG."""
    key = request.session.setdefault(KEY, random_hex(20))
    address = TOTPDevice(user=request.user, key=key).config_url
    picture = segno.make(address, error="m").svg_inline(scale=5, light="#fff")
    written = b32encode(unhexlify(key)).decode()
    return {
        "key": " ".join(wrap(written, 4)),
        "app_address": address,
        "picture": mark_safe(picture),  # noqa: S308 (it holds paths alone)
    }
