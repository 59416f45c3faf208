"""Accounts are added by name and role, by administrators alone, and are logged."""

import re
from datetime import timedelta
from unittest.mock import Mock

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.contrib.sessions.models import Session
from django.db import OperationalError
from django.urls import reverse
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

from nutrisite.accounts.models import AccountEvent, EventKind
from tests.accounts.conftest import PASSWORD, Browser
from tests.admin.forms import Screen, act, messages_of

LIST = "admin:auth_user_changelist"


@pytest.fixture
def helper(content):
    """Return a function that signs in an account with these permissions on accounts."""

    def sign_in(*codenames):
        account = User.objects.create_user("help", password=PASSWORD, is_staff=True)
        account.user_permissions.set(Permission.objects.filter(codename__in=codenames))
        browser = Browser()
        browser.sign_in(name="help")
        return browser

    return sign_in


def add(browser, **fields):
    return browser.post(reverse("admin:auth_user_add"), {"username": "bert"} | fields)


def close(browser, account):
    form = Screen(browser, account)
    del form.data["is_active"]
    form.save()


def test_account_that_could_not_sign_in_is_refused_and_none_without_roles_does(root, anna):
    for fields, sentence in (
        ({}, "Choose a role, or make it an administrator."),
        ({"is_superuser": "on", "username": "ROOT"}, "already exists"),
    ):
        assert sentence in add(root, **fields).text
    assert User.objects.count() == 2
    assert Screen(root, anna).save(groups=[]).status_code == 302
    assert 'name="initial-groups"' not in Screen(root, anna).save(groups=["0"]).text
    assert not Browser().sign_in().has_header("Location")


@pytest.mark.parametrize(
    ("rights", "remaining"),
    [(["view_user"], {"anna", "root"}), (["view_user", "change_user"], {"root"})],
)
def test_staff_who_may_change_accounts_turn_off_two_factor_of_editors_alone(
    helper, anna, admin, rights, remaining
):
    for account in (anna, admin):
        TOTPDevice.objects.create(user=account, name="app", confirmed=True)
    browser = helper(*rights)
    for account in (anna, admin):
        act(browser, "turn_off_second_step", account)

    assert {device.user.username for device in TOTPDevice.objects.all()} == remaining


def test_staff_reach_no_administrator_and_give_no_rights(helper, anna, admin):
    browser = helper("view_user", "add_user", "change_user")
    form = {"post": "yes", "password1": "quite other words", "password2": "quite other words"}

    assert "root" not in browser.get(reverse(LIST)).text
    for page in ("change", "password_change"):
        address = reverse(f"admin:auth_user_{page}", args=[admin.pk])
        assert browser.get(address).status_code in {302, 404}
        browser.post(address, form)
    admin.refresh_from_db()
    assert admin.check_password(PASSWORD)

    rights = {"is_superuser": "on", "groups": ["1"]}
    me = Screen(browser, User.objects.get(username="help"))
    assert "clinician-0-profession" not in me.data
    me.save(first_name="Helping", **rights)
    add(browser, **rights)
    assert User.objects.get(username="help").first_name == "Helping"
    # The new account waits for a role.
    for account in User.objects.filter(username__in=["help", "bert"]):
        assert [account.is_superuser, account.groups.exists()] == [False, False]
    assert not User.objects.get(username="bert").is_staff


def test_administrators_without_the_tick_give_a_new_account_one_of_their_roles(helper, content):
    browser = helper()
    User.objects.get(username="help").groups.add(Group.objects.get(name="Administrators"))
    roles = {group.name: group.pk for group in Group.objects.all()}
    page = browser.get(reverse("admin:auth_user_add"))
    offered = page.context["adminform"].form.fields["groups"].queryset
    assert {group.name for group in offered} == {"Administrators", "Editors", "Writers"}
    assert "May do everything" not in page.text

    assert "Choose a role." in add(browser).text
    add(browser, groups=[roles["Safety"]])
    assert not User.objects.filter(username="bert").exists()
    add(browser, groups=[roles["Editors"]], is_superuser="on")

    bert = User.objects.get(username="bert")
    assert [bert.is_staff, bert.is_superuser] == [True, False]
    assert [group.name for group in bert.groups.all()] == ["Editors"]


def link_in(response):
    return re.search(r"/admin/choose/\S+?/\S+?/", str(messages_of(response)))[0]


def choose_password(link, password=PASSWORD):
    browser = Browser()
    page = browser.get(link, follow=True)
    address = page.redirect_chain[-1][0] if page.redirect_chain else link
    form = {"new_password1": password, "new_password2": password}
    return browser, browser.post(address, form)


