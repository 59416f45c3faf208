"""The symptoms that a search by name brings into the table's form, where there are very many."""

import pytest
from playwright.sync_api import expect

from tests.browser.server import manage

pytestmark = pytest.mark.changes_content
MANY = """
from nutrients.models import Nutrient
from tests import factories
magnesium = Nutrient.objects.get(slug="magnesium")
for number in range(120):
    sign = factories.symptom(f"sign-{number}", name=f"Sign {number}", is_common=False)
    factories.association(magnesium, sign)
"""


@pytest.fixture
def grown(site):
    """The running site with more symptoms than a form can hold."""
    manage(site.folder, "shell", "-c", MANY)


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
