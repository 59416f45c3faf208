"""The version of the content: it moves on with every edit, and only then."""

from datetime import UTC, datetime, timedelta

import pytest

from nutrients.models import Nutrient, NutrientAmount
from nutrients.queries.version import content_version

pytestmark = pytest.mark.usefixtures("content")
SHIPPED = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.fixture
def later():
    return datetime.now(UTC) + timedelta(days=2)


def test_shipped_content_has_the_version_of_its_own_day(later):
    version = content_version(at=later)

    assert version.changed_at == SHIPPED
    assert version.label == "2026-11-22.000000"


def test_edit_moves_it_on(later):
    Nutrient.objects.get(slug="magnesium").save()

    assert content_version(at=later).changed_at > SHIPPED


def test_edit_of_a_figure_moves_it_on(later):
    NutrientAmount.objects.first().save()

    assert content_version(at=later).changed_at > SHIPPED


def test_deletion_moves_it_on(later):
    NutrientAmount.objects.first().delete()

    assert content_version(at=later).changed_at > SHIPPED


def test_row_shown_from_a_date_moves_it_on_at_that_date(later):
    Nutrient.objects.filter(slug="magnesium").update(publish_at=later)

    assert content_version(at=later - timedelta(seconds=1)).changed_at == SHIPPED
    assert content_version(at=later).changed_at == later


def test_labels_sort_as_versions_do(later):
    before = content_version(at=later).label
    Nutrient.objects.get(slug="magnesium").save()

    assert before < content_version(at=later).label


def test_empty_site_has_no_version(no_content, later):
    assert content_version(at=later) is None


def test_it_costs_one_query(later, django_assert_num_queries):
    with django_assert_num_queries(1):
        content_version(at=later)
