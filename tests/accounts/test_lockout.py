"""Lockout after failed sign-ins: by account and network, and for a limited time."""

from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.urls import reverse
from django.utils import timezone

from nutrisite.accounts.models import AccountEvent
from tests.accounts.conftest import Browser
from tests.admin.forms import act
from tests.site.pages import text_of

TRIES = 3


@pytest.fixture(autouse=True)
def _few_tries(settings):
    settings.AXES_FAILURE_LIMIT = TRIES


def fail(times, **options):
    for _ in range(times):
        answer = Browser().sign_in(password="some other words", **options)
    return answer


def test_account_is_closed_from_one_network_even_to_the_right_password(anna, settings):
    fail(TRIES - 1)
    assert Browser().sign_in().status_code == 302

    fail(TRIES)
    other = Browser()
    answer = other.sign_in()
    assert answer.status_code == 429
    assert "closed for sign-ins from the network you are on, for 15 minutes" in text_of(answer)
    assert not other.is_in()
    settings.AXES_COOLOFF_TIME = timedelta(minutes=1440)
    assert "for 1440 minutes" in text_of(fail(1))
    # The site stays open to that network.
    for address in ("/compare/", reverse("admin:login")):
        assert Browser().get(address, REMOTE_ADDR="203.0.113.9").status_code == 200


def test_neither_a_stranger_nor_a_colleague_locks_an_editor_out(anna, root):
    fail(TRIES, address="198.51.100.1")
    fail(TRIES, name="root")
    assert Browser().sign_in().status_code == 302

    # An IPv6 network counts as one.
    for number in range(TRIES):
        fail(1, address=f"2001:db8::{number}")
    assert Browser().sign_in(address="2001:db8::ffff").status_code == 429
    assert Browser().sign_in(address="2001:db8:0:1::1").status_code == 302
    act(root, "unlock", anna)
    assert Browser().sign_in(address="2001:db8::ffff").status_code == 302


def test_failures_from_an_unknown_network_close_their_account_alone(anna, settings):
    # One proxy adds its address, although two are configured.
    settings.BEHIND_PROXY, settings.PROXY_COUNT = True, 2
    for number in range(TRIES + 1):
        fail(1, name=f"guess-{number}")
    assert Browser().sign_in().status_code == 302

    fail(TRIES)
    assert Browser().sign_in().status_code == 429


def test_wrong_code_counts_as_a_wrong_password(browser, anna):
    browser.sign_in()
    browser.turn_second_step_on()
    for _ in range(TRIES):
        answer = Browser().sign_in(token="000000")

    assert answer.status_code == 429


def test_lock_expires_and_a_flood_of_tries_neither_prolongs_it_nor_fills_a_table(anna):
    fail(TRIES + 5)
    begun = AccessAttempt.objects.get().attempt_time
    fail(25)
    assert AccessAttempt.objects.get().attempt_time == begun
    assert AccountEvent.objects.count() <= TRIES + 1

    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=15, seconds=1))
    assert Browser().sign_in().status_code == 302
    assert not AccessAttempt.objects.exists()


def test_failed_sign_in_stores_no_password_no_code_and_no_unknown_name(anna, capfd):
    fail(1, token="123456")
    fail(TRIES, name="my pa55word by mistake")
    stored = "".join(str(value) for row in AccessAttempt.objects.values() for value in row.values())

    assert "anna" in stored
    assert AccessAttempt.objects.count() == 2
    for secret in ("some other words", "123456", "pa55word"):
        assert secret not in stored
    assert "AXES" not in "".join(capfd.readouterr())
