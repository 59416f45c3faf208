"""Two-factor sign-in: optional, required of roles, and not to be bypassed."""

import pytest
from django.urls import reverse
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from nutrisite.accounts.models import AccountEvent
from tests.accounts.conftest import Browser
from tests.test_settings import settings_with


@pytest.fixture
def armed(browser, anna):
    """Return a browser that has just turned two-factor on, its app and its recovery codes."""
    browser.sign_in()
    app, codes = browser.turn_second_step_on()
    return browser, app, codes


def test_key_is_shown_until_the_right_code_turns_two_factor_on(browser, anna):
    earlier = Browser()
    earlier.sign_in()
    browser.sign_in()
    page = browser.get(reverse("admin:second_step"))
    assert "otpauth://totp/Nutrisite" in page.text
    assert "no-store" in page["Cache-Control"]
    for code in ("000000", "abcdef", "", "²²²²²²", "9" * 20, "-1"):
        answer = browser.second_step(code)
        assert answer.status_code == 200
        assert answer.context["form"].errors
    assert not TOTPDevice.objects.exists()
    assert earlier.is_in()

    browser.turn_second_step_on()
    assert "second_step_key" not in browser.session
    assert "otpauth" not in browser.get(reverse("admin:second_step")).text
    # Other sessions end.
    assert browser.is_in()
    assert not earlier.is_in()


@pytest.mark.parametrize("code", ["", "000000", "zzzz-zzzz", "\0", "x" * 21])
def test_password_without_the_right_code_is_refused_like_a_wrong_password(armed, code):
    other = Browser()
    answer = other.sign_in(token=code)

    assert answer.status_code == 200
    assert not other.is_in()
    if code in {"", "000000"}:
        wrong = other.sign_in(password="other words here", token=code)
        assert wrong.context["form"].errors == answer.context["form"].errors


@pytest.mark.parametrize("device", ["the app", "a recovery code"])
def test_code_signs_in_once(armed, device):
    _, app, codes = armed
    code = app.code() if device == "the app" else codes[0].upper().replace("-", " ")
    first, second = Browser(), Browser()
    first.sign_in(token=code)
    second.sign_in(token=code)

    assert first.is_in()
    assert not second.is_in()
    assert AccountEvent.objects.filter(detail=f"with {device}").count() == 1
    left = 10 if device == "the app" else 9
    assert f"{left} recovery codes left" in first.get(reverse("admin:second_step")).text


def test_new_codes_replace_the_old_and_turn_two_factor_off(armed):
    browser, _, codes = armed
    new_codes = browser.second_step(codes[0], "codes").context["codes"]
    other = Browser()
    other.sign_in(token=codes[1])
    assert len(new_codes) == 10
    assert not other.is_in()

    # A wrong code makes the next one wait.
    StaticDevice.objects.update(throttling_failure_count=0, throttling_failure_timestamp=None)
    browser.second_step("zzzz-zzzz", "off")
    assert TOTPDevice.objects.exists()
    StaticDevice.objects.update(throttling_failure_count=0, throttling_failure_timestamp=None)
    assert browser.second_step(new_codes[0], "off").status_code == 302
    assert not TOTPDevice.objects.exists()
    assert browser.is_in()
    kinds = ["second-step-off", "refused", "new-codes", "second-step-on", "signed-in"]
    assert [*AccountEvent.objects.values_list("kind", flat=True)] == kinds


def test_required_two_factor_is_set_up_before_anything_else(browser, anna, settings):
    settings.SECOND_STEP_FOR = "everyone"
    browser.sign_in()
    page = reverse("admin:second_step")
    for name in ("admin:index", "admin:nutrients_nutrient_changelist"):
        assert browser.get(reverse(name)).headers["Location"] == page
    assert browser.post(reverse("admin:nutrients_nutrient_add"), {}).headers["Location"] == page

    _, codes = browser.turn_second_step_on()
    assert browser.is_in()
    browser.second_step(codes[0], "off")
    assert TOTPDevice.objects.exists()


def test_administrators_need_two_factor_by_default_and_see_no_keys(browser, anna, root, settings):
    assert root.get("/admin/otp_totp/totpdevice/").status_code == 404
    assert "otp_" not in root.get(reverse("admin:index")).text

    settings.SECOND_STEP_FOR = settings_with().SECOND_STEP_FOR
    browser.sign_in()
    assert browser.is_in()
    assert not root.is_in()
