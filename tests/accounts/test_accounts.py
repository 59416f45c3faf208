"""Accounts are added by name, password and role; only administrators give rights."""

import re
from unittest.mock import Mock

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.contrib.sessions.models import Session
from django.db import OperationalError
from django.urls import reverse
from django_otp.plugins.otp_totp.models import TOTPDevice

from nutrisite.accounts.models import AccountEvent
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
    form = {"username": "bert", "password1": PASSWORD, "password2": PASSWORD}
    return browser.post(reverse("admin:auth_user_add"), form | fields)


def test_account_that_could_not_sign_in_is_refused(root):
    short = {"password1": "short", "password2": "short"}
    for fields, sentence in (
        ({}, "Choose a role, or make it an administrator."),
        ({"is_superuser": "on", "username": "ROOT"}, "already exists"),
        ({"is_superuser": "on"} | short, "too short"),
        ({"is_superuser": "on", "password2": "quite other words"}, "match"),
    ):
        assert sentence in add(root, **fields).text
    assert User.objects.count() == 1


def test_account_without_roles_cannot_sign_in_and_own_account_is_not_closed(root, anna, admin):
    assert Screen(root, anna).save(groups=[]).status_code == 302
    assert not Browser().sign_in().has_header("Location")

    act(root, "close", anna, admin)
    assert [*User.objects.filter(is_active=True)] == [admin]


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

    assert "Choose a role." in add(browser).content.decode()
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
    link = link_in(add(root, groups=[role], password1="", password2=""))
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
    act(root, "close", anna)
    assert not browser.is_in()


def test_page_whose_session_cannot_be_saved_is_the_fault_of_the_site(root, anna, monkeypatch):
    # The message of an action waits in the session, and is taken out by the next page.
    act(root, "unlock", anna)
    full = OperationalError("database or disk is full")
    monkeypatch.setattr(Session, "save", Mock(side_effect=full))
    page = root.get(reverse(LIST))

    assert page.status_code == 503
    assert "Back in a moment" in page.text


def test_clinician_is_made_by_an_administrator_and_recorded(root, anna):
    clinician = {"clinician-TOTAL_FORMS": "1", "clinician-0-profession": "dietitian"}
    assert Screen(root, anna).save(**clinician).status_code == 302

    assert anna.clinician.profession == "dietitian"
    assert AccountEvent.objects.filter(detail="+ signs as dietitian").exists()
