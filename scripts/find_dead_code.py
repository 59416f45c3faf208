"""Find code that nothing uses, with vulture: `make check`.

python scripts/find_dead_code.py

Code that only tests use is dead. Words in templates and settings, which vulture cannot
see, count as uses, and so do the attributes of models and admin classes.
"""

import re
import sys
from pathlib import Path

from vulture.core import Vulture

ROOT = Path(__file__).resolve().parent.parent
PATHS = ["nutrisite", "nutrients", "scripts", "manage.py", "gunicorn.conf.py"]
# Called by Django, its admin, commands and site maps, by gunicorn and parsers of HTML
CALLED_BY_FRAMEWORKS = [
    *("add_arguments", "clean_*", "delete_*", "get_*", "process_*", "save_*", "response_*"),
    *("handle*", "*Config", "EditorsSite", "default_site", "bad_request", "page_not_found"),
    *("on_starting", "post_fork", "when_ready", "app_name", "lastmod", "protocol"),
    "use_required_attribute",
]
DECORATORS = ["@register", "@admin.*", "@receiver"]
# Files whose attributes are tables, screens and settings
DECLARED = re.compile(r"gunicorn\.conf|models/|models\.py|admin/|admin\.py|admin_site|formats\.py")


def main() -> None:
    vulture = Vulture(ignore_names=CALLED_BY_FRAMEWORKS, ignore_decorators=DECORATORS)
    vulture.scavenge([str(ROOT / name) for name in PATHS], exclude=["*/migrations/*"])
    words = words_elsewhere()
    unused = [
        f"{Path(item.filename).relative_to(ROOT)}:{item.first_lineno}: {item.message}"
        for item in vulture.get_unused_code()
        if item.name not in words
        and not (item.typ in ("variable", "attribute") and DECLARED.search(str(item.filename)))
    ]
    print("\n".join(unused))
    sys.exit(1 if unused else 0)


def words_elsewhere() -> set[str]:
    """Return the words in templates and in settings, whose strings name middleware and hooks."""
    templates = "".join(path.read_text() for path in (ROOT / "templates").rglob("*.*"))
    tags = "".join(re.findall(r"\{[{%].*?[%}]\}", templates))
    settings = "".join(path.read_text() for path in (ROOT / "nutrisite").glob("settings*.py"))
    return set(re.findall(r"\w+", tags + settings))


if __name__ == "__main__":
    main()
