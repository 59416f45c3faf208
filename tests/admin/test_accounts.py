"""Who may do what: editors change content and nothing else, and accounts are made on purpose."""

import io

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission, User
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.test import Client
from django.urls import reverse

from nutrients.models import Nutrient
from tests.admin.forms import INSIST

GOOD = "three plain words\n"


def test_editors_may_do_everything_with_content_and_nothing_else(content):
    held = Group.objects.get(name="Editors").permissions
    offered = Permission.objects.filter(content_type__app_label="nutrients").exclude(
        content_type__model__startswith="historical"
    )
    content_only = {
        permission.codename
        for permission in offered
        if permission.content_type.model not in {"shippedrow"}
        and permission.content_type.model_class() is not None
        and hasattr(permission.content_type.model_class(), "history")
    }

    # A correction may be reworded, with its versions kept, and does not go away.
    content_only.remove("delete_changenote")
    # A newer release lists these, and an editor chooses: none is made or deleted by hand.
    content_only |= {"view_shippedchange", "change_shippedchange"}
    assert {permission.codename for permission in held.all()} == content_only
    assert not held.exclude(content_type__app_label="nutrients").exists()


@pytest.mark.parametrize("page", ["auth_user", "auth_group"])
def test_editors_see_no_accounts(page, editor_client):
    assert editor_client.get(reverse(f"admin:{page}_changelist")).status_code == 403
    assert "/auth/" not in editor_client.get(reverse("admin:index")).content.decode()


def test_administrators_see_accounts(admin_client):
    assert admin_client.get(reverse("admin:auth_user_changelist")).status_code == 200
    assert "Accounts" in admin_client.get(reverse("admin:index")).content.decode()


def test_strangers_are_sent_to_the_login_page(client, content):
    response = client.get(reverse("admin:nutrients_nutrient_changelist"))

    assert response.status_code == 302
    assert response["Location"].startswith(reverse("admin:login"))


def test_account_without_the_group_changes_nothing(content):
    account = User.objects.create_user("bert", password="a long password", is_staff=True)
    client = Client()
    client.force_login(account)
    nutrient = Nutrient.objects.first()

    url = reverse("admin:nutrients_nutrient_change", args=[nutrient.pk])
    assert client.post(url, {"name": "Other"}).status_code == 403


@pytest.mark.django_db(transaction=True)
def test_group_is_removed_and_made_again_by_its_migration():
    latest = MigrationExecutor(connection).loader.graph.leaf_nodes("nutrients")
    group = Group.objects.filter(name="Editors")
    MigrationExecutor(connection).migrate([("nutrients", "0002_history")])
    assert not group.exists()

    MigrationExecutor(connection).migrate(latest)

    assert group.get().permissions.filter(codename="change_nutrient").exists()


def make_admin(monkeypatch, *arguments, typed=GOOD):
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    out = io.StringIO()
    call_command("make_admin", *arguments, stdout=out)
    return out.getvalue()


def test_make_admin_makes_an_administrator(monkeypatch, db):
    said = make_admin(monkeypatch, "anna")
    account = User.objects.get(username="anna")

    assert "administrator “anna”" in said
    assert "Sign in at http://testserver/admin/" in said
    assert "second step" in said
    assert account.is_superuser
    assert account.check_password("three plain words")


def test_make_admin_makes_an_editor_who_can_sign_in(monkeypatch, content):
    make_admin(monkeypatch, "--editor", "anna")
    client = Client()

    assert not User.objects.get(username="anna").is_superuser
    sent = {"username": "anna", "password": "three plain words"}
    assert client.post(reverse("admin:login"), sent).status_code == 302
    assert client.get(reverse("admin:nutrients_nutrient_changelist")).status_code == 200


@pytest.mark.parametrize(
    ("arguments", "typed", "sentence"),
    [
        ([], GOOD, "Give the name"),
        (["anna"], "\n", "too short"),
        (["anna"], "password1234\n", "too common"),
        (["anna"], "839201748392\n", "entirely numeric"),
        (["not a name!"], GOOD, "valid username"),
    ],
)
def test_make_admin_says_what_is_wrong_and_makes_nothing(
    arguments, typed, sentence, monkeypatch, db
):
    with pytest.raises(CommandError, match=sentence):
        make_admin(monkeypatch, *arguments, typed=typed)

    assert not User.objects.exists()


def test_make_admin_refuses_a_name_that_is_taken(monkeypatch, db):
    make_admin(monkeypatch, "anna")

    with pytest.raises(CommandError, match="already exists"):
        make_admin(monkeypatch, "anna")


def test_make_admin_asks_for_the_password_twice_at_a_terminal(monkeypatch, db):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    answers = iter(["three plain words", "three plain word"])
    monkeypatch.setattr("sys.stdin", Terminal())
    monkeypatch.setattr("getpass.getpass", lambda prompt: next(answers))

    with pytest.raises(CommandError, match="differ"):
        call_command("make_admin", "anna")
    assert not User.objects.exists()


def test_edit_shows_on_the_public_pages_at_once(screen, content):
    nutrient = Nutrient.objects.get(slug="magnesium")
    assert screen(nutrient).save(tagline="Does something else").status_code == 302
    reader = Client()

    for page in ("nutrients:nutrient", "nutrients:compare"):
        url = reverse(page, args=["magnesium"] if page == "nutrients:nutrient" else [])
        response = reader.get(url)
        assert "Does something else" in response.content.decode(), url
        assert not response.cookies


def test_edit_of_a_section_shows_in_its_article_at_once(screen, content):
    section = Nutrient.objects.get(slug="magnesium").articles.first().sections.first()
    assert screen(section).save(body="Quite other words.").status_code == 302

    page = Client().get(section.article.get_absolute_url()).content.decode()

    assert "Quite other words." in page


def test_draft_leaves_the_public_pages_at_once(screen, content):
    nutrient = Nutrient.objects.get(slug="magnesium")
    screen(nutrient).save(status="draft", **INSIST)

    assert Client().get(nutrient.get_absolute_url()).status_code == 404


def test_who_changed_what_is_in_the_log(screen, content, editor):
    screen(Nutrient.objects.get(slug="magnesium")).save(tagline="Calms muscle and nerve")

    assert [entry.user for entry in LogEntry.objects.all()] == [editor]
