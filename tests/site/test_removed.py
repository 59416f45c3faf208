"""A page whose row was deleted is gone for good, and says so; any other lost address is a 404."""

import pytest
from django.urls import reverse
from django.utils import timezone

from nutrients.models import (
    Article,
    FoodSource,
    Nutrient,
    RedFlagRule,
    SafetyCase,
    Status,
    Symptom,
)
from tests.admin.forms import GONE

REMOVED = "This page was taken down"


@pytest.fixture
def delete(admin_client, content):
    """Deletes a row as an editor does. No case of the test book minds."""
    SafetyCase.objects.update(status=Status.DRAFT)
    RedFlagRule.objects.all().delete()

    def deleted(row):
        name = f"admin:nutrients_{row._meta.model_name}_delete"
        admin_client.post(reverse(name, args=[row.pk]), {"post": "yes", **GONE})
        assert not type(row).objects.filter(pk=row.pk).exists()

    return deleted


@pytest.mark.parametrize("model", [Article, FoodSource, Nutrient, Symptom])
def test_deleted_page_is_gone_and_leads_on(client, delete, model):
    row = model.objects.published(at=timezone.now()).first()
    address = row.get_absolute_url()
    assert client.get(address).status_code == 200
    delete(row)
    answer = client.get(address)

    assert answer.status_code == 410
    assert REMOVED in answer.content.decode()
    assert 'href="/changes/"' in answer.content.decode()


def test_draft_that_was_deleted_was_never_a_page(client, delete):
    row = Nutrient.objects.first()
    row.status = Status.DRAFT
    row.save()
    delete(row)

    assert client.get(row.get_absolute_url()).status_code == 404


def test_page_that_came_back_under_its_address_is_there(client, delete):
    row = Nutrient.objects.get(slug="magnesium")
    delete(row)
    assert client.get("/nutrients/magnesium/").status_code == 410
    row.save()

    assert client.get("/nutrients/magnesium/").status_code == 200


@pytest.mark.parametrize("address", ["/nutrients/nope/", "/foods/nope/", "/nope/"])
def test_page_that_never_was_is_not_found(client, content, address):
    assert client.get(address).status_code == 404
