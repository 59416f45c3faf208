"""Accounts that sign in on the page, as people do."""

import re
from time import time
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse
from django_otp.oath import TOTP

NAME, PASSWORD = "anna", "three plain words"


@pytest.fixture
def anna(content):
    account = User.objects.create_user(NAME, password=PASSWORD, is_staff=True)
    account.groups.add(Group.objects.get(name="Editors"))
    return account


@pytest.fixture
def admin(content):
    return User.objects.create_superuser("root", password=PASSWORD)


class Browser(Client):
    """A client that fills in the sign-in page and the page of the second step."""

    def sign_in(self, password=PASSWORD, name=NAME, token="", address="203.0.113.9"):
        form = {"username": name, "password": password, "token": token, "next": "/admin/"}
        return self.post(reverse("admin:login"), form, REMOTE_ADDR=address)

    def is_in(self):
        return self.get(reverse("admin:index")).status_code == 200

    def second_step(self, code, wish="on"):
        return self.post(reverse("admin:second_step"), {"code": code, "wish": wish})

    def turn_second_step_on(self):
        """Turn it on; return the app and the recovery codes."""
        page = self.get(reverse("admin:second_step")).text
        assert "<path" in page
        app = App(self.session["second_step_key"])
        answer = self.second_step(app.code())
        codes = re.findall(r"<li><code>(\w{4}-\w{4})</code>", answer.text)
        assert len(codes) == 10
        return app, codes


class App:
    """An authenticator app whose clock advances one step with each code."""

    def __init__(self, key):
        self.totp = TOTP(bytes.fromhex(key))
        self.steps = -1

    def code(self):
        self.totp.drift = self.steps
        self.steps += 1
        return f"{self.totp.token():06d}"


@pytest.fixture
def browser(monkeypatch):
    # A code of an app holds for 30 seconds, which must not end within a test.
    now = time()
    clock = SimpleNamespace(time=lambda: now)
    monkeypatch.setattr("django_otp.oath.time", clock.time)
    monkeypatch.setattr("django_otp.plugins.otp_totp.models.time", clock)
    return Browser()


@pytest.fixture
def root(admin):
    """Return the browser of an administrator, signed in."""
    browser = Browser()
    browser.sign_in(name="root")
    return browser
