"""Rules of the code: layers, what templates may contain, and names in docs/architecture.md."""

import ast
import re
from graphlib import TopologicalSorter

import pytest

from scripts.count_files import imports_of
from tests.processes import ROOT

CODE = sorted(
    path
    for folder in ("nutrients", "nutrisite", "scripts")
    for path in (ROOT / folder).rglob("*.py")
    if "migrations" not in path.parts
)
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))

# The project's own modules. Its accounts are an app, whose admin site the editors' one extends.
PROJECT = [
    f"nutrisite.{path.stem}"
    for path in (ROOT / "nutrisite").iterdir()
    if path.stem not in ("__init__", "accounts")
]
# The packages that each package of the app may import. There must be no circle.
BASE = {"models", "context"}
SHARED = {*BASE, "common", "evidence", "prose"}
MAY_IMPORT = {
    "models": set(),
    "prose": set(),
    "common": BASE,
    "evidence": {*BASE, "common"},
    "content": {"models", "common", "prose"},
    "checklist": SHARED,
    "testbook": {*SHARED, "checklist"},
    "open_data": SHARED,
    "comparison": {*SHARED, "open_data"},
    "foods": {*SHARED, "search"},
    "plate": {*SHARED, "foods", "search"},
    "reference": SHARED,
    "articles": SHARED,
    "search": SHARED,
    "site": {*SHARED, "articles", "search", "testbook"},
    "admin": {
        *SHARED,
        *("articles", "checklist", "content", "open_data", "proposals", "search", "testbook"),
    },
    "proposals": {*SHARED, "content"},
    "templatetags": {*BASE, "common", "prose", "checklist", "plate"},
    "management": {"models", "common", "content", "open_data", "search", "testbook", "admin"},
}
# Modules that decide without a database, and packages that know nothing of requests.
FORBIDDEN = {
    "nutrients/evidence/ranking.py": ("django", "nutrients"),
    "nutrients/plate/arithmetic.py": ("django", "nutrients"),
    "nutrients/common/answering.py": ("nutrients", "django.db"),
    "nutrients/prose": ("django.http", "django.db"),
    "nutrients/models": ("django.http", "django.shortcuts", "django.views", "django.forms"),
    "nutrients/templatetags": ("django.http", "django.shortcuts", "django.db"),
    "nutrisite": ("nutrients",),
    "nutrients": ("django.dispatch", "django.db.models.signals", "tests", *PROJECT),
}
SEES_REQUESTS = {"admin", "common", "management", "templatetags"}


def relative(path):
    return str(path.relative_to(ROOT))


def names_imported_by(path):
    """Return the dotted names that a module imports, `from a import b` as a and a.b."""
    return [name for module, part in imports_of(path) for name in (module, f"{module}.{part}")]


def lies_in(name, parents):
    return any(f"{name}.".startswith(f"{parent}.") for parent in parents)


@pytest.mark.parametrize("layer", FORBIDDEN)
def test_layer_imports_only_what_lies_below_it(layer):
    faults = [
        f"{relative(path)} imports {name}"
        for path in CODE
        if relative(path) == layer or relative(path).startswith(f"{layer}/")
        for name in names_imported_by(path)
        if lies_in(name, FORBIDDEN[layer])
    ]

    assert faults == []


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_package_imports_only_what_lies_below_it(package):
    below = [f"nutrients.{name}" for name in (package, *MAY_IMPORT[package])]
    faults = [
        f"{relative(path)} imports {name}"
        for path in (ROOT / "nutrients" / package).rglob("*.py")
        for name in names_imported_by(path)
        if name.startswith("nutrients.") and not lies_in(name, below)
    ]

    assert faults == []


def test_packages_import_each_other_in_no_circle():
    # It raises CycleError.
    TopologicalSorter(MAY_IMPORT).prepare()


def test_only_views_see_requests_and_the_clock():
    faults = []
    for path in CODE:
        if path.name in ("views.py", "machines.py") or not relative(path).startswith(
            tuple(f"nutrients/{name}/" for name in MAY_IMPORT if name not in SEES_REQUESTS)
        ):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.arg) and node.arg == "request":
                faults.append(f"{relative(path)}:{node.lineno}: a function takes a request")
        if re.search(r"(timezone|datetime)\.now\(|date\.today\(", path.read_text()):
            faults.append(f"{relative(path)} reads the clock: take `at` as an argument")

    assert faults == []


@pytest.mark.parametrize(
    ("what", "pattern"),
    [
        ("an inline style", r"<style|\sstyle\s*="),
        ("an inline script", r"<script(?![^>]*\ssrc=)"),
        ("a handler in an attribute", r"\son[a-z]+\s*=|hx-on"),
        ("a script in an address", r"javascript:"),
        ("an htmx attribute without data-", r"\shx-[a-z-]+\s*="),
        (
            "something from another host",
            r"<(link(?! rel=\"canonical)|script|img)[^>]*(href|src)=\"https?:",
        ),
        ("the extension loader or boost of htmx", r"hx-(boost|ext)\b"),
        ("text marked safe", r"\|\s*safe\b|autoescape off"),
    ],
)
def test_templates_hold_nothing_that_the_content_policy_or_the_house_forbids(what, pattern):
    holders = [relative(path) for path in TEMPLATES if re.search(pattern, path.read_text())]

    assert holders == [], f"These templates hold {what}."


# Paragraphs, steps of a walk and rows of a table
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text()
PARTS = [part for part in re.split(r"\n(?=\n|\d\. |\| )", ARCHITECTURE) if "`" in part]
FILE = re.compile(r"[\w/.-]+/[\w.-]+\.(py|html|yaml|md)")
DEFINITION = re.compile(r"^\s*(?:(?:def|class) (?=\w)|(?=\w+(?::| =)))(\w+)", re.MULTILINE)


@pytest.mark.parametrize("part", PARTS)
def test_architecture_names_files_that_exist_and_define_its_names(part):
    marked = re.findall(r"`([^`]+)`", part)
    files = [ROOT / word for word in marked if FILE.fullmatch(word)]
    names = {word for word in marked if re.fullmatch(r"\w+", word)}

    assert [path for path in files if not path.exists()] == []
    assert (
        names - {name for path in files for name in DEFINITION.findall(path.read_text())} == set()
    )
