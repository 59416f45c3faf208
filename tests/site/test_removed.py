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
    """Return a function that deletes a row as an editor does; no test case or rule blocks it."""
    SafetyCase.objects.update(status=Status.DRAFT)
    RedFlagRule.objects.all().delete()

    def deleted(row):
        name = f"admin:nutrients_{row._meta.model_name}_delete"
        admin_client.post(reverse(name, args=[row.pk]), {"post": "yes", **GONE})
        assert not type(row).objects.filter(pk=row.pk).exists()

    return deleted


@pytest.mark.parametrize("model", [Article, FoodSource, Nutrient, Symptom])
def test_deleted_page_is_gone_leads_on_and_may_come_back(client, delete, model):
    # The last nutrient has the fewest articles, which keep a version each.
    row = model.objects.published(at=timezone.now()).last()
    address = row.get_absolute_url()
    assert client.get(address).status_code == 200
    delete(row)
    answer = client.get(address)

    assert answer.status_code == 410
    assert REMOVED in answer.content.decode()
    assert 'href="/changes/"' in answer.content.decode()
    if model is Nutrient:
        row.save()
        assert client.get(address).status_code == 200


def test_draft_that_was_deleted_was_never_a_page(client, delete):
    row = FoodSource.objects.filter(status="draft").first()
    delete(row)

    assert client.get(row.get_absolute_url()).status_code == 404
