"""List the packages that the site runs on: their licences, and a bill of materials.

    python scripts/list_packages.py          writes docs/licences.md and docs/sbom.cdx.json
    python scripts/list_packages.py --check  says whether they are as they would be written

Names, versions and hashes come from requirements.txt, licences from the packages installed. The
bill is CycloneDX 1.5. It holds no date, so that it changes only when a package does.
"""

import json
import re
import sys
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
LICENCES, BILL = ROOT / "docs" / "licences.md", ROOT / "docs" / "sbom.cdx.json"
PIN = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)(?: ;.*?)?((?: \\\n    --hash=sha256:\w+)+)", re.M)
# What a package's classifiers say, by the names of the SPDX list where that is unambiguous.
SPDX = {
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "GNU Lesser General Public License v3 (LGPLv3)": "LGPL-3.0-only",
    "Python Software Foundation License": "PSF-2.0",
}
# Needed on one platform or by an older Python alone, so they may not be installed here.
ELSEWHERE = {"async-timeout": "Apache-2.0", "tzdata": "Apache-2.0"}
CLASSIFIER = "License :: OSI Approved :: "
HEAD = """# Licences

The packages that the site runs on, as pinned in `requirements.txt`. `make licences` writes this
page, and `make check` sees that it is current. Fonts and icons carry their licences beside them.

| package | version | licence |
|---|---|---|
"""


class Package(NamedTuple):
    """A pinned package with its licence and the SHA-256 of every file that may be installed."""

    name: str
    version: str
    licence: str
    hashes: list[str]


def main() -> None:
    """Write both files, or with --check compare them and exit with 1 where one is out of date."""
    packages = list(pinned((ROOT / "requirements.txt").read_text()))
    wanted = {LICENCES: licences(packages), BILL: bill(packages)}
    stale = [
        path for path, text in wanted.items() if not path.is_file() or path.read_text() != text
    ]
    if "--check" in sys.argv:
        names = ", ".join(str(path.relative_to(ROOT)) for path in stale)
        sys.exit(f"Out of date: {names}. Run `make licences`." if stale else 0)
    for path in stale:
        path.write_text(wanted[path])


def pinned(requirements: str) -> list[Package]:
    """Give the packages that a requirements file pins."""
    return [
        Package(name, version, licence_of(name), sorted(re.findall(r"sha256:(\w+)", hashes)))
        for name, version, hashes in PIN.findall(requirements)
    ]


def licence_of(name: str) -> str:
    """Give the licence that an installed package states."""
    if name in ELSEWHERE:
        return ELSEWHERE[name]
    try:
        stated: Any = metadata(name)
    except PackageNotFoundError:
        sys.exit(f"{name} is pinned and not installed: run `make check`, which installs it.")
    if expression := stated.get("License-Expression"):
        return expression
    named = [
        line.removeprefix(CLASSIFIER)
        for line in stated.get_all("Classifier") or []
        if line.startswith(CLASSIFIER)
    ]
    if named:
        return " OR ".join(SPDX.get(one, one) for one in named)
    return (stated.get("License") or "not stated").splitlines()[0]


def licences(packages: list[Package]) -> str:
    """Give the page."""
    return HEAD + "".join(f"| {one.name} | {one.version} | {one.licence} |\n" for one in packages)


def bill(packages: list[Package]) -> str:
    """Give the bill of materials in JSON."""
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": "nutrisite"}},
        "components": [component(one) for one in packages],
    }
    return json.dumps(document, indent=1) + "\n"


def component(package: Package) -> dict[str, Any]:
    """Give one package as CycloneDX has it. The hashes are those of its possible files."""
    address = f"pkg:pypi/{package.name.lower().replace('_', '-')}@{package.version}"
    return {
        "type": "library",
        "bom-ref": address,
        "name": package.name,
        "version": package.version,
        "licenses": [{"license": {"name": package.licence}}],
        "purl": address,
        "properties": [{"name": "file:sha256", "value": digest} for digest in package.hashes],
    }


if __name__ == "__main__":
    main()
