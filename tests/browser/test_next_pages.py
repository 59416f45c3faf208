"""A page that is being gone to is fetched while its link is pressed, and no page before."""

import json


def fetched_early(page):
    """The addresses that the browser asked for ahead, as the requests come."""
    seen = []
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Preload.enable")
    session.on("Preload.prefetchStatusUpdated", lambda event: seen.append(event["prefetchUrl"]))
    return seen


def press(page, name):
    """Press a link with the mouse and hold it."""
    box = page.get_by_role("link", name=name).first.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()


def test_pressed_link_is_fetched_but_never_the_checklist(page, base_url):
    rules = page.goto("/nutrients/").headers["speculation-rules"].strip('"')
    [rule] = json.loads(page.request.get(rules).text())["prefetch"]
    # No page is fetched for a link that is only pointed at.
    assert rule["eagerness"] == "conservative"
    seen = fetched_early(page)
    with page.expect_request("**/nutrients/magnesium/"):
        press(page, "Checklist")
        # Off the link first, so that letting go of the button follows none.
        page.mouse.move(0, 0)
        page.mouse.up()
        press(page, "Magnesium")

    assert set(seen) <= {f"{base_url}/nutrients/magnesium/"}
