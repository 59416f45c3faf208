"""The version of the content changes with every edit, and only then."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db.models import Max
from django.urls import reverse

from nutrients import content as loading
from nutrients.common.version import content_version
from nutrients.models import FoodGroup, ShippedRow
from tests.content.fixture_files import food, group, source, write

pytestmark = pytest.mark.usefixtures("content")
FIRST, SECOND = datetime(2026, 11, 23, 9, 30, tzinfo=UTC), datetime(2026, 11, 24, tzinfo=UTC)


@pytest.fixture
def later():
    return datetime.now(UTC) + timedelta(days=2)


def test_load_changes_the_version_only_if_it_brings_something(no_content, tmp_path, later):
    files = write(tmp_path, [source(), group()], [food()])
    assert content_version(at=later) is None
    loading.load(files, at=FIRST)
    loading.load(files, at=SECOND)

    version = content_version(at=later)
    assert version.changed_at == FIRST
    assert version.label == "2026-11-23.093000"

    loading.load(write(tmp_path, [source(), group()], [food()], [source("tale")]), at=SECOND)
    assert content_version(at=later).changed_at == SECOND


@pytest.mark.parametrize("screen", ["change", "delete"])
def test_edit_of_a_row_without_a_date_changes_the_version(admin_client, later, screen):
    loaded_at = ShippedRow.objects.aggregate(last=Max("loaded_at"))["last"]
    group = FoodGroup.objects.create(slug="kernels", name="Kernels")
    address = reverse(f"admin:nutrients_foodgroup_{screen}", args=[group.pk])
    admin_client.post(address, {"name": "Stones", "position": "9", "post": "yes"})

    assert not FoodGroup.objects.filter(name="Kernels").exists()
    assert content_version(at=later).changed_at > loaded_at
