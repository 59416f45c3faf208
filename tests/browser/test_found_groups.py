"""The groups of imported foods, which a search by name brings into the list of groups."""

import pytest
from playwright.sync_api import expect

from tests.browser.server import manage
from tests.content.usda_tables import FOODS, PORTIONS, lines_of, write

pytestmark = pytest.mark.changes_content

FOUND = "#found-groups option"


@pytest.fixture
def imported(site, tmp_path):
    """The running site with some soups, and a few other foods, of the USDA's table."""
    header, *lines = lines_of(FOODS)
    soups = [line for line in lines if "Soups" in line][:20]
    table = write(tmp_path / "foods.csv.gz", [header, *soups, *lines[::400]])
    few = write(tmp_path / "portions.csv.gz", lines_of(PORTIONS, 2))
    manage(site.folder, "import_usda", "--file", str(table), "--portions", str(few))


@pytest.mark.usefixtures("imported")
def test_groups_found_by_name_come_and_go_with_the_words(page):
    page.goto("/foods/")
    expect(page.locator(FOUND)).to_have_count(0)
    page.get_by_label("Food name").fill("soup")
    page.keyboard.press("Enter")
    expect(page.locator(FOUND).first).to_be_attached()
    found = page.locator(FOUND).evaluate_all("options => options.map(option => option.value)")
    assert found

    page.get_by_label("Food group").select_option(found[0])
    expect(page.locator(".active-filters")).to_contain_text("remove filter")
    expect(page.get_by_label("Food group")).to_have_value(found[0])
    expect(page.locator(".food-row").first).to_be_visible()

    # Without the words the chosen group alone stays, so that it can be seen and taken off.
    page.get_by_label("Food name").fill("")
    page.keyboard.press("Enter")
    expect(page.locator(FOUND)).to_have_count(1)
    expect(page.get_by_label("Food group")).to_have_value(found[0])
