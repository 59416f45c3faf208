"""Accounts that open the admin, and forms sent back as a browser would send them."""

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from nutrients.models import SafetyCase
from tests.admin.forms import Screen


@pytest.fixture(autouse=True)
def _no_cases(request):
    """A test book without cases, as running the shipped ones takes seconds a save.

    Tests of the guard ask for `cases`.
    """
    if "content" in request.fixturenames and "cases" not in request.fixturenames:
        request.getfixturevalue("content")
        SafetyCase.objects.update(status="draft")


@pytest.fixture
def cases(content):
    """The shipped cases of the test book, which count."""


@pytest.fixture
def editor(content):
    """An account of the Editors group, as an administrator adds it."""
    account = User.objects.create_user("anna", password="a long password", is_staff=True)
    account.groups.add(Group.objects.get(name="Editors"))
    return account


@pytest.fixture
def editor_client(editor):
    client = Client()
    client.force_login(editor)
    return client


@pytest.fixture
def screen(editor_client):
    """Opens a form: `screen(nutrient)` to change a row, `screen(Nutrient)` to add one."""
    return lambda row, address=None: Screen(editor_client, row, address)
