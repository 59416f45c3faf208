"""Two-factor sign-in: six digits from an app (TOTP, RFC 6238), or a recovery code."""

from base64 import b32encode
from binascii import unhexlify
from collections.abc import Sequence
from textwrap import wrap
from typing import Any

import segno
from django import forms
from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.auth.models import Group
from django.contrib.messages import success
from django.core.checks import CheckMessage, Error, Tags, Warning, register
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

# Names of devices, as the audit log has them
APP, CODES = "the app", "a recovery code"
CODE_COUNT = 10
EVERYONE, ADMINISTRATORS, NOBODY = "everyone", "administrators", "nobody"
# The session holds a new key until a code proves that the app has it too.
SESSION_KEY = "second_step_key"


def is_on(account: Any) -> bool:
    return TOTPDevice.objects.filter(user=account, confirmed=True).exists()


def is_required_of(account: Any) -> bool:
    """Whether SECOND_STEP_FOR names a group of the account, its rank, or everyone."""
    ranks = {EVERYONE, ADMINISTRATORS} if account.is_superuser else {EVERYONE}
    return bool(ranks & required_roles()) or any(map(is_required_role, account.groups.all()))


def is_missing(account: Any) -> bool:
    return is_required_of(account) and not account.is_verified()


def is_required_role(group: Group) -> bool:
    return group.name.casefold() in required_roles()


def required_roles() -> set[str]:
    return {name.casefold() for name in settings.SECOND_STEP_FOR}


@register(Tags.database)
def check_roles(*, databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Report each role of SECOND_STEP_FOR without a group, as it would bind nobody."""
    # Before the first migration there are no groups.
    if not databases or Group._meta.db_table not in connection.introspection.table_names():
        return []
    if required_roles() <= {NOBODY}:
        message = "SECOND_STEP_FOR requires no second step: a stolen password opens the admin."
        return [Warning(message, id="accounts.W001")]
    groups = {name.casefold() for name in Group.objects.values_list("name", flat=True)}
    return [
        Error(
            f"SECOND_STEP_FOR names “{role}”, and there is no such group: write the name of a"
            f" group, {ADMINISTRATORS}, {EVERYONE} or {NOBODY}.",
            id="accounts.E001",
        )
        for role in sorted(required_roles() - groups - {ADMINISTRATORS, EVERYONE, NOBODY})
    ]


@transaction.atomic
def verify_code(account: Any, code: str) -> Device | None:
    """Return the device that accepts a code, which is then used up; None if none does."""
    code = code.replace(" ", "").replace("-", "").lower()
    # Not both: a wrong code throttles every device that is asked.
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
    """Let the password alone sign in. Return whether a second step was on."""
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
                record(Kind.SECOND_STEP_OFF, account, request=request)
                success(request, "The second step is off. Your password alone signs in.")
                return redirect("admin:index")
            record(Kind.NEW_CODES, account, request=request)
            codes = replace_codes(account)
        if not codes:
            form.add_error("code", "That code did not fit. Wait for the next one and try again.")
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
    record(Kind.SECOND_STEP_ON, account, request=request)
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
