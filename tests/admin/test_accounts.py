"""Who may do what: editors change content and nothing else, and readers see it at once."""

import pytest
import reversion
from django.contrib.auth.models import Group, Permission, User
from django.test import Client
from django.urls import reverse

from nutrients.models import Nutrient
from tests.admin.forms import GONE


def test_editors_may_do_everything_with_content_and_nothing_else(content):
    held = Group.objects.get(name="Editors").permissions
    kept = {model._meta.model_name for model in reversion.get_registered_models()}
    offered = Permission.objects.filter(content_type__app_label="nutrients")
    content_only = set(
        offered.filter(content_type__model__in=kept).values_list("codename", flat=True)
    )

    # A correction may be reworded, with its versions kept, and does not go away.
    content_only.remove("delete_changenote")
    # A newer release lists these, and an editor chooses: none is made or deleted by hand.
    content_only |= {"view_shippedchange", "change_shippedchange", "view_bookoverride"}
    # Proposals are begun in the form of a row, and what the checks found is only read.
    content_only |= {"view_keptproblem", "add_proposal", "change_proposal", "view_proposal"}
    content_only |= {"publish_proposal", "sign_as_editor"}
    # What readers get at the addresses of pages that are gone has no versions.
    content_only |= {f"{action}_redirect" for action in ("add", "change", "delete", "view")}
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
    screen(nutrient).save(status="draft", **GONE)

    assert Client().get(nutrient.get_absolute_url()).status_code == 404
