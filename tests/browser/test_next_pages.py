"""A page that is being gone to is fetched while its link is pressed, and no page before."""


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
    page.wait_for_timeout(500)
    page.mouse.down()
    page.wait_for_timeout(1_500)


def test_pressed_link_is_fetched_and_one_pointed_at_is_not(page, base_url):
    page.goto("/nutrients/")
    seen = fetched_early(page)
    page.get_by_role("link", name="Potassium").first.hover()
    page.wait_for_timeout(1_000)
    before = list(seen)
    press(page, "Magnesium")

    assert before == []
    assert set(seen) == {f"{base_url}/nutrients/magnesium/"}


def test_checklist_is_never_fetched_ahead(page):
    page.goto("/nutrients/")
    seen = fetched_early(page)
    press(page, "Checklist")

    assert seen == []
