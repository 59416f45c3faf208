"""Settings are read from the environment, and a wrong one stops the start with a hint."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from nutrisite import environment

ROOT = Path(__file__).resolve().parent.parent


def run(*arguments, **variables):
    """Run Python with just these variables, and give the finished process."""
    variables = {"SECRET_KEY": "a-key-of-the-tests", "DJANGO_SETTINGS_MODULE": ""} | variables
    if not variables["DJANGO_SETTINGS_MODULE"]:
        variables["DJANGO_SETTINGS_MODULE"] = "nutrisite.settings"
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]} | variables,
        capture_output=True,
        text=True,
        check=False,
    )


def django(*arguments, **variables):
    return run("manage.py", *arguments, **variables)


def shown(expression, **variables):
    """Give a setting's value as text, with just these variables."""
    code = f"from django.conf import settings; print({expression})"
    done = django("shell", "--no-imports", "-c", code, **variables)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize(
    ("word", "value"), [("1", True), ("Yes", True), ("on", True), ("0", False), ("FALSE", False)]
)
def test_boolean_reads_common_words(monkeypatch, word, value):
    monkeypatch.setenv("DEBUG", word)

    assert environment.boolean("DEBUG", not value) is value


@pytest.mark.parametrize(
    ("read", "value", "hint"),
    [
        (lambda: environment.boolean("X", False), "perhaps", "write true or false"),
        (lambda: environment.whole_number("X", 1, 1, 9), "ten", "a whole number from 1 to 9"),
        (lambda: environment.whole_number("X", 1, 1, 9), "10", "a whole number from 1 to 9"),
        (lambda: environment.choice("X", "json", ("json", "plain")), "xml", "one of json, plain"),
        (lambda: environment.origin("X", "http://a"), "example.org", "https://example.org"),
        (lambda: environment.origin("X", "http://a"), "https://a/b", "https://example.org"),
        (lambda: environment.database("X", ""), "mysql://u:secret@h/d", "postgres://"),
    ],
)
def test_unreadable_value_is_an_error_with_a_hint(monkeypatch, read, value, hint):
    monkeypatch.setenv("X", value)

    with pytest.raises(ImproperlyConfigured, match=hint) as raised:
        read()
    assert "secret" not in str(raised.value)


def test_empty_variable_counts_as_not_set(monkeypatch):
    monkeypatch.setenv("X", "  ")

    assert environment.text("X", "default") == "default"
    assert environment.names("X", ["default"]) == ["default"]


def test_wrong_setting_ends_in_one_sentence():
    done = django("migrate", DEBUG="maybe")

    assert done.returncode == 1
    assert done.stderr == "Nutrisite cannot start: DEBUG is 'maybe': write true or false.\n"


def test_missing_secret_key_ends_in_one_sentence(tmp_path):
    done = django("check", SECRET_KEY="", VAR_DIR=str(tmp_path))

    assert done.returncode == 1
    assert done.stderr.startswith("Nutrisite cannot start: there is no secret key: set SECRET_KEY")
    assert "Traceback" not in done.stderr


def test_secret_key_is_read_from_its_file(tmp_path):
    (tmp_path / "secret_key").write_text("from-the-file\n")

    assert shown("settings.SECRET_KEY", SECRET_KEY="", VAR_DIR=str(tmp_path)) == "from-the-file"


def test_https_without_a_proxy_is_refused():
    done = django("check", SITE_URL="https://example.org")

    assert done.returncode == 1
    assert "BEHIND_PROXY=true" in done.stderr


def test_sqlite_waits_for_its_turn_and_keeps_the_last_save():
    options = shown("settings.DATABASES['default']['OPTIONS']")

    for part in ("'IMMEDIATE'", "journal_mode=WAL", "synchronous=FULL", "'timeout': 20"):
        assert part in options


def test_postgresql_gets_a_pool_and_gives_connections_back():
    config = "settings.DATABASES['default']"
    address = "postgres://user:word@127.0.0.1:5432/nutrisite"

    assert "'max_size': 12" in shown(
        f"{config}['OPTIONS']", DATABASE_URL=address, DATABASE_POOL_SIZE="12"
    )
    assert shown(f"{config}['CONN_MAX_AGE']", DATABASE_URL=address) == "0"


def test_https_makes_cookies_secure_and_redirects():
    names = ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT")
    values = shown(
        f"[getattr(settings, name) for name in {names}], settings.SECURE_HSTS_SECONDS > 0",
        SITE_URL="https://example.org",
        BEHIND_PROXY="true",
    )

    assert values == "[True, True, True] True"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("http://bücher.example", "http://xn--bcher-kva.example"),
        ("http://Example.org:8080/", "http://example.org:8080"),
        ("http://[2001:db8::1]:8000", "http://[2001:db8::1]:8000"),
    ],
)
def test_address_of_the_site_is_given_as_browsers_send_it(monkeypatch, written, read):
    monkeypatch.setenv("SITE_URL", written)

    assert environment.origin("SITE_URL", "") == read


@pytest.mark.parametrize(
    "written",
    [
        "example.org",
        "http://anna@example.org",
        "http://example.org/nutri",
        "http://example.org/#top",
        "http://example.org:99999",
        "http://a..b",
    ],
)
def test_address_of_the_site_that_is_no_origin_is_refused(monkeypatch, written):
    monkeypatch.setenv("SITE_URL", written)

    with pytest.raises(ImproperlyConfigured, match=r"write it like https://example\.org"):
        environment.origin("SITE_URL", "")


def gunicorn(**variables):
    return run("-m", "gunicorn", "--print-config", **variables)


@pytest.mark.parametrize("host", ["::1", "[::1]"])
def test_server_listens_on_an_ipv6_address_in_either_spelling(host):
    assert "= ['[::1]:8000']" in gunicorn(HOST=host).stdout


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"WEB_WORKERS": "0"}, "WEB_WORKERS is '0': write a whole number from 1 to 64."),
        ({"SCRIPT_NAME": "/sub"}, "it needs a host of its own, so unset SCRIPT_NAME."),
    ],
)
def test_server_that_cannot_start_says_why_in_one_sentence(variables, sentence):
    done = gunicorn(**variables)

    assert done.returncode == 1
    assert done.stderr == f"Nutrisite cannot start: {sentence}\n"


def test_address_that_it_listens_on_is_allowed():
    assert "127.0.0.2" in shown("settings.ALLOWED_HOSTS", HOST="127.0.0.2")


def test_every_variable_is_in_the_readme():
    code = "".join(
        (ROOT / name).read_text() for name in ("nutrisite/settings.py", "gunicorn.conf.py")
    )
    read = set(re.findall(r'environment\.\w+\(\s*"([A-Z_]+)"', code))
    table = (ROOT / "README.md").read_text()

    assert len(read) > 15
    assert [name for name in sorted(read) if f"| `{name}`" not in table] == []
