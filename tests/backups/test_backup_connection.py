"""PostgreSQL's tools connect as the site does: by TLS, and checked, where its address says so."""

import os

import pytest

from nutrisite import environment
from nutrisite.backups import Postgres


@pytest.fixture
def variables_for(monkeypatch, tmp_path):
    """Return the variables that a tool runs with, for the address of a database."""
    tool = tmp_path / "pg_restore"
    tool.write_text(f'#!/bin/sh\nenv > "{tmp_path}/variables"\n')
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    # Some may name the server of the tests.
    for name in [name for name in os.environ if name.startswith("PG")]:
        monkeypatch.delenv(name)

    def variables(address):
        monkeypatch.setenv("DATABASE_URL", address)
        config = environment.database("DATABASE_URL", "")
        config.setdefault("OPTIONS", {})["pool"] = {"min_size": 1}
        Postgres(config).inspect(tmp_path / "copy")
        lines = (tmp_path / "variables").read_text().splitlines()
        return dict(line.split("=", 1) for line in lines if line.startswith("PG"))

    return variables


def test_tools_check_the_server_as_the_site_does(variables_for):
    address = "postgres://anna:s%40crit@db.example:6432/site?sslmode=verify-full"
    files = "&sslrootcert=/etc/ca.pem&sslcert=/etc/me.pem&sslkey=/etc/me.key&sslcrl=/etc/crl.pem"

    assert variables_for(f"{address}{files}&channel_binding=require&connect_timeout=7") == {
        "PGHOST": "db.example",
        "PGPORT": "6432",
        "PGUSER": "anna",
        "PGPASSWORD": "s@crit",
        "PGDATABASE": "site",
        "PGSSLMODE": "verify-full",
        "PGSSLROOTCERT": "/etc/ca.pem",
        "PGSSLCERT": "/etc/me.pem",
        "PGSSLKEY": "/etc/me.key",
        "PGSSLCRL": "/etc/crl.pem",
        "PGCHANNELBINDING": "require",
        "PGCONNECT_TIMEOUT": "7",
    }


def test_tools_take_the_rest_from_the_environment(variables_for, monkeypatch):
    monkeypatch.setenv("PGSSLMODE", "verify-ca")
    monkeypatch.setenv("PGPORT", "7777")

    assert variables_for("postgres:///site?host=/run/postgresql") == {
        "PGHOST": "/run/postgresql",
        "PGPORT": "7777",
        "PGDATABASE": "site",
        "PGSSLMODE": "verify-ca",
    }
