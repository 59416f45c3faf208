"""Count the project's files that a page is made of, and fail if a page needs too many.

python scripts/count_files.py [--list PAGE]

A file counts if the view can reach it: Python modules by their imports (of the view's own module,
only what the view uses), modules of models by the names that are imported from them, templates by
what they extend, include and draw with tags, and the tag libraries that they load.
"""

import ast
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = ROOT / "templates"
TAGS = ROOT / "nutrients" / "templatetags"
# Each page: its view and how many files a newcomer should have to open.
PAGES = {
    "compare": ("nutrients.comparison.views", "comparison", 25),
    "checklist": ("nutrients.checklist.views", "checklist", 28),
    "plate": ("nutrients.plate.views", "plate", 25),
    "nutrient": ("nutrients.reference.views", "nutrient", 30),
}
TEMPLATE_NAME = re.compile(r"^[\w/.-]+\.html$")


def main() -> None:
    """Print the count of each page. Exits with 1 if one is over its limit."""
    asked = sys.argv[2:] if sys.argv[1:2] == ["--list"] else []
    too_many = False
    for page, (module, view, limit) in PAGES.items():
        files = files_of(module, view)
        too_many |= len(files) > limit
        print(f"{page:<10} {len(files):3} of {limit}")
        if page in asked:
            print(*sorted(f"  {path.relative_to(ROOT)}" for path in files), sep="\n")
    sys.exit(1 if too_many else 0)


def files_of(module: str, view: str) -> set[Path]:
    """Give the files that a view can reach."""
    start = ROOT / f"{module.replace('.', '/')}.py"
    python, names = {start}, used_by(start, view)
    waiting = imported(start, names)
    models: set[Path] = set()
    while waiting:
        name, what = waiting.pop()
        path = source_of(name)
        if path is None or path in python:
            continue
        if name.startswith("nutrients.models"):
            models |= model_modules(path, what)
        else:
            if len(path.read_text().splitlines()) > 1:
                python.add(path)
            waiting += imported(path)
    strings = {
        text for path in python for text in strings_of(path, names if path == start else None)
    }
    templates, libraries = templates_of({text for text in strings if TEMPLATE_NAME.match(text)})
    return python | models | templates | libraries


def source_of(module: str) -> Path | None:
    """Give the file of a module of the project."""
    path = ROOT / module.replace(".", "/")
    for path_of_module in (path.with_suffix(".py"), path / "__init__.py"):
        if path_of_module.exists():
            return path_of_module
    return None


def used_by(path: Path, view: str) -> set[str]:
    """Give every name that a function uses, and that the functions and constants it uses do."""
    nodes = {name: node for node in ast.parse(path.read_text()).body for name in names_of(node)}
    used, waiting = set(), [view]
    while waiting:
        name = waiting.pop()
        if name not in used:
            used.add(name)
            waiting += (
                [n.id for n in ast.walk(nodes[name]) if isinstance(n, ast.Name)]
                if name in nodes
                else []
            )
    return used


def names_of(node: ast.stmt) -> list[str]:
    """Give the names that a statement defines."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else []
    return [target.id for target in targets if isinstance(target, ast.Name)]


def imported(path: Path, names: set[str] | None = None) -> list[tuple[str, str]]:
    """Give the modules of the project that a module imports, each with the name taken from it."""
    package = list(path.parent.relative_to(ROOT).parts)
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.ImportFrom):
            continue
        above = package[: len(package) - node.level + 1] if node.level else []
        origin = ".".join([*above, *([node.module] if node.module else [])])
        for alias in node.names:
            if names is not None and (alias.asname or alias.name) not in names:
                continue
            inner = f"{origin}.{alias.name}"
            found.append((inner if source_of(inner) else origin, alias.name))
    return found


def model_modules(path: Path, name: str) -> set[Path]:
    """Give the module of models that defines a name, which may be imported from the package."""
    if path.name != "__init__.py":
        return {path}
    origins = [source_of(origin) for origin, what in imported(path) if what == name]
    return {found for found in origins if found}


def strings_of(path: Path, names: set[str] | None = None) -> set[str]:
    """Give the strings of a module, or of those of its statements that define these names."""
    body = [
        node
        for node in ast.parse(path.read_text()).body
        if names is None or names & set(names_of(node))
    ]
    inner = (part for node in body for part in ast.walk(node))
    return {
        part.value
        for part in inner
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    }


def templates_of(names: set[str]) -> tuple[set[Path], set[Path]]:
    """Give the templates that these reach, and the tag libraries that they load."""
    drawn = {
        tag: template
        for path in TAGS.glob("*.py")
        for template, tag in re.findall(
            r'inclusion_tag\(\s*"([^"]+)"[^)]*\)\s*def (\w+)', path.read_text()
        )
    }
    templates: set[Path] = set()
    libraries: set[Path] = set()
    waiting = set(names)
    while waiting:
        path = TEMPLATES / waiting.pop()
        if path in templates or not path.exists():
            continue
        templates.add(path)
        text = path.read_text()
        waiting |= set(re.findall(r'{% (?:extends|include) "([^"]+)"', text))
        waiting |= {drawn[tag] for tag in re.findall(r"{% (\w+)", text) if tag in drawn}
        for line in re.findall(r"{% load ([^%]+)%}", text):
            libraries |= {found for name in line.split() if (found := TAGS / f"{name}.py").exists()}
    return templates, libraries


if __name__ == "__main__":
    main()
