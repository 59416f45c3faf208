"""What a reader on a slow line sees: text before the style comes, and nothing that jumps."""

import pytest

PAGES = [
    "/",
    "/articles/nutrients-and-muscle-jerking/",
    "/nutrients/magnesium/",
    "/compare/",
    "/checklist/",
    "/foods/plate/?food=almonds",
]
# What browsers call good. Where the machine has no font as wide as ours, its own moves a line.
STEADY = 0.1
LARGEST_PICTURE = 500 * 160
SHIFT = """() => new Promise(done => {
  let sum = 0;
  new PerformanceObserver(list => {
    for (const entry of list.getEntries()) sum += entry.value;
  }).observe({type: "layout-shift", buffered: true});
  // What was buffered comes in a task of its own, before the second frame from here.
  document.fonts.ready.then(
    () => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => done(sum)))));
})"""
AREAS = """() => [...document.querySelectorAll("img, svg:not(.settle, .bar)")].map(picture => {
  const box = picture.getBoundingClientRect();
  return box.width * box.height;
})"""

PLACES = """() => [...document.querySelectorAll("main h1, main h2, main h3, footer")].map(
  one => [one.textContent.slice(0, 20), Math.round(one.getBoundingClientRect().y + scrollY)])"""


@pytest.mark.parametrize("address", PAGES)
def test_page_can_be_read_before_its_style_and_script_come(page, faults, address):
    page.route("**/*.{css,js,woff2}", lambda route: route.abort())
    page.goto(address)
    faults.clear()

    assert page.evaluate("getComputedStyle(document.body).fontFamily").find("Atkinson") == -1
    assert page.get_by_role("heading", level=1).bounding_box()["y"] < 3_000
    assert max(page.evaluate(AREAS), default=0) <= LARGEST_PICTURE
    assert page.locator("noscript").count() == 0


@pytest.mark.parametrize("address", PAGES)
def test_nothing_jumps_while_a_page_loads(page, address):
    for width in (320, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(address)
        assert page.evaluate(SHIFT) < STEADY


@pytest.mark.parametrize("address", PAGES)
def test_nothing_moves_when_the_script_comes_late(page, faults, address):
    page.set_viewport_size({"width": 412, "height": 823})
    page.route("**/site*.js", lambda route: route.abort())
    page.goto(address)
    without = page.evaluate(PLACES)
    faults.clear()
    page.unroute_all()
    page.goto(address)

    assert page.evaluate(PLACES) == without
