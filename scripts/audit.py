"""Ask PyPI's advisories about every package that the site runs on: `make audit`.

python scripts/audit.py

Exits with 1 where one is known to be vulnerable, and with 2 where nothing could be asked: an
audit that did not happen must not look like one that found nothing.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
TOOL = "pip-audit==2.10.1"
FOUND, NOT_ASKED = 1, 2
UNREACHED = "The advisories could not be reached, so nothing was audited."


def main() -> None:
    """Run the audit and say in plain sentences what it found."""
    done = subprocess.run(
        [
            *(str(Path(sys.executable).parent / "uv"), "tool", "run", "--quiet", TOOL),
            *("--requirement", "requirements.txt", "--require-hashes", "--disable-pip"),
            *("--format", "json", "--progress-spinner", "off"),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    lines, code = verdict(done.stdout)
    print("\n".join(lines))
    sys.exit(code)


def verdict(report: str) -> tuple[list[str], int]:
    """Give what a report says, a sentence a line, and the exit code."""
    try:
        packages = json.loads(report)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return [UNREACHED], NOT_ASKED
    asked = [one for one in packages if "skip_reason" not in one]
    if not asked:
        return [UNREACHED], NOT_ASKED
    faults = [sentence(one, fault) for one in asked for fault in one.get("vulns", [])]
    skipped = [one["name"] for one in packages if "skip_reason" in one]
    notes = [f"Not known to the advisories: {', '.join(skipped)}."] if skipped else []
    if faults:
        return [*faults, *notes], FOUND
    if skipped:
        return notes, NOT_ASKED
    return [f"{len(asked)} packages, none with a known vulnerability."], 0


def sentence(package: dict[str, Any], fault: dict[str, Any]) -> str:
    """Name one vulnerability and the version that mends it."""
    mended = " or ".join(fault.get("fix_versions") or []) or "no version yet"
    return f"{package['name']} {package['version']}: {fault['id']}, mended in {mended}."


if __name__ == "__main__":
    main()
