"""The stylesheets that production bundles."""

import json
import re
from pathlib import Path

from django.conf import settings
from django.core.management import call_command

STYLES = Path(settings.BASE_DIR) / "static" / "css"


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
    linked = ("site.css", "comparison.css", "sheet.css", "preview.css")
    parts = {name for name in files if name not in linked and not name.startswith("admin")}

    assert sorted(names) == sorted(parts)
