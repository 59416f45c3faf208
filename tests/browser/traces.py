"""Everything a page could leave behind in a browser, or send away unseen."""

from dataclasses import dataclass, field

from tests.browser.conftest import stored

# Requests that no reader asks for, and that go on after a page is closed.
UNSEEN = {"ping", "beacon", "eventsource", "websocket", "cspviolationreport"}


@dataclass
class Sent:
    """What a browser sent: every request with its address, method, kind and headers."""

    requests: list = field(default_factory=list)

    def watch(self, context):
        context.on("request", lambda request: self.requests.append(request))
        return self

    def foreign(self, origin):
        """Return requests to other hosts, and those that report on the reader."""
        return [
            request.url
            for request in self.requests
            if not request.url.startswith(f"{origin}/") or request.resource_type in UNSEEN
        ]

    def telling(self, words):
        """Addresses and referrers that hold one of the words."""
        seen = []
        for request in self.requests:
            # Not all_headers(): of a page that was fetched ahead it waits for what never comes.
            seen += [request.url, request.headers.get("referer", "")]
        return [text for text in seen if any(word in text for word in words)]


def kept(page, origin):
    """Name everything that the browser keeps for the site, whatever the page's script can see."""
    session = page.context.new_cdp_session(page)
    found = [f"cookie {cookie['name']}" for cookie in page.context.cookies()]
    found += [f"storage {key}" for key in stored(page.context, page, origin)]
    place = {"securityOrigin": origin}
    names = session.send("IndexedDB.requestDatabaseNames", place)["databaseNames"]
    caches = session.send("CacheStorage.requestCacheNames", place)["caches"]
    usage = session.send("Storage.getUsageAndQuota", {"origin": origin})["usageBreakdown"]
    found += [f"database {name}" for name in names]
    found += [f"cache {cache['cacheName']}" for cache in caches]
    found += [f"used {part['storageType']}" for part in usage if part["usage"]]
    found += [f"worker {worker.url}" for worker in page.context.service_workers]
    session.detach()
    return found


def history(page):
    """Addresses and titles that the browser's history holds."""
    session = page.context.new_cdp_session(page)
    entries = session.send("Page.getNavigationHistory")["entries"]
    session.detach()
    return [entry[name] for entry in entries for name in ("url", "title", "userTypedURL")]
