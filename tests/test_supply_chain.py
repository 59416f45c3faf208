"""What the site is made of is listed, audited honestly and free of secrets."""

import json
import string
import subprocess
import sys
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from scripts.audit import FOUND, NOT_ASKED, UNREACHED, verdict
from scripts.check_pins import faults_of
from scripts.find_secrets import secret_in
from scripts.list_packages import bill, licences, pinned

ROOT = Path(__file__).resolve().parent.parent
RANDOM = "q7Zp2LxV9sKd4TfW8nRb3MhY"


def report(*packages):
    return json.dumps({"dependencies": list(packages)})


def test_lists_of_packages_are_current():
    done = subprocess.run(
        [sys.executable, "scripts/list_packages.py", "--check"], cwd=ROOT, capture_output=True
    )

    assert done.returncode == 0, done.stderr


PINNED = "django==5.2.1 \\\n    --hash=sha256:ab \\\n    --hash=sha256:cd\n    # via me\n"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (PINNED, None),
        (PINNED + "tzdata==1.0 ; os_name == 'nt' \\\n    --hash=sha256:ef\n", None),
        (PINNED + "asgiref==3.9\n    # via django\n", "has no hash of asgiref"),
        (PINNED + "asgiref>=3.9\n", "does not pin asgiref>=3.9"),
        (PINNED + "--index-url https://example.org\n", "holds an option or an address"),
        (PINNED.replace("django", "nh3"), "lacks django"),
        (PINNED.replace("5.2.1", "6.0"), "has django 6.0, but django~=5.2.1 is asked for"),
    ],
)
def test_pin_that_is_loose_or_has_no_hash_is_found(text, fault):
    found = faults_of(text, [Requirement("django~=5.2.1")])

    assert [one.partition(":")[0] for one in found] == ([] if fault is None else [fault])


def test_lists_name_every_pin_with_its_hashes():
    text = "django==5.2.1 \\\n    --hash=sha256:ab \\\n    --hash=sha256:cd\n    # via me\n"
    packages = pinned(text)

    assert "| django | 5.2.1 | BSD-3-Clause |" in licences(packages)
    [component] = json.loads(bill(packages))["components"]
    assert component["purl"] == "pkg:pypi/django@5.2.1"
    assert [one["value"] for one in component["properties"]] == ["ab", "cd"]
    assert len(pinned((ROOT / "requirements.txt").read_text())) > 20


def test_audit_that_found_nothing_says_how_much_it_asked():
    asked = {"name": "django", "version": "5.2.1", "vulns": []}

    assert verdict(report(asked)) == (["1 packages, none with a known vulnerability."], 0)


def test_audit_names_what_is_vulnerable_and_what_mends_it():
    fault = {"id": "PYSEC-1", "fix_versions": ["5.2.2"]}
    lines, code = verdict(report({"name": "django", "version": "5.2.1", "vulns": [fault]}))

    assert (lines, code) == (["django 5.2.1: PYSEC-1, mended in 5.2.2."], FOUND)


@pytest.mark.parametrize(
    "text", ["", "no json", "{}", report(), report({"name": "a", "skip_reason": "b"})]
)
def test_audit_that_did_not_happen_never_looks_like_a_good_one(text):
    assert verdict(text) == ([UNREACHED], NOT_ASKED)


def test_audit_that_could_ask_about_some_only_says_about_which_not():
    asked = {"name": "django", "version": "5.2.1", "vulns": []}
    lines, code = verdict(report(asked, {"name": "nh3", "skip_reason": "not found"}))

    assert (lines, code) == (["Not known to the advisories: nh3."], NOT_ASKED)


@pytest.mark.parametrize(
    "line",
    [
        "-----BEGIN " + "RSA PRIVATE KEY-----",
        "key = AKIA" + "ABCDEFGHIJKLMNOP",
        "token ghp_" + string.ascii_letters[:36],
        "url: xoxb-" + "1234567890-abc",
        "SECRET_KEY=" + RANDOM,
        f'"api_key": "{RANDOM}"',
        f"DB_PASSWORD = '{RANDOM}'",
    ],
)
def test_secret_is_found(line):
    assert secret_in(line)


@pytest.mark.parametrize(
    "line",
    [
        "SECRET_KEY=",
        'SECRET_KEY="only-for-tests-and-never-for-a-server"',
        "password = getpass.getpass('Password: ')",
        "token: " + "abc1" * 8,
        f"--hash=sha256:{RANDOM}",
        "SECRET_KEY_FILE=/var/lib/nutrisite/secret_key",
    ],
)
def test_what_is_no_secret_is_let_through(line):
    assert not secret_in(line)
