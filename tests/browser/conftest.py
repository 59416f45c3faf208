"""A real browser on the site as production serves it.

Pages of the fixtures open addresses such as "/compare/" and fail the test if the site breaks a
promise to readers: an error in the console, a blocked or unexpected request, a cookie, or anything
left in the browser's storage. `faults` lists what was seen so far; a test that provokes an error on
purpose looks at it and clears it.
"""

import os
from contextlib import contextmanager

import pytest
from playwright.sync_api import expect

from . import chromium, server

FLAGS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    # Letters as wide as on paper and on most screens, or lines break elsewhere.
    "--font-render-hinting=none",
    "--no-first-run",
]

# Several browsers share two processors: what comes late is still right.
expect.set_options(timeout=20_000)

PHONE = {"width": 390, "height": 844}
# Requests that no reader asks for, and that go on after a page is closed.
UNSEEN = {"ping", "beacon", "eventsource", "websocket", "cspviolationreport"}
OVERTAKEN = ("htmx:afterRequest,", "htmx:sendAbort,")


def tab_to(page, condition, presses=400):
    """Press Tab until the condition holds for the focused element."""
    for _ in range(presses):
        page.keyboard.press("Tab")
        if page.evaluate(condition):
            return
    pytest.fail(f"Tab never reached: {condition}")


@pytest.fixture(scope="session")
def site(prepared, worker_id):
    """Return the site that runs for this worker's browser tests."""
    with server.running(prepared, prepared.parent / f"site-{worker_id}") as site:
        yield site


@pytest.fixture(scope="session")
def base_url(site):
    return site.url


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    path = chromium.find()
    assert path, "No Chromium: `make test` finds or installs one."
    return browser_type_launch_args | {
        "executable_path": path,
        "chromium_sandbox": os.geteuid() != 0,
        "args": FLAGS,
    }


@pytest.fixture(autouse=True)
def _content_put_back(request):
    """After a test marked `changes_content`, the next one finds the shipped content again."""
    yield
    if request.node.get_closest_marker("changes_content"):
        request.getfixturevalue("site").put_content_back()


@pytest.fixture(scope="session")
def faults():
    """Return a list for broken promises to readers, a sentence each."""
    return []


@contextmanager
def watched(context, base_url, faults):
    """Yield a page of a context; fail at the end of the block if a promise was broken on it."""
    faults.clear()
    watch(context, base_url, faults)
    yield context.new_page()
    look_for_traces(context, base_url, faults)
    assert faults == []


@pytest.fixture
def fresh_page(new_context, base_url, faults):
    """Return a page of a browser that has visited nothing."""
    with watched(new_context(), base_url, faults) as page:
        yield page


@pytest.fixture
def page_without_script(new_context, base_url, faults):
    """Return a page in a browser that runs no script."""
    with watched(new_context(java_script_enabled=False), base_url, faults) as page:
        yield page


@pytest.fixture(scope="session")
def _lasting_page(browser, browser_context_args, base_url, faults):
    """Return a page that is open until the worker ends."""
    with browser.new_context(**browser_context_args) as context:
        watch(context, base_url, faults)
        yield context.new_page()


@pytest.fixture
def page(_lasting_page, base_url, faults):
    """Return one page with scripts to all tests that an earlier visit does not disturb."""
    page = _lasting_page
    # An address that is open already would be loaded again, with its scroll and its fields, and
    # the pointer would change the colours of what lies under it.
    page.goto("about:blank")
    page.mouse.move(0, 0)
    faults.clear()
    page.set_viewport_size({"width": 1280, "height": 720})
    page.emulate_media(media="null", color_scheme="null", reduced_motion="null")
    yield page
    page.unroute_all()
    for other in page.context.pages[1:]:
        other.close()
    look_for_traces(page.context, base_url, faults)
    assert faults == []


@pytest.fixture(params=["page", "page_without_script"])
def either(request):
    """Return a page with scripts, and in another run of the test one without."""
    page = request.getfixturevalue(request.param)
    page.runs_script = request.param == "page"
    return page


@pytest.fixture
def editor_page(page, site):
    """Yield the page of an editor who has signed in, and clear what the browser stored."""
    sign_in(page.context, site)
    yield page
    # A form keeps unsaved text as its page is left.
    page.goto(f"{site.url}/healthz")
    page.evaluate("localStorage.clear(); sessionStorage.clear()")
    page.context.clear_cookies()


def forgive(faults, *texts):
    """Take the faults that a test caused, such as the browser's report of a 500, off the list."""
    faults[:] = [fault for fault in faults if not any(text in fault for text in texts)]


def sign_in(context, site):
    """Sign a browser in by the session of an editor."""
    session = (site.folder / "session").read_text()
    scope = {"domain": "127.0.0.1", "path": "/admin/", "httpOnly": True, "sameSite": "Lax"}
    context.add_cookies([{"name": "sessionid", "value": session, **scope}])


def watch(context, base_url, faults):
    """Note errors of scripts and of the content policy, and requests that readers do not expect."""
    own = f"{base_url}/", "data:", "blob:", "about:"

    def on_request(request):
        if not request.url.startswith(own) or request.resource_type in UNSEEN:
            faults.append(f"A request that no reader asked for: {request.url}")

    def on_console(message):
        # Where a later choice overtakes an answer, htmx drops that and tells the console.
        if message.type == "error" and not message.text.startswith(OVERTAKEN):
            faults.append(f"In the console: {message.text} {message.location.get('url', '')}")

    context.on("request", on_request)
    context.on("console", on_console)
    context.on("weberror", lambda error: faults.append(f"A script failed: {error.error}"))


def look_for_traces(context, base_url, faults):
    """Note cookies that a public page would see, and storage that a public page left behind."""
    faults.extend(f"A cookie: {cookie['name']}" for cookie in context.cookies(f"{base_url}/"))
    if "sessionid" in {cookie["name"] for cookie in context.cookies(f"{base_url}/admin/")}:
        # An editor's browser: the admin remembers its colours and its menu there.
        return
    for page in context.pages:
        if page.url.startswith(base_url):
            faults.extend(f"Left in storage: {key}" for key in stored(context, page, base_url))


def stored(context, page, origin):
    """Return the keys of both storages in the browser, even if scripts cannot see them."""
    session = context.new_cdp_session(page)
    for is_local in (True, False):
        storage = {"storageId": {"securityOrigin": origin, "isLocalStorage": is_local}}
        entries = session.send("DOMStorage.getDOMStorageItems", storage)["entries"]
        yield from (key for key, _ in entries)
    session.detach()
