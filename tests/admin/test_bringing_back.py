"""An earlier version comes back only by the hand of an account that may change or add the row."""

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from nutrients.models import Nutrient
from tests import factories
from tests.admin.forms import Screen

pytestmark = pytest.mark.django_db


@pytest.fixture
def iron(no_content, admin_client):
    """Iron, with an earlier version that calls it dull."""
    row = factories.nutrient("iron", verification="two-pages", tagline="Dull")
    row.sources.add(factories.source())
    # As the site ships it: without a version.
    Nutrient.history.all().delete()
    Screen(admin_client, row).save(tagline="Bright")
    return Nutrient.objects.get()


@pytest.fixture
def first(iron):
    """The address of the earlier version."""
    version = Nutrient.history.get(history_type="+")
    return reverse("admin:nutrients_nutrient_simple_history", args=[iron.pk, version.pk])


@pytest.fixture
def typed(first, admin_client):
    """What the form of the earlier version sends."""
    return Screen(admin_client, None, first).data | {"tagline": "Forged"}


@pytest.fixture
def account():
    """Gives a client of a staff account with these permissions alone."""

    def with_permissions(*names):
        user = User.objects.create_user("-".join(names), is_staff=True)
        codes = [f"{name}_nutrient" for name in names]
        user.user_permissions.set(Permission.objects.filter(codename__in=codes))
        client = Client()
        client.force_login(user)
        return client

    return with_permissions


def test_account_that_may_only_view_saves_nothing(account, first, typed):
    versions = Nutrient.history.count()

    assert account("view").post(first, typed).status_code == 403
    assert Nutrient.objects.get().tagline == "Bright"
    assert Nutrient.history.count() == versions


def test_account_that_may_only_view_sees_the_version_and_no_way_to_save_it(account, first):
    page = account("view").get(first)
    form = page.context["adminform"].form

    assert form["tagline"].value() == "Dull"
    assert form["sources"].value() == [source.pk for source in Nutrient.objects.get().sources.all()]
    assert all(field.disabled for field in form.fields.values())
    assert "Bring this version back" not in page.content.decode()


def test_account_that_may_change_brings_a_version_back(account, first, typed):
    answer = account("view", "change").post(first, typed | {"tagline": "Dull"})

    assert answer.status_code == 302
    assert Nutrient.objects.get().tagline == "Dull"


@pytest.mark.parametrize(
    ("permissions", "is_back"),
    [
        (["view"], False),
        (["view", "change"], False),
        (["view", "add"], False),
        (["view", "change", "add"], True),
    ],
)
def test_deleted_row_comes_back_by_who_may_add_one(account, first, typed, permissions, is_back):
    Nutrient.objects.all().delete()
    client = account(*permissions)

    shown = client.get(first)
    assert ("Bring this version back" in shown.content.decode()) is is_back
    assert client.post(first, typed).status_code == (302 if is_back else 403)
    assert Nutrient.objects.exists() is is_back
