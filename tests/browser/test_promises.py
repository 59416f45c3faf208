"""The browser fixtures notice what the other tests rely on them to notice."""

from tests.browser.conftest import look_for_traces, watch
from tests.browser.traces import revealing, traces_in

BREAK_EVERY_PROMISE = """async () => {
  await new Promise((done) => { indexedDB.open("left").onsuccess = done; });
  await caches.open("left");
  localStorage.setItem("left", "here");
  document.cookie = "left=yes";
  console.error("broken");
  await fetch("/healthz?muscle-cramps");
  navigator.sendBeacon("/healthz");
  await fetch("http://other.example/").catch(() => null);
}"""


def test_browser_fixtures_notice_every_broken_promise(new_context, base_url):
    context, faults, requests = new_context(), [], []
    watch(context, base_url, faults)
    context.on("request", lambda request: requests.append(request))
    page = context.new_page()
    page.goto("/healthz")
    # Before any policy of a page applies, a request to another host would go out.
    page.route("http://other.example/", lambda route: route.abort())
    page.set_content("<title>Any page</title>")
    page.evaluate(BREAK_EVERY_PROMISE)
    look_for_traces(context, base_url, faults)

    text = "\n".join([*faults, *traces_in(page, base_url)])
    for fault in (
        *("In the console: broken", "A cookie: left", "Left in storage: left", "other.example"),
        *("cookie left", "storage left", "database left", "cache left", "used indexeddb"),
        f"no reader asked for: {base_url}/healthz",
    ):
        assert fault in text
    assert revealing(requests, ["muscle-cramps"]) == [f"{base_url}/healthz?muscle-cramps"]
