"""The audit log of accounts: complete, readable by administrators, and unchangeable."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.urls import reverse
from django.utils import timezone

from nutrisite.accounts.models import AccountEvent, Kind
from tests.accounts.conftest import PASSWORD
from tests.admin.forms import Screen


def events(**lookups):
    return list(AccountEvent.objects.filter(**lookups).values_list("kind", "account", "by"))


@pytest.fixture
def root(root):
    AccountEvent.objects.all().delete()
    return root


def test_signing_in_and_out_is_recorded_with_address_and_the_names_of_accounts_alone(browser, anna):
    browser.sign_in()
    browser.post(reverse("admin:logout"), REMOTE_ADDR="203.0.113.9")
    browser.sign_in(password="some other words")
    browser.sign_in(name="my pa55word by mistake")

    assert events() == [
        ("refused", "a name that nobody has", ""),
        ("refused", "anna", ""),
        ("signed-out", "anna", ""),
        ("signed-in", "anna", ""),
    ]
    assert set(AccountEvent.objects.values_list("address", flat=True)) == {"203.0.113.9"}


def test_changes_of_accounts_and_rights_are_recorded_and_no_account_is_deleted(root, anna):
    bert = {"username": "bert", "password1": PASSWORD, "password2": PASSWORD, "is_superuser": "on"}
    root.post(reverse("admin:auth_user_add"), bert)
    deletion = root.post(reverse("admin:auth_user_delete", args=[anna.pk]), {"post": "yes"})
    Screen(root, anna).save(is_superuser="on", groups=[])
    # A name alone is no right.
    Screen(root, anna).save(first_name="Anna")
    form = Screen(root, anna)
    del form.data["is_active"]
    form.save()

    assert deletion.status_code == 403
    assert not User.objects.get(username="anna").is_active
    by_root = AccountEvent.objects.filter(by="root").values_list("kind", "account", "detail")
    assert [*by_root] == [
        ("rights", "anna", "− open"),
        ("rights", "anna", "+ administrator; − role Editors"),
        ("rights", "bert", "+ administrator, open"),
        ("made", "bert", ""),
    ]


def test_changes_of_passwords_are_recorded_without_the_passwords(root, anna):
    new = "quite other words"
    annas = {"usable_password": "true", "password1": new, "password2": new}
    root.post(reverse("admin:auth_user_password_change", args=[anna.pk]), annas)
    own = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    root.post(reverse("admin:password_change"), own)
    root.post(reverse("admin:password_change"), own)

    assert events() == [("password", "root", ""), ("password", "anna", "root")]
    assert not AccountEvent.objects.filter(detail__contains=new).exists()


def test_administrators_alone_read_the_log_and_nobody_changes_it(root, browser, anna):
    browser.sign_in()
    page = reverse("admin:accounts_accountevent_changelist")
    row = AccountEvent.objects.latest("at")
    assert "anna" in root.get(page).text
    assert root.get(page, {"q": "anna", "kind__exact": "signed-in"}).status_code == 200

    for name in ("change", "delete"):
        address = reverse(f"admin:accounts_accountevent_{name}", args=[row.pk])
        assert root.post(address, {"post": "yes"}).status_code == 403
    assert root.get(reverse("admin:accounts_accountevent_add")).status_code == 403
    assert browser.get(page).status_code == 403


def test_sign_in_deletes_events_older_than_a_year_and_ended_sessions(browser, anna):
    now = timezone.now()
    AccountEvent.objects.create(at=now - timedelta(days=366), kind=Kind.MADE, account="old")
    AccountEvent.objects.create(at=now - timedelta(days=364), kind=Kind.MADE, account="recent")
    Session.objects.create(session_key="old", session_data="", expire_date=now - timedelta(days=1))
    browser.sign_in()

    assert set(AccountEvent.objects.filter(kind=Kind.MADE).values_list("account")) == {("recent",)}
    assert not Session.objects.filter(session_key="old").exists()

    # A session lasts a working day.
    assert browser.cookies["sessionid"]["max-age"] == 12 * 3600
