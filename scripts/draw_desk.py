"""Take the screenshots of the editors' guide. Run it again when a screen has changed.

python -m scripts.draw_desk

They are part of the repository, in static/img/desk.
"""

import io
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from tests import snapshots
from tests.browser import chromium, server

PICTURES = Path(__file__).resolve().parent.parent / "static" / "img" / "desk"
WIDTH, HEIGHT = 1000, 640
SECTION = "nutrients/articlesection/1/change/"


class Camera:
    """Opens screens of the admin and takes screenshots."""

    def __init__(self, page: Page, url: str) -> None:
        self.page, self.url = page, f"{url}/admin/"

    def open(self, address: str) -> None:
        self.page.goto(self.url + address)

    def take(self, name: str, top: str = "#content") -> None:
        """Save the screen from an element on, without the menu beside it."""
        self.page.locator(top).first.evaluate("element => element.scrollIntoView()")
        box = self.page.locator("#content").bounding_box() or {"x": 0}
        shot = Image.open(io.BytesIO(self.page.screenshot())).convert("RGB")
        shot = shot.crop((int(box["x"]), 0, WIDTH, HEIGHT))
        shot.save(PICTURES / f"{name}.webp", "WEBP", quality=40, method=6)

    def fill(self, label: str, words: str) -> None:
        self.page.get_by_label(label).first.fill(words)

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name).first.click()
        self.page.wait_for_load_state()


def tour(camera: Camera) -> None:
    """Take a screenshot for each chapter of the guide."""
    page = camera.page
    camera.take("home")
    camera.open(SECTION)
    body = page.get_by_label("Body:").input_value()
    camera.fill("Body:", body.replace("natural to worry", "human to worry"))
    page.get_by_label("Body:").press("Control+End")
    page.get_by_label("Body:").press_sequentially(" [@nhs-twi")
    page.get_by_role("option").first.wait_for()
    page.wait_for_timeout(1500)
    camera.take("writing", ".field-body")
    page.keyboard.press("Escape")
    camera.fill("Body:", body.replace("natural to worry", "human to worry"))
    camera.press("Save as proposal")
    camera.take("proposal")
    page.get_by_role("link", name="Pages that change").click()
    page.wait_for_load_state()
    camera.take("preview")
    camera.open("nutrients/nutrient/1/change/")
    camera.fill("Tagline:", "Calms muscle and nerve, and helps them to rest")
    camera.press("Save and continue editing")
    camera.open("nutrients/nutrient/1/history/?")
    camera.take("history")
    camera.open("review/")
    camera.take("review")
    camera.open("nutrients/nutrientamount/import/")
    lines = "food;nutrient;per_100g (mg)\nalmonds;magnesium;281,5\nalmonds;iron;=1+1\n"
    camera.fill("Or lines copied", lines)
    camera.press("Look at the lines")
    camera.take("import")
    camera.open("nutrients/redflag/1/change/")
    with page.expect_popup() as opened:
        page.get_by_role("link", name="Try these rules").first.click()
    bench = Camera(opened.value, "")
    # A window that a page opens does not inherit the size.
    bench.page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
    bench.page.wait_for_load_state()
    bench.page.locator(".bench-boxes input").first.check()
    bench.press("See what it raises")
    bench.take("bench")


def main() -> None:
    path = chromium.find() or sys.exit("No Chromium: `make test` finds or installs one.")
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        template, prepared = Path(folder) / "template", Path(folder) / "prepared"
        snapshots.make_template(template)
        server.prepare(prepared, template)
        browser = playwright.chromium.launch(executable_path=path, chromium_sandbox=False)
        with server.running(prepared, Path(folder) / "site") as site:
            page = browser.new_page(reduced_motion="reduce")
            page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
            page.goto(f"{site.url}/admin/")
            page.get_by_label("Username").fill(server.EDITOR)
            page.get_by_label("Password").fill(server.PASSWORD)
            page.get_by_role("button", name="Sign in").click()
            page.wait_for_url("**/admin/")
            tour(Camera(page, site.url))
        browser.close()


if __name__ == "__main__":
    main()
