"""Count the project's files that a page depends on, and fail if a page needs too many.

python scripts/count_files.py [--list PAGE]

A file counts if the view can reach it: Python modules by their imports (of the view's own module,
only what the view uses), modules of models by the names that are imported from them, templates by
what they extend and include and by inclusion tags, and the tag libraries that they load.
"""

import ast
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = ROOT / "templates"
TAGS = ROOT / "nutrients" / "templatetags"
# The view of each page, and how many files a newcomer should have to open
PAGES = {
    "compare": ("nutrients.comparison.views", "comparison", 25),
    "checklist": ("nutrients.checklist.views", "checklist", 28),
    "plate": ("nutrients.plate.views", "plate", 25),
    "nutrient": ("nutrients.reference.views", "nutrient", 30),
}
TEMPLATE_NAME = re.compile(r"^[\w/.-]+\.html$")
INCLUSION_TAG = re.compile(r'inclusion_tag\(\s*"([^"]+)"[^)]*\)\s*def (\w+)')


def main() -> None:
    """Print the count of each page. Exit with 1 if one is over its limit."""
    pages_to_list = sys.argv[2:] if sys.argv[1:2] == ["--list"] else []
    is_over = False
    for page, (module, view, limit) in PAGES.items():
        files = files_of(module, view)
        is_over |= len(files) > limit
        print(f"{page:<10} {len(files):3} of {limit}")
        if page in pages_to_list:
            print(*sorted(f"  {path.relative_to(ROOT)}" for path in files), sep="\n")
    sys.exit(1 if is_over else 0)


def files_of(module: str, view: str) -> set[Path]:
    """Return the files that a view can reach."""
    start = ROOT / f"{module.replace('.', '/')}.py"
    used_names = names_used_by(start, view)
    python, models, queue = {start}, set[Path](), imports_of(start, used_names)
    while queue:
        imported_module, name = queue.pop()
        path = source_of(imported_module)
        if path is None or path in python:
            continue
        if imported_module.startswith("nutrients.models"):
            models |= model_modules(path, name)
        else:
            if len(path.read_text().splitlines()) > 1:
                python.add(path)
            queue += imports_of(path)
    strings = set[str]()
    for path in python:
        strings |= strings_of(path, used_names if path == start else None)
    return python | models | templates_of({text for text in strings if TEMPLATE_NAME.match(text)})


def source_of(module: str) -> Path | None:
    """Return the file of a module of the project."""
    path = ROOT / module.replace(".", "/")
    candidates = (path.with_suffix(".py"), path / "__init__.py")
    return next((candidate for candidate in candidates if candidate.exists()), None)


def names_used_by(path: Path, view: str) -> set[str]:
    """Return the names that a view uses, directly and through its module's other statements."""
    nodes = {name: node for node in ast.parse(path.read_text()).body for name in names_of(node)}
    used, queue = set[str](), [view]
    while queue:
        name = queue.pop()
        if name in nodes and name not in used:
            queue += [node.id for node in ast.walk(nodes[name]) if isinstance(node, ast.Name)]
        used.add(name)
    return used


def names_of(node: ast.stmt) -> list[str]:
    """Return the names that a statement defines."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else []
    return [target.id for target in targets if isinstance(target, ast.Name)]


def imports_of(path: Path, names: set[str] | None = None) -> list[tuple[str, str]]:
    """Return the modules that a module imports, each with the name taken from it, if any."""
    package = list(path.parent.relative_to(ROOT).parts)
    imports: list[tuple[str, str]] = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            imports += [(alias.name, "") for alias in node.names]
        if not isinstance(node, ast.ImportFrom):
            continue
        parents = package[: len(package) - node.level + 1] if node.level else []
        origin = ".".join([*parents, *([node.module] if node.module else [])])
        for alias in node.names:
            if names is None or (alias.asname or alias.name) in names:
                submodule = f"{origin}.{alias.name}"
                imports.append((submodule if source_of(submodule) else origin, alias.name))
    return imports


def model_modules(path: Path, name: str) -> set[Path]:
    """Return the modules that define a name, which may be imported from the package of models."""
    if path.name != "__init__.py":
        return {path}
    origins = [source_of(origin) for origin, imported in imports_of(path) if imported == name]
    return {origin for origin in origins if origin}


def strings_of(path: Path, names: set[str] | None = None) -> set[str]:
    """Return the strings of a module, or of those of its statements that define these names."""
    return {
        part.value
        for node in ast.parse(path.read_text()).body
        if names is None or names & set(names_of(node))
        for part in ast.walk(node)
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    }


def templates_of(names: set[str]) -> set[Path]:
    """Return the templates that these reach, and the tag libraries that they load."""
    template_of_tag = {
        tag: template
        for path in TAGS.glob("*.py")
        for template, tag in INCLUSION_TAG.findall(path.read_text())
    }
    templates, libraries, queue = set[Path](), set[Path](), set(names)
    while queue:
        path = TEMPLATES / queue.pop()
        if path in templates or not path.exists():
            continue
        templates.add(path)
        text = path.read_text()
        queue |= set(re.findall(r'{% (?:extends|include) "([^"]+\.html)"', text))
        tags = re.findall(r"{% (\w+)", text)
        queue |= {template_of_tag[tag] for tag in tags if tag in template_of_tag}
        for names_in_tag in re.findall(r"{% load ([^%]+)%}", text):
            libraries |= {TAGS / f"{name}.py" for name in names_in_tag.split()}
    return templates | {path for path in libraries if path.exists()}


if __name__ == "__main__":
    main()
