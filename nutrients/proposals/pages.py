"""Public pages as a proposal would have them, for editors and for people with a link.

A page is drawn from the database with the proposal laid over it, and the transaction is rolled
back. Each page has its own transaction, so that the write lock is held for one page at a time. No
cache is used: the page cache is in front of Django, and memoized results come with the request.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import partial
from html import unescape
from io import BytesIO
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.http import Http404
from django.template.loader import render_to_string
from django.urls import resolve, reverse
from django_htmx.middleware import HtmxMiddleware

from nutrients.common.answering import MEMORY
from nutrients.common.version import content_version
from nutrients.content.tables import owning_fields
from nutrients.models import Article, Proposal

from .marking import main_of, mark_page
from .rows import as_proposed, live_rows, proposal_digest

# Pages that show many rows and belong to none.
LISTS = (
    *("home", "compare", "checklist", "nutrient_list", "symptom_list", "article_list"),
    *("food_list", "plate", "a_to_z", "safety", "test_book", "sources", "changes"),
)
# How many pages are compared, and to how many pages each link of a row leads.
MAX_PAGES, MAX_LINKED = 60, 12
MARKED, PROPOSED, LIVE = "marked", "proposed", "live"
MODES = {MARKED: "Changes marked", PROPOSED: "As proposed", LIVE: "As it is now"}
TITLE = re.compile("<title>(.*?)</title>", re.DOTALL)


class ChangingPage(NamedTuple):
    """A public page that a proposal changes, adds or removes."""

    path: str
    title: str
    is_new: bool
    is_gone: bool


def render_page(path: str, memory: dict[Any, Any] | None = None) -> str:
    """Render the page at a path from the database as it is now; "" if there is no such page.

    `memory` has the results that `memoized` computed from the same content for other pages.
    """
    host = urlsplit(settings.SITE_URL)
    request = WSGIRequest(
        {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": path,
            "SERVER_NAME": host.hostname,
            "SERVER_PORT": str(host.port or 80),
            "wsgi.url_scheme": host.scheme,
            "wsgi.input": BytesIO(),
            MEMORY: {} if memory is None else memory,
        }
    )
    match = request.resolver_match = resolve(path)
    # Every public URL pattern has named arguments only.
    view = HtmxMiddleware(partial(match.func, **match.kwargs))
    try:
        response: Any = view(request)
    except Http404:
        return ""
    # The address of a picture is that of its file.
    is_page = response.status_code == 200 and response["Content-Type"].startswith("text/html")
    return response.content.decode() if is_page else ""


def render_proposed(proposal: Proposal, path: str, memory: dict[Any, Any] | None = None) -> str:
    """Render the page as the proposal would change it; "" if it would not exist."""
    with as_proposed(proposal):
        return render_page(path, memory)


def changing_pages(
    proposal: Proposal, *, at: datetime, recheck: bool = False
) -> list[ChangingPage]:
    """Return those of the MAX_PAGES pages nearest to the changes that a proposal changes.

    To draw and compare pages takes seconds, so the result is stored until the proposal changes, and
    with `recheck` until the content changes.
    """
    version = content_version(at=at) if recheck else None
    words, content = proposal_digest(proposal), version.state if version else ""
    stored = proposal.pages
    if stored.get("words") != words or (recheck and stored["content"] != content):
        changing = list(_compare(proposal, candidates(proposal)[:MAX_PAGES]))
        proposal.pages = {"words": words, "content": content, "changing": changing}
        Proposal.objects.filter(pk=proposal.pk).update(pages=proposal.pages)
    return [ChangingPage(*page) for page in proposal.pages["changing"]]


def _compare(proposal: Proposal, paths: Iterable[str]) -> Iterator[ChangingPage]:
    live_memory: dict[Any, Any] = {}
    proposed_memory: dict[Any, Any] = {}
    for path in paths:
        before = render_page(path, live_memory)
        after = render_proposed(proposal, path, proposed_memory)
        if before != after:
            title = TITLE.search(after or before)
            name = unescape(title[1]).partition(" | ")[0].strip() if title else path
            yield ChangingPage(path, name, not before, not after)


def candidates(proposal: Proposal) -> list[str]:
    """Return the paths of pages that may change, the nearest first."""
    live = live_rows(proposal.rows.all()).values()
    own, linked = _paths(live), _linked_paths(live)
    with as_proposed(proposal) as overlays:
        rows = [overlay.row for overlay in overlays if overlay.row.pk]
        own += _paths(rows)
        linked += _linked_paths(rows)
        # Any article may have a live block.
        articles = _paths(Article.objects.all())
    lists = [reverse(f"nutrients:{name}") for name in LISTS]
    return list(dict.fromkeys([*own, *lists, *linked, *articles]))


def _paths(rows: Iterable[Any]) -> list[str]:
    """Return the paths of those rows that have a page."""
    with_page = (row for row in rows if hasattr(row, "get_absolute_url"))
    return [row.get_absolute_url().partition("#")[0] for row in with_page]


def _linked_paths(rows: Iterable[Any]) -> list[str]:
    """Return the pages of some of the rows that each link leads to."""
    return [
        path for row in rows for linked in _linked_rows(row) for path in _paths(linked[:MAX_LINKED])
    ]


def _linked_rows(row: Any) -> Iterator[Any]:
    """Yield the rows of each link and, behind rows without a page, those of their other links."""
    for link in row._meta.get_fields():
        model = link.related_model if link.is_relation else None
        name = link.name if link.concrete or not model else link.get_accessor_name()
        if model is None or not name:
            continue
        if link.many_to_one or link.one_to_one:
            linked = getattr(row, name, None)
            rows = model._base_manager.filter(pk=linked.pk if linked else None)
        else:
            rows = getattr(row, name).all()
        if hasattr(model, "get_absolute_url"):
            yield rows
        elif link.one_to_many:
            for field in owning_fields(model):
                if field.remote_field.model is not type(row):
                    owners = field.remote_field.model._base_manager
                    yield owners.filter(pk__in=rows.values(field.attname))


def render_preview(proposal: Proposal, path: str, mode: str, *, at: datetime, overview: str) -> str:
    """Return a page that changes, below a bar that leads to the others; nothing for other pages.

    `mode` is one of MODES. `overview` is the address of the list of pages.
    """
    pages = changing_pages(proposal, at=at)
    index = next((number for number, page in enumerate(pages) if page.path == path), None)
    if index is None:
        return ""
    before, after = render_page(path), render_proposed(proposal, path)
    mode = mode if mode in MODES and before and after else MARKED
    html = {LIVE: before, PROPOSED: after}.get(mode) or mark_page(before, after) or before
    bar = render_to_string(
        "nutrients/proposals/_bar.html",
        {
            "proposal": proposal,
            "page": pages[index],
            "is_same": main_of(before) == main_of(after),
            "number": index + 1,
            "total": len(pages),
            "previous": pages[index - 1] if index else None,
            "next": pages[index + 1] if index + 1 < len(pages) else None,
            "modes": [(name, label, name == mode) for name, label in MODES.items()],
            "overview": overview,
        },
    )
    head, header = (
        render_to_string("nutrients/proposals/_head.html"),
        '<header class="site-header">',
    )
    return html.replace("</head>", f"{head}</head>", 1).replace(header, f"{bar}{header}", 1)
