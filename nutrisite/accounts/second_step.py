"""The second step of signing in: six digits from an app (TOTP, RFC 6238), or a recovery code."""

from __future__ import annotations

from binascii import unhexlify
from dataclasses import dataclass
from typing import Any

import segno
from django.conf import settings
from django.contrib.auth.models import Group
from django.db import transaction
from django_otp.models import Device
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

APP, CODES = "the app", "a recovery code"
# Recovery codes of one set, each of 40 random bits, and the blank modules that a QR code needs.
HOW_MANY, MARGIN = 10, 4
EVERYONE, ADMINISTRATORS = "everyone", "administrators"


@dataclass(frozen=True, slots=True)
class Picture:
    """A QR code as one path of an SVG, and the length of its side."""

    path: str
    side: int


def is_on(account: Any) -> bool:
    """Whether an account has set up the second step."""
    return TOTPDevice.objects.filter(user=account, confirmed=True).exists()


def is_asked_of(account: Any) -> bool:
    """Whether SECOND_STEP_FOR names a role of this account: a group, or one of the two words."""
    asked = roles()
    if EVERYONE in asked or (account.is_superuser and ADMINISTRATORS in asked):
        return True
    return bool(asked) and any(is_role(group) for group in account.groups.all())


def is_role(group: Group) -> bool:
    """Whether SECOND_STEP_FOR names a group."""
    return group.name.casefold() in roles()


def roles() -> set[str]:
    """Give whom SECOND_STEP_FOR names, however its letters are written."""
    return {name.casefold() for name in settings.SECOND_STEP_FOR}


def accepted_by(account: Any, code: str) -> Device | None:
    """Give what accepts a code, which is then used up; None where nothing does.

    Digits are the app's and all else is a recovery code, so that a wrong one slows down its own
    kind alone. Each wrong one doubles the pause until the next is looked at.
    """
    code = code.replace(" ", "").replace("-", "").lower()
    model = TOTPDevice if code.isdecimal() else StaticDevice
    with transaction.atomic():
        device = model.objects.select_for_update().filter(user=account, confirmed=True).first()
        return device if device and device.verify_token(code) else None


@transaction.atomic
def turn_on(account: Any, key: str, code: str) -> TOTPDevice | None:
    """Turn the second step on where the code shows that the app has the key, in hex.

    The code counts as used. None where it does not fit.
    """
    totp = TOTP(unhexlify(key))
    if not (code.isdecimal() and totp.verify(int(code), tolerance=1)):
        return None
    forget(account)
    return TOTPDevice.objects.create(
        user=account, name=APP, key=key, last_t=totp.t(), drift=totp.drift
    )


@transaction.atomic
def new_codes(account: Any) -> list[str]:
    """Make a new set of recovery codes, in place of any earlier one."""
    StaticDevice.objects.filter(user=account).delete()
    device = StaticDevice.objects.create(user=account, name=CODES)
    codes = [StaticToken.random_token() for _ in range(HOW_MANY)]
    StaticToken.objects.bulk_create(StaticToken(device=device, token=code) for code in codes)
    return [f"{code[:4]}-{code[4:]}" for code in codes]


def codes_left(account: Any) -> int:
    """How many recovery codes are not used yet."""
    return StaticToken.objects.filter(device__user=account).count()


def forget(account: Any) -> bool:
    """Turn the second step off: the password alone signs in again. False where it was off."""
    StaticDevice.objects.filter(user=account).delete()
    return bool(TOTPDevice.objects.filter(user=account).delete()[0])


def address_of(account: Any, key: str) -> str:
    """Give the address by which an app takes over a key."""
    return TOTPDevice(user=account, key=key).config_url


def picture_of(address: str) -> Picture:
    """Give an address as a QR code."""
    rows = list(segno.make(address, error="m").matrix_iter(border=MARGIN))
    dark = (f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, on in enumerate(row) if on)
    return Picture("".join(dark), len(rows))
