"""See that the pinned packages are in step with what requirements*.in ask for.

python scripts/check_pins.py

It needs no network: it compares the names and versions, and sees that every pin has hashes and
that no address of a package index stands in the files.
"""

import re
import sys
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
FILES = ("requirements", "requirements-dev")
PIN = re.compile(
    r"^([A-Za-z0-9._-]+)==(\S+)(?: ;.*)? \\\n((?:    --hash=sha256:\S+(?: \\)?\n)*)", re.M
)
ADDRESS = re.compile(r"^--|://|^-[fi] ", re.M)


def main() -> None:
    """Print what is out of step and exit with 1, or say nothing."""
    faults = [fault for name in FILES for fault in faults_of(name)]
    print("\n".join(faults))
    sys.exit(1 if faults else 0)


def faults_of(name: str) -> list[str]:
    """Give a sentence for each fault of one pair of files, such as requirements.in and .txt."""
    text = (ROOT / f"{name}.txt").read_text(encoding="utf-8")
    pins = {canonicalize_name(pin[0]): pin for pin in PIN.findall(text)}
    faults = [f"{name}.txt: {pin[0]} has no hash" for pin in pins.values() if not pin[2]]
    if ADDRESS.search(text):
        faults.append(
            f"{name}.txt holds an option or an address: only pins and hashes belong there"
        )
    for wanted in requirements_of(name):
        pin = pins.get(canonicalize_name(wanted.name))
        if not pin:
            faults.append(f"{name}.txt lacks {wanted.name}: run `make pins`")
        elif not wanted.specifier.contains(pin[1]):
            faults.append(f"{name}.txt has {pin[0]} {pin[1]}, but {wanted} is asked for")
    return faults


def requirements_of(name: str) -> list[Requirement]:
    """Give what a .in file asks for, with what the files it includes ask for."""
    wanted = []
    for line in (ROOT / f"{name}.in").read_text(encoding="utf-8").splitlines():
        if line.startswith("-r "):
            wanted += requirements_of(line.removeprefix("-r ").removesuffix(".in"))
        elif line and not line.startswith(("#", "-")):
            wanted.append(Requirement(line))
    return wanted


if __name__ == "__main__":
    main()
