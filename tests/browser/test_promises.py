"""The browser fixtures see what they promise to see, or the other tests here would mean little."""

from tests.browser.conftest import look_for_traces, watch

BREAK_EVERY_PROMISE = """async () => {
  localStorage.setItem("left", "here");
  document.cookie = "counted=yes";
  console.error("broken");
  await fetch("http://other.example/").catch(() => null);
}"""


def test_fixtures_see_every_broken_promise(new_context, base_url):
    context, faults = new_context(), []
    watch(context, base_url, faults)
    page = context.new_page()
    page.goto("/healthz")
    # Before any policy of a page applies, a request to another host would go out.
    page.route("http://other.example/", lambda route: route.abort())
    page.set_content("<title>Any page</title>")
    page.evaluate(BREAK_EVERY_PROMISE)
    look_for_traces(context, base_url, faults)

    text = "\n".join(faults)
    assert "In the console: broken" in text
    assert "A cookie: counted" in text
    assert "Left in storage: left" in text
    assert "other.example" in text
