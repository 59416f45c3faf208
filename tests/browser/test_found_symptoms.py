"""The symptoms that a search by name brings into the table's form, where there are very many."""

import json

import pytest
from playwright.sync_api import expect

from tests.browser.server import manage
from tests.fixture_files import symptom

pytestmark = pytest.mark.changes_content


@pytest.fixture
def grown(site, tmp_path):
    """The running site with more symptoms than a form can hold."""
    rows = [symptom(f"sample-{n}", f"Sample sign {n}", sources=()) for n in range(1, 121)]
    for row in rows:
        row["fields"]["changed_at"] = "2026-11-22T00:00:00Z"
    file = tmp_path / "symptoms.json"
    file.write_text(json.dumps(rows))
    manage(site.folder, "loaddata", str(file))


@pytest.mark.usefixtures("grown")
def test_focus_stays_on_a_symptom_that_was_found_and_ticked(page):
    page.goto("/compare/")
    page.get_by_label("Find another symptom").fill("sign 119")
    page.keyboard.press("Enter")
    box = page.locator("#found-symptoms input[type=checkbox]")
    expect(box).to_have_count(1)

    box.focus()
    page.keyboard.press("Space")

    expect(page.locator(".active-filters")).to_contain_text("remove filter")
    expect(box).to_be_checked()
    expect(box).to_be_focused()
