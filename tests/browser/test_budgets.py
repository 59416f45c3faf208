"""What a page may cost: bytes and requests in a browser that comes for the first time, and queries.

None of it depends on a clock. Bytes are those on the wire, headers included, compressed as the
server sends them.
"""

import pytest

# The most that a first visit may take, in bytes and in requests. htmx comes with a reader's first
# step towards a form, and is not among them.
FIRST_VISIT, REQUESTS = 53_500, 8
# The most that one more page may take. What is longer is listed with what it may take, and why.
ONE_MORE_PAGE = 12_500
LONGER = {
    # A whole article with its sources and every emergency: the words alone are 15 kB in Brotli.
    "/articles/nutrients-and-muscle-jerking/": 22_400,
    # Every sign, food, need and risk of a nutrient, with a source beside each figure.
    "/nutrients/magnesium/": 21_000,
    # Every cause, with what helps and when to see a doctor.
    "/symptoms/muscle-cramps/": 14_000,
}
PAGES = [
    "/",
    "/articles/nutrients-and-muscle-jerking/",
    "/nutrients/magnesium/muscle-cramps/",
    "/symptoms/muscle-cramps/",
    "/privacy/",
    "/compare/?symptom=muscle-cramps&diet=vegan",
    "/checklist/",
    "/checklist/?symptom=muscle-twitches&symptom=night-leg-cramps&risk=ppi",
    "/nutrients/magnesium/",
    "/foods/",
    "/foods/spinach-raw/",
    "/foods/plate/",
    "/search/?q=cramp",
]


def visit(new_context, path):
    """Open a page in a new browser; return the bytes of each response, its own first."""
    page, requests = new_context().new_page(), []
    page.on("request", lambda request: requests.append(request))
    page.goto(path)
    # The font is the last to come.
    page.evaluate("document.fonts.ready.then(() => true)")
    sizes = [request.sizes() for request in requests]
    page.context.close()
    return [size["responseBodySize"] + size["responseHeadersSize"] for size in sizes]


@pytest.mark.parametrize("path", PAGES)
def test_first_visit_takes_few_bytes_and_requests(new_context, path):
    sizes = visit(new_context, path)

    assert len(sizes) <= REQUESTS
    assert sum(sizes) <= FIRST_VISIT
    assert sizes[0] <= LONGER.get(path, ONE_MORE_PAGE)
