"""What static/js/site.js does, on a page that has its hooks, with the events that htmx sends."""

import pytest
from django.conf import settings

SCRIPT = (settings.BASE_DIR / "static" / "js" / "site.js").read_text()
PAGE = """
<!DOCTYPE html><html lang="en-GB"><head><title>Hooks</title></head><body>
<p role="status" data-status></p>
<form><input type="checkbox" id="tick"><button id="send">Send</button></form>
<div id="results">
  <h2 id="heading" tabindex="-1" data-results-heading>Results</h2>
  <p data-announce>3 of 13
     nutrients</p>
</div>
<button data-print hidden>Print</button>
</body></html>
"""


@pytest.fixture
def hooks(page):
    page.set_content(PAGE)
    page.evaluate("document.forms[0].addEventListener('submit', (e) => e.preventDefault())")
    page.evaluate("window.print = () => { window.printed = true; }")
    page.evaluate(SCRIPT)
    return page


def send(page, event):
    page.evaluate("(name) => document.body.dispatchEvent(new Event(name, {bubbles: true}))", event)


def test_failure_after_the_button_is_brought_into_view(hooks):
    hooks.evaluate("document.forms[0].style.marginTop = '200vh'")
    hooks.locator("#send").click()
    send(hooks, "htmx:responseError")

    hooks.wait_for_function(
        """() => {
          const place = document.querySelector("[data-status]").getBoundingClientRect();
          return place.top >= 0 && place.bottom <= innerHeight;
        }"""
    )
    assert "could not be updated" in hooks.locator("[data-status]").inner_text()


def test_print_button_shows_and_prints(hooks):
    hooks.get_by_role("button", name="Print").click()

    assert hooks.evaluate("window.printed") is True
