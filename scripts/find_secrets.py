"""Find keys and passwords in the files that are under version control.

python scripts/find_secrets.py

It knows the forms of common keys, and long random values beside a telling name. A line that only
looks like one says so with `not-a-secret` in a comment. Values are never printed.
"""

import math
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EXCUSE = "not-a-secret"
FORMS = {
    "a private key": re.compile(r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----"),
    "a key of AWS": re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
    "a token of GitHub": re.compile(r"\b(?:gh[pousr]_\w{36,}|github_pat_\w{60,})"),
    "a token of Slack": re.compile(r"\bxox[abprs]-[\w-]{10,}"),
    "a key of Stripe": re.compile(r"\b[rs]k_live_\w{20,}"),
    "a key of Google": re.compile(r"\bAIza[\w-]{35}\b"),
    "a token of PyPI or npm": re.compile(r"\b(?:pypi-AgE|npm_)\w{30,}"),
}
NAMED = re.compile(
    r"(?i)(?:secret|password|passwd|token|api_?key)\w*[\"']?\s*[:=]\s*[\"']?([\w+/=~.-]{24,})"
)
# Bits a character: words of a language stay below, random text of that length lies above.
RANDOM = 4.0
LARGEST = 2_000_000


def main() -> None:
    """Name each place that holds what looks like a secret, and exit with 1 where there is one."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    files = [ROOT / name for name in listed.stdout.split("\0") if name]
    faults = [fault for path in files for fault in faults_of(path)]
    print("\n".join(faults))
    sys.exit(1 if faults else 0)


def faults_of(path: Path) -> Iterator[str]:
    """Name each line of a text file that holds what looks like a secret."""
    if not path.is_file() or path.stat().st_size > LARGEST:
        return
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return
    for number, line in enumerate(text.splitlines(), start=1):
        kind = secret_in(line)
        if kind and EXCUSE not in line:
            yield f"{path.name}, line {number}: this looks like {kind}."


def secret_in(line: str) -> str:
    """Give what kind of secret a line seems to hold, or nothing."""
    for kind, form in FORMS.items():
        if form.search(line):
            return kind
    found = NAMED.search(line)
    return "a key or password" if found and is_random(found[1]) else ""


def is_random(value: str) -> bool:
    """Whether a value has digits and letters and more bits a character than words have."""
    if not (re.search(r"\d", value) and re.search(r"[A-Za-z]", value)):
        return False
    counts = Counter(value).values()
    bits = -sum(n / len(value) * math.log2(n / len(value)) for n in counts)
    return bits >= RANDOM


if __name__ == "__main__":
    main()
