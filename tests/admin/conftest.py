"""Accounts that open the admin, and forms sent back as a browser would send them."""

import pytest
from django.contrib.auth.models import Group, User
from django.db.models import Window
from django.db.models.functions import RowNumber
from django.test import Client

from nutrients.models import (
    Article,
    Association,
    ChangeNote,
    FoodPortion,
    FoodSource,
    Nutrient,
    NutrientAmount,
    Picture,
    ReferenceIntake,
    SafetyCase,
)
from nutrisite.accounts.models import Clinician
from tests import factories
from tests.admin.forms import Screen

UNDER = ((Association, "nutrient"), (ReferenceIntake, "nutrient"), (NutrientAmount, "nutrient"))


@pytest.fixture(autouse=True)
def _little_content(request):
    """Keep three rows under each parent, and no case of the test book, so that saves are fast.

    A test that needs all of the content requests `cases`.
    """
    if "content" in request.fixturenames and "cases" not in request.fixturenames:
        request.getfixturevalue("content")
        SafetyCase.objects.update(status="draft")
        for model, parent in UNDER:
            number = Window(RowNumber(), partition_by=parent, order_by="pk")
            others = model.objects.annotate(number=number).filter(number__gt=3).values("pk")
            for link in model._meta.many_to_many:
                through = link.remote_field.through._base_manager
                below = through.filter(**{f"{link.m2m_field_name()}__in": others})
                below._raw_delete(below.db)
            rows = model.objects.filter(pk__in=others)
            rows._raw_delete(rows.db)


@pytest.fixture
def cases(content):
    """Keep all of the content, the cases of the test book among it: see `_little_content`."""


@pytest.fixture
def editor(content):
    """Return an account of the Editors group, as an administrator adds it."""
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
    """Open a form: `screen(nutrient)` to change a row, `screen(Nutrient)` to add one."""
    return lambda row, address=None, **rows: Screen(editor_client, row, address, **rows)


@pytest.fixture
def account(content):
    """Return a function that makes an account with a role and returns its client."""

    def with_role(role, name="Carla Mendes", profession=""):
        first, last = name.split()
        names = {"first_name": first, "last_name": last}
        user = User.objects.create_user(first.lower(), is_staff=True, **names)
        user.groups.add(Group.objects.get(name=role))
        if profession:
            Clinician.objects.create(account=user, profession=profession)
        client = Client()
        client.force_login(user)
        return client

    return with_role


@pytest.fixture
def magnesium(content):
    return Nutrient.objects.get(slug="magnesium")


@pytest.fixture
def article(content):
    return Article.objects.get(slug="nutrients-and-muscle-jerking")


@pytest.fixture
def world(no_content):
    """Cramps, for which iron is suggested; swelling with cramps is urgent; a case for each."""
    valid = {"verification": "two-pages", "sources": [factories.source()]}
    iron = factories.nutrient("iron", **valid)
    cramps, swelling = factories.symptom("cramps", **valid), factories.symptom("swelling", **valid)
    factories.association(iron, cramps, **valid)
    flag = factories.flag("clot", "urgent", is_asked=False, **valid)
    factories.rule(flag, symptoms=[cramps, swelling])
    factories.case("iron-for-cramps", [cramps], suggest=[iron])
    factories.case("clot", [cramps, swelling], level="urgent", warn=[flag])


@pytest.fixture
def a_row_of_each(content):
    """One row of each table that editors fill and that ships without any."""
    almonds = FoodSource.objects.get(slug="almonds")
    FoodPortion.objects.create(food=almonds, description="1 handful", grams=28)
    ChangeNote.objects.create(text="It changed.", title="Almonds", address="/foods/almonds/")
    words = {"credit": "Ann", "licence": "Our own", "file_digest": "0" * 16, "data": b"RIFF"}
    Picture.objects.create(slug="leg", is_decorative=True, width=9, height=9, **words)
