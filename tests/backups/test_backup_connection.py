"""PostgreSQL's tools connect as the site does: by TLS, and checked, where its address says so."""

import os

from nutrisite import environment
from nutrisite.backups import Postgres


def test_tools_check_the_server_as_the_site_does(monkeypatch, tmp_path):
    tool = tmp_path / "pg_dump"
    tool.write_text(f'#!/bin/sh\necho "$@" > "{tmp_path}/options"\nenv > "{tmp_path}/variables"\n')
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    # Some may name the server of the tests.
    for name in [name for name in os.environ if name.startswith("PG")]:
        monkeypatch.delenv(name)
    address = "postgres://anna:s%40crit@db.example:6432/site?sslmode=verify-full"
    files = "&sslrootcert=/etc/ca.pem&sslcert=/etc/me.pem&sslkey=/etc/me.key"
    monkeypatch.setenv("DATABASE_URL", address + files)
    config = environment.database("DATABASE_URL", "")

    Postgres(config).dump(tmp_path / "copy")

    options = (tmp_path / "options").read_text()
    assert options.endswith(" -U anna -h db.example -p 6432 site\n")
    # Other accounts of the machine see the options of a program.
    assert "crit" not in options
    lines = (tmp_path / "variables").read_text().splitlines()
    assert dict(line.split("=", 1) for line in lines if line.startswith("PG")) == {
        "PGPASSWORD": "s@crit",
        "PGSSLMODE": "verify-full",
        "PGSSLROOTCERT": "/etc/ca.pem",
        "PGSSLCERT": "/etc/me.pem",
        "PGSSLKEY": "/etc/me.key",
    }
