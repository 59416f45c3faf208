"""Settings are read from the environment, and a wrong one stops the start with a hint."""

import os
import runpy
from types import SimpleNamespace
from unittest import mock

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from nutrisite import environment
from tests.processes import ROOT, python


def settings_with(**variables):
    """Return the site's settings with only these variables."""
    variables = {"SECRET_KEY": "a-key-of-the-tests"} | variables
    with mock.patch.dict(os.environ, variables, clear=True):
        return SimpleNamespace(**runpy.run_path(str(ROOT / "nutrisite" / "settings.py")))


@pytest.mark.parametrize(
    ("reader", "arguments", "values", "hint"),
    [
        ("boolean", [False], ["perhaps"], "write true or false"),
        ("whole_number", [1, 1, 9], ["ten", "10", "9" * 5000], "a whole number from 1 to 9"),
        ("choice", ["json", ("json", "plain")], ["xml"], "one of json, plain"),
        ("path", [""], ["/", "a b"], "write letters, digits, - and _"),
        ("networks", [], ["10.0.0.1/8"], r"write networks like 192\.0\.2\.0/24"),
        (
            "database",
            [""],
            [
                *("mysql://u:secret@h/d", "postgres://u:se/secret@h/d", "postgres://u:secret@h"),
                *("postgres://u:[secret@h/d", "//u:secret@h/d", "sqlite://"),
            ],
            r"^(?!.*secret).*postgres://",
        ),
        (
            "origin",
            [""],
            [
                *("example.org", "https://a/b", "http://anna@example.org", "http://a..b"),
                *("http://a:65536", "http://a:0", "http://example.org/nutri"),
                *("http://example.org/#top", "http://bücher.example"),
            ],
            r"write it like https://example\.org",
        ),
        (
            "hosts",
            [[]],
            ["https://example.org", "example.org, a:8000", "example.org/nutri", "a b"],
            "write hosts alone, like example.org",
        ),
    ],
)
def test_unreadable_value_is_an_error_with_a_hint(monkeypatch, reader, arguments, values, hint):
    for value in values:
        monkeypatch.setenv("X", value)
        with pytest.raises(ImproperlyConfigured, match=hint):
            getattr(environment, reader)("X", *arguments)


@pytest.mark.parametrize(
    ("reader", "value", "result"),
    [
        # An empty variable counts as not set.
        ("text", "  ", "default"),
        ("names", "  ", "default"),
        ("hosts", "a.org, .A.org,[::1],*", ["a.org", ".A.org", "[::1]", "*"]),
        ("origin", "http://Example.org:65535/", "http://example.org:65535"),
        ("origin", "http://[2001:db8::1]:8000", "http://[2001:db8::1]:8000"),
        ("origin", "https://xn--bcher-kva.example", "https://xn--bcher-kva.example"),
    ],
)
def test_value_is_read(monkeypatch, reader, value, result):
    monkeypatch.setenv("X", value)

    assert getattr(environment, reader)("X", "default") == result


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"DEBUG": "maybe"}, "DEBUG is 'maybe': write true or false."),
        ({"WEB_WORKERS": "0"}, "WEB_WORKERS is '0': write a whole number from 1 to 64."),
        ({"HOST": "http://a"}, "HOST is 'http://a': write a host alone."),
        ({"SCRIPT_NAME": "/a"}, "the site needs a host of its own, so unset SCRIPT_NAME."),
    ],
)
def test_wrong_setting_ends_in_one_sentence_before_the_database_is_made(
    tmp_path, variables, sentence
):
    for command in (["manage.py", "migrate"], ["-m", "gunicorn"]):
        done = python(*command, VAR_DIR=str(tmp_path), **variables)
        assert (done.returncode, done.stderr) == (1, f"Nutrisite cannot start: {sentence}\n")
    assert not list(tmp_path.iterdir())


def test_start_without_a_key_or_a_proxy_for_https_or_a_readable_contact_is_refused(tmp_path):
    for key in ("", "", "…"):  # no file, an empty file, the guide's example
        with pytest.raises(ImproperlyConfigured, match="no key of 12 characters can be read"):
            settings_with(SECRET_KEY=key, VAR_DIR=str(tmp_path))
        (tmp_path / "secret_key").touch()
    with pytest.raises(ImproperlyConfigured, match="BEHIND_PROXY=true"):
        settings_with(SITE_URL="https://example.org")
    with pytest.raises(ImproperlyConfigured, match="CONTACT_EMAIL is 'us': write one address"):
        settings_with(CONTACT_EMAIL="us")
    (tmp_path / "secret_key").write_text("from-the-file\n")

    assert settings_with(SECRET_KEY="", VAR_DIR=str(tmp_path)).SECRET_KEY == "from-the-file"


def test_database_is_durable_and_pools_connections():
    assert "synchronous=FULL" in settings_with().DATABASES["default"]["OPTIONS"]["init_command"]
    address = "postgres://user:word@127.0.0.1:5432/nutrisite"
    config = settings_with(DATABASE_URL=address, WEB_THREADS="12").DATABASES["default"]

    assert config["OPTIONS"]["pool"]["max_size"] == 12
    assert config["CONN_MAX_AGE"] == 0


@pytest.mark.parametrize(
    ("host", "address"), [("::1", "[::1]"), ("[::1]", "[::1]"), ("127.0.0.2", "127.0.0.2")]
)
def test_server_listens_on_its_host_in_either_spelling_and_allows_it(settings, host, address):
    site = settings_with(HOST=host)
    settings.HOST = site.HOST
    server = runpy.run_path(str(ROOT / "gunicorn.conf.py"))

    assert server["bind"] == f"{address}:{settings.PORT}"
    assert address in site.ALLOWED_HOSTS
    assert "[2001:db8::1]" in settings_with(SITE_URL="http://[2001:db8::1]:80").ALLOWED_HOSTS


def test_folder_may_have_spaces_around_it_and_begin_with_a_tilde(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("VAR_DIR", " ~/site ")
    folder = runpy.run_path(str(ROOT / "scripts" / "prepare.py"))["VAR"]

    assert environment.folder("VAR_DIR", ROOT) == folder == tmp_path / "site"


@pytest.mark.postgresql
def test_wait_for_a_lock_is_limited_without_options_that_pgbouncer_refuses(db):
    if connection.vendor != "postgresql":
        assert connection.settings_dict["OPTIONS"]["timeout"] == 20
        return
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == ("20s",)
    assert "options" not in connection.get_connection_params()
