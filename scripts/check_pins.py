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
    r"^([A-Za-z0-9._-]+)==(\S+)(?: ;[^\\\n]*)?(?: \\)?\n"
    r"((?:    --hash=sha256:\S+(?: \\)?\n)*)",
    re.M,
)
ADDRESS = re.compile(r"^--|://|^-[fi] ", re.M)


def main() -> None:
    """Print what is out of step and exit with 1, or say nothing."""
    faults = []
    for name in FILES:
        text = (ROOT / f"{name}.txt").read_text(encoding="utf-8")
        faults += [f"{name}.txt {fault}" for fault in faults_of(text, requirements_of(name))]
    print("\n".join(faults))
    sys.exit(1 if faults else 0)


def faults_of(text: str, wanted: list[Requirement]) -> list[str]:
    """Say what is wrong with a file of pins, or with what it lacks of what is asked for."""
    pins = {canonicalize_name(pin[0]): pin for pin in PIN.findall(text)}
    faults = [f"has no hash of {pin[0]}" for pin in pins.values() if not pin[2]]
    named = [line for line in text.splitlines() if line[:1].isalnum()]
    faults += [f"does not pin {line}" for line in named if not PIN.match(f"{line}\n")]
    if ADDRESS.search(text):
        faults.append("holds an option or an address: only pins and hashes belong there")
    for one in wanted:
        pin = pins.get(canonicalize_name(one.name))
        if not pin:
            faults.append(f"lacks {one.name}: run `make pins`")
        elif not one.specifier.contains(pin[1]):
            faults.append(f"has {pin[0]} {pin[1]}, but {one} is asked for")
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
