"""The health checks of load balancers and supervisors."""

from datetime import UTC, datetime
from unittest.mock import Mock

import pytest
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder

from tests import factories
from tests.content.fixture_files import load, source, write

pytestmark = pytest.mark.postgresql


# Without the database fixture, any query of /healthz would fail this test.
@pytest.mark.parametrize(
    "address", ["/healthz", pytest.param("/readyz", marks=pytest.mark.django_db)]
)
def test_health_pages_are_plain_text_and_not_cached(client, address):
    response = client.get(address)

    assert (response.status_code, response.content) == (200, b"ok\n")
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert "no-store" in response["Cache-Control"]


def test_readyz_that_is_not_ready_gives_no_reason(client, db, monkeypatch):
    MigrationRecorder.Migration.objects.filter(app="nutrients").latest("id").delete()
    not_migrated = client.get("/readyz")
    refuse = Mock(side_effect=OperationalError("connection to 10.0.0.7 as nutrisite failed"))
    monkeypatch.setattr(MigrationRecorder, "applied_migrations", refuse)
    for response in (not_migrated, client.get("/readyz")):
        assert (response.status_code, response.content) == (503, b"not ready\n")


@pytest.mark.parametrize(
    ("room", "is_writable", "status"),
    [(51_000_000, True, 200), (49_000_000, True, 503), (51_000_000, False, 503)],
)
def test_readyz_on_a_disk_that_is_full_or_cannot_be_written_is_not_ready(
    client, db, monkeypatch, room, is_writable, status
):
    monkeypatch.setattr(connection, "vendor", "sqlite")
    disk_usage = Mock(return_value=Mock(free=room))
    monkeypatch.setattr("nutrisite.health.shutil.disk_usage", disk_usage)
    monkeypatch.setattr("nutrisite.health.os.access", lambda folder, mode: is_writable)

    assert client.get("/readyz").status_code == status


def test_readyz_with_a_clock_behind_the_content_names_both_moments(
    client, content, monkeypatch, caplog
):
    monkeypatch.setattr("nutrisite.health.timezone.now", lambda: datetime(2024, 1, 1, tzinfo=UTC))

    assert client.get("/readyz").status_code == 503
    assert "the clock says 2024-01-01" in caplog.text
    assert "public from 2026-11-22" in caplog.text


def test_load_warns_of_a_clock_behind_the_content(no_content, monkeypatch, tmp_path):
    monkeypatch.setattr("django.utils.timezone.now", lambda: datetime(2024, 1, 1, tzinfo=UTC))
    factories.nutrient("iron")
    _, output = load(write(tmp_path, [source()]))

    assert output.startswith("The clock of this machine says 2024-01-01 00:00 UTC")
    assert output.count("\n") == 0
