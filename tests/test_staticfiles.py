"""The stylesheets that production serves as one."""

import json
import re
from pathlib import Path

from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.core.management import call_command

from nutrisite.staticfiles import bundle

STYLES = Path(settings.BASE_DIR) / "static" / "css"


def test_bundle_replaces_each_import_in_order(tmp_path):
    files = {
        "site.css": '@layer a, b;\n@import "one.css";\n@import "parts/two.css";\n',
        "one.css": "/* why */\n@layer a {\n  p { color: red; }\n}\n",
        "parts/two.css": "a { color: blue; }\n",
    }
    (tmp_path / "css" / "parts").mkdir(parents=True)
    for name, content in files.items():
        (tmp_path / "css" / name).write_text(content)
    storage = FileSystemStorage(tmp_path)
    css, parts = bundle({f"css/{name}": (storage, f"css/{name}") for name in files})

    assert css == "@layer a, b;\n@layer a {\np { color: red; }\n}\na { color: blue; }\n"
    assert parts == ["css/one.css", "css/parts/two.css"]


def test_production_has_one_packed_stylesheet_with_every_rule_and_the_hashed_font(
    settings, tmp_path
):
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "nutrisite.staticfiles.BundledStaticFilesStorage"}
    }
    call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=["admin"])
    manifest = json.loads((tmp_path / "staticfiles.json").read_text())["paths"]
    css = (tmp_path / manifest["css/site.css"]).read_text()

    assert "@import" not in css
    assert not [name for name in manifest if name.startswith("css/components/")]
    for part in STYLES.glob("components/*.css"):
        selectors = re.findall(r"^  (\.[a-z-]+)", part.read_text(), re.MULTILINE)
        assert all(selector in css for selector in selectors), part.name
    assert f'url("../{manifest["fonts/atkinson-hyperlegible-next.woff2"]}")' in css
    assert (tmp_path / f"{manifest['css/site.css']}.br").exists()


def test_every_stylesheet_is_imported_once():
    names = re.findall(r'^@import "([^"]+)";$', (STYLES / "site.css").read_text(), re.MULTILINE)
    files = {str(file.relative_to(STYLES)) for file in STYLES.rglob("*.css")}
    # The table, the page for a doctor and previews of proposals add a sheet of their own.
    whole = ("site.css", "comparison.css", "sheet.css", "preview.css")
    parts = {name for name in files if name not in whole and not name.startswith("admin")}

    assert sorted(names) == sorted(parts)
