"""What the site is made of is pinned, by one lock, with hashes."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LOCK = tomllib.loads((ROOT / "uv.lock").read_text())
VERSIONS = {package["name"]: package.get("version") for package in LOCK["package"]}
PIN = re.compile(
    r"^([a-z0-9-]+)==(\S+)(?: ;[^\\\n]*)? \\\n((?:    --hash=sha256:\w{64}(?: \\)?\n)+)"
)


def pins_in(name):
    """Every pin of a file by its name; fails at a line that is no pin with hashes."""
    text, pins = (ROOT / name).read_text(), {}
    while text:
        pin = PIN.match(text)
        assert pin, f"{name} holds more than pins with hashes: {text[:80]!r}"
        pins[pin[1]] = pin[2]
        text = text[pin.end() :]
    return pins


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_pins_are_those_of_the_lock_with_hashes_and_without_addresses(name):
    pins = pins_in(name)

    assert len(pins) > 15
    assert {package: VERSIONS[package] for package in pins} == pins


def test_every_file_of_the_lock_comes_from_the_public_index():
    text = (ROOT / "uv.lock").read_text()

    assert set(re.findall(r"https?://[^/\"]+", text)) <= {
        "https://pypi.org",
        "https://files.pythonhosted.org",
    }


def test_site_runs_without_the_packages_of_developers():
    assert set(pins_in("requirements.txt")) < set(pins_in("requirements-dev.txt"))
    assert not {"pytest", "django-debug-toolbar", "uv"} & set(pins_in("requirements.txt"))