def test_editor_is_added_by_name_and_role_and_chooses_a_password_by_a_link(root):
    role = Group.objects.get(name="Editors").pk
    page = root.get(reverse("admin:auth_user_add")).text
    assert f'type="checkbox" name="groups" value="{role}"' in page
    link = link_in(add(root, groups=[role]))
    assert not User.objects.get(username="bert").has_usable_password()

    bert, response = choose_password(link)
    assert response.status_code == 302
    bert.sign_in(name="bert")
    assert bert.get(reverse("admin:nutrients_nutrient_changelist")).status_code == 200
    assert bert.get(reverse(LIST)).status_code == 403

    choose_password(link, "quite other words")
    assert "ask an administrator for a new link" in Browser().get(link).text
    assert User.objects.get(username="bert").check_password(PASSWORD)


def test_forgotten_password_is_chosen_again_by_a_link(root, anna):
    browser, response = choose_password(link_in(act(root, "make_link", anna)), "quite other words")

    assert response.status_code == 302
    browser.sign_in(password="quite other words")
    assert browser.is_in()
    kinds = AccountEvent.objects.filter(account="anna").values_list("kind", flat=True)
    assert [*kinds] == ["signed-in", "password", "link"]
    close(root, anna)
    assert not browser.is_in()
    assert "anna is closed" in str(messages_of(act(root, "make_link", anna)))
    assert "is_active" not in Screen(root, User.objects.get(username="root")).data


def test_page_whose_session_cannot_be_saved_is_the_fault_of_the_site(root, anna, monkeypatch):
    # The message of an action waits in the session, and is taken out by the next page.
    act(root, "unlock", anna)
    full = OperationalError("database or disk is full")
    monkeypatch.setattr(Session, "save", Mock(side_effect=full))
    page = root.get(reverse(LIST))

    assert page.status_code == 503
    assert "Back in a moment" in page.text


def events(**lookups):
    return list(AccountEvent.objects.filter(**lookups).values_list("kind", "account", "by"))


def test_signing_in_and_out_is_recorded_with_address_and_the_names_of_accounts_alone(browser, anna):
    browser.sign_in()
    browser.post(reverse("admin:logout"), REMOTE_ADDR="203.0.113.9")
    browser.sign_in(password="some other words")
    browser.sign_in(name="my pa55word by mistake")

    assert events() == [
        ("refused", "an unknown name", ""),
        ("refused", "anna", ""),
        ("signed-out", "anna", ""),
        ("signed-in", "anna", ""),
    ]
    assert set(AccountEvent.objects.values_list("address", flat=True)) == {"203.0.113.9"}


def test_changes_of_accounts_and_rights_are_recorded_and_no_account_is_deleted(root, anna):
    add(root, is_superuser="on")
    deletion = root.post(reverse("admin:auth_user_delete", args=[anna.pk]), {"post": "yes"})
    Screen(root, anna).save(is_superuser="on", groups=[])
    # A name alone is no right.
    Screen(root, anna).save(first_name="Anna")
    clinician = {"clinician-TOTAL_FORMS": "1", "clinician-0-profession": "dietitian"}
    stale = Screen(root, anna)
    assert stale.save(**clinician).status_code == 302
    close(root, anna)
    stale.save(email="anna@example.org")

    assert deletion.status_code == 403
    assert anna.clinician.profession == "dietitian"
    assert User.objects.filter(email="anna@example.org", is_active=False).exists()
    by_root = AccountEvent.objects.filter(by="root").values_list("kind", "account", "detail")
    assert [*by_root] == [
        ("rights", "anna", "− open"),
        ("rights", "anna", "+ signs as dietitian"),
        ("rights", "anna", "+ administrator; − role Editors"),
        ("link", "bert", ""),
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

    assert events(kind="password") == [("password", "root", ""), ("password", "anna", "root")]
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
    AccountEvent.objects.create(at=now - timedelta(days=366), kind=EventKind.MADE, account="old")
    AccountEvent.objects.create(at=now - timedelta(days=364), kind=EventKind.MADE, account="recent")
    Session.objects.create(session_key="old", session_data="", expire_date=now - timedelta(days=1))
    browser.sign_in()

    events = AccountEvent.objects.filter(kind=EventKind.MADE)
    assert set(events.values_list("account")) == {("recent",)}
    assert not Session.objects.filter(session_key="old").exists()

    # A session lasts a working day.
    assert browser.cookies["sessionid"]["max-age"] == 12 * 3600
