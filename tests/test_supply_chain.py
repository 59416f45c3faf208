"""What the site is made of comes from the public index, and holds nothing for developers alone.

That the pins are those of the lock is for `make check` to say.
"""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def test_every_file_of_the_lock_comes_from_the_public_index_and_is_pinned_with_hashes():
    text = (ROOT / "uv.lock").read_text()

    assert set(re.findall(r"https?://[^/\"]+", text)) <= {
        "https://pypi.org",
        "https://files.pythonhosted.org",
    }
    for name in ("requirements.txt", "requirements-dev.txt"):
        pins = re.split(r"^(?=[a-z0-9-]+==)", (ROOT / name).read_text(), flags=re.M)[1:]
        assert len(pins) > 15
        assert [pin for pin in pins if "--hash=sha256:" not in pin] == []


def test_site_runs_without_the_packages_of_developers():
    pinned = re.findall(r"^([a-z0-9-]+)==", (ROOT / "requirements.txt").read_text(), re.M)

    assert not {"pytest", "django-debug-toolbar", "uv"} & set(pinned)
