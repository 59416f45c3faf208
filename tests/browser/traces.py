"""Everything a page could leave behind in a browser, or send where others read it."""

from tests.browser.conftest import stored


def revealing(requests, words):
    """Return addresses and referrers of requests that contain one of the words."""
    # Not all_headers(): of a page that was fetched ahead it waits for what never comes.
    texts = [text for sent in requests for text in (sent.url, sent.headers.get("referer", ""))]
    return [text for text in texts if any(word in text for word in words)]


def traces_in(page, origin):
    """Name everything that the browser keeps for the site, even if scripts cannot see it."""
    session = page.context.new_cdp_session(page)
    traces = [f"cookie {cookie['name']}" for cookie in page.context.cookies()]
    traces += [f"storage {key}" for key in stored(page.context, page, origin)]
    of_site = {"securityOrigin": origin}
    names = session.send("IndexedDB.requestDatabaseNames", of_site)["databaseNames"]
    caches = session.send("CacheStorage.requestCacheNames", of_site)["caches"]
    usage = session.send("Storage.getUsageAndQuota", {"origin": origin})["usageBreakdown"]
    traces += [f"database {name}" for name in names]
    traces += [f"cache {cache['cacheName']}" for cache in caches]
    traces += [f"used {part['storageType']}" for part in usage if part["usage"]]
    traces += [f"worker {worker.url}" for worker in page.context.service_workers]
    session.detach()
    return traces


def history(page):
    """Return addresses and titles in the browser's history."""
    session = page.context.new_cdp_session(page)
    entries = session.send("Page.getNavigationHistory")["entries"]
    session.detach()
    return [entry[name] for entry in entries for name in ("url", "title", "userTypedURL")]
