"""Public pages as they would be: drawn from the database with a proposal laid over it, then undone.

Each page has a transaction of its own, which holds the lock for writing for as long as one page
takes. No cache is asked or filled: the page cache stands before the application, and the memory of
the content comes with a request, where these have one of their own.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from hashlib import sha256
from html import unescape
from io import BytesIO
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.db import transaction
from django.http import Http404, HttpResponse
from django.template.loader import render_to_string
from django.urls import resolve, reverse
from django_htmx.middleware import HtmxMiddleware

from nutrients.common.answering import MEMORY
from nutrients.common.version import content_version
from nutrients.content.versions import compared, owning_fields
from nutrients.models import Article, Proposal

from .rows import Laid, digest, lay_over, live_rows

# Pages without a row of their own on which many rows show.
LISTS = (
    *("home", "compare", "checklist", "nutrient_list", "symptom_list", "article_list"),
    *("food_list", "plate", "a_to_z", "safety", "test_book", "sources", "changes"),
)
# Pages that are looked at, and of those around a row the most by one of its links.
MOST_PAGES, MOST_AROUND = 80, 12
# How a page may be looked at.
MARKED, PROPOSED, LIVE = "marked", "proposed", "live"
WAYS = {MARKED: "Changes marked", PROPOSED: "As proposed", LIVE: "As it is now"}
TITLE = re.compile("<title>(.*?)</title>", re.DOTALL)
MAIN = re.compile("(?<=<main)(.*)(?=</main>)", re.DOTALL)
# A tag, or a word with the space after it.
PIECE = re.compile(r"<[^>]*>\s*|[^<\s]+\s*|\s+|<")


class ChangingPage(NamedTuple):
    """A public page that a proposal changes, makes or takes away."""

    path: str
    title: str
    is_new: bool
    is_gone: bool


@contextmanager
def as_proposed(proposal: Proposal, **options: Any) -> Iterator[list[Laid]]:
    """The database with a proposal laid over it, within; all of it is undone after."""
    with transaction.atomic():
        try:
            yield lay_over(proposal.rows.all(), **options)
        finally:
            transaction.set_rollback(True)


def drawn(path: str, memory: dict[Any, Any] | None = None) -> str:
    """The page at a path, from what the database holds now; empty if there is none.

    `memory` is what other pages made of the same content, for `memoized`.
    """
    host = urlsplit(settings.SITE_URL)
    asked = WSGIRequest(
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
    match = asked.resolver_match = resolve(path)

    def answer(asked: Any) -> HttpResponse:
        return match.func(asked, *match.args, **match.kwargs)

    try:
        page: Any = HtmxMiddleware(answer)(asked)
    except Http404:
        return ""
    return page.content.decode() if page.status_code == 200 else ""


def proposed(proposal: Proposal, path: str, memory: dict[Any, Any] | None = None) -> str:
    """The page as the proposal would have it; empty if there would be none."""
    with as_proposed(proposal):
        return drawn(path, memory)


def changing_pages(
    proposal: Proposal, *, at: datetime, recheck: bool = False
) -> list[ChangingPage]:
    """The public pages that a proposal changes, its own first.

    Each candidate is drawn twice and compared, which takes a second or two, so what is found is
    kept until the proposal changes, and with `recheck` until the content changes. So is what tells
    the live pages from others: while somebody writes, only the proposed ones are drawn again.
    """
    version = content_version(at=at) if recheck else None
    words, content = digest(proposal), version.state if version else ""
    kept = proposal.pages
    if kept.get("words") != words or (recheck and kept["content"] != content):
        live = kept.get("live", {}) if content and kept.get("content") == content else {}
        paths, left = candidates(proposal)
        found = list(_changing(proposal, paths, live))
        proposal.pages = {"words": words, "content": content, "found": found}
        proposal.pages |= {"left": sorted(left.items()), "live": live}
        Proposal.objects.filter(pk=proposal.pk).update(pages=proposal.pages)
    return [ChangingPage(*one) for one in proposal.pages["found"]]


def _changing(
    proposal: Proposal, paths: Iterable[str], live: dict[str, str]
) -> Iterator[ChangingPage]:
    """Compare pages with the digests of the live ones, which are added where they are missing."""
    now: dict[Any, Any] = {}
    coming: dict[Any, Any] = {}
    for path in paths:
        if path not in live:
            live[path] = _digest(drawn(path, now))
        after = proposed(proposal, path, coming)
        if live[path] != _digest(after):
            title = TITLE.search(after or drawn(path, now))
            words = unescape(title[1]).partition(" | ")[0].strip() if title else path
            yield ChangingPage(path, words, not live[path], not after)


def _digest(page: str) -> str:
    return sha256(page.encode()).hexdigest() if page else ""


def candidates(proposal: Proposal) -> tuple[list[str], Counter[str]]:
    """The addresses at which a change of these rows may show, and how many more of which kind."""
    left: Counter[str] = Counter()
    live = [row for row, _ in live_rows(proposal.rows.all()).values()]
    own, near = _pages(live), _around(live, left)
    with as_proposed(proposal) as laid:
        rows = [one.row for one in laid if one.row.pk]
        own += _pages(rows)
        near += _around(rows, Counter())
        # Any of them may hold a block that is drawn from the facts.
        articles = _pages(Article.objects.all())
    lists = [reverse(f"nutrients:{name}") for name in LISTS]
    paths = list(dict.fromkeys([*own, *lists, *near, *articles]))
    left.update(path.split("/")[1] for path in paths[MOST_PAGES:])
    return paths[:MOST_PAGES], left


def _pages(rows: Iterable[Any]) -> list[str]:
    return [path for row in rows for path in _page(row)]


def _around(rows: Iterable[Any], left: Counter[str]) -> list[str]:
    """The pages of rows that these are linked with; of each link some, and the rest is counted."""
    near = []
    for row in rows:
        for related in _linked(row):
            paths = _pages(related[:MOST_AROUND])
            near += paths
            if paths and (more := related.count() - MOST_AROUND) > 0:
                left[paths[0].split("/")[1]] += more
    return near


def _linked(row: Any) -> Iterator[Any]:
    """The rows of each link, straight or, as the foods of a nutrient, by one without a page."""
    for link in row._meta.get_fields():
        model = link.related_model if link.is_relation else None
        name = link.name if link.concrete or not model else link.get_accessor_name()
        if model is None or not name:
            continue
        if link.many_to_one or link.one_to_one:
            one = getattr(row, name, None)
            related = model._base_manager.filter(pk=one.pk if one else None)
        else:
            related = getattr(row, name).all()
        if hasattr(model, "get_absolute_url"):
            yield related
        elif link.one_to_many:
            for field in owning_fields(model):
                if field.remote_field.model is not type(row):
                    rows = field.remote_field.model._base_manager
                    yield rows.filter(pk__in=related.values(field.attname))


def _page(row: Any) -> list[str]:
    address = getattr(row, "get_absolute_url", None)
    return [address().partition("#")[0]] if address else []


def previewed(proposal: Proposal, path: str, way: str, *, at: datetime, home: str) -> str:
    """One changing page with a bar on top that leads to the others; empty for any other page.

    `way` is one of WAYS. `home` is the address of the list of pages.
    """
    pages = changing_pages(proposal, at=at)
    place = next((number for number, one in enumerate(pages) if one.path == path), None)
    if place is None:
        return ""
    before, after = drawn(path), proposed(proposal, path)
    way = way if way in WAYS and before and after else MARKED
    html = {LIVE: before, PROPOSED: after}.get(way) or marked_page(before, after) or before
    bar = render_to_string(
        "nutrients/proposals/_bar.html",
        {
            "proposal": proposal,
            "page": pages[place],
            "is_same": _main(before) == _main(after),
            "place": place + 1,
            "number": len(pages),
            "previous": pages[place - 1] if place else None,
            "next": pages[place + 1] if place + 1 < len(pages) else None,
            "ways": [(one, words, one == way) for one, words in WAYS.items()],
            "home": home,
        },
    )
    head, body = render_to_string("nutrients/proposals/_head.html"), '<header class="site-header">'
    return html.replace("</head>", f"{head}</head>", 1).replace(body, f"{bar}{body}", 1)


def marked_page(before: str, after: str) -> str:
    """The page `after`, with the words marked that are not in `before`, and those that went.

    Lines are compared first, then the words of those that differ; tags are the new page's.
    """
    old, new = _main(before), _main(after)
    return after.replace(new, _marked(old, new), 1) if old and new else after


def _main(page: str) -> str:
    main = MAIN.search(page)
    return main[0] if main else ""


def _marked(before: str, after: str) -> str:
    html: list[str] = []
    for same, gone, came in compared(before.splitlines(True), after.splitlines(True)):
        html += same
        pieces = PIECE.findall("".join(gone)), PIECE.findall("".join(came))
        for kept, lost, new in compared(*pieces):
            html += [*kept, *_in("del", lost, tags=False), *_in("ins", new, tags=True)]
    return "".join(html)


def _in(tag: str, pieces: Iterable[str], *, tags: bool) -> Iterator[str]:
    """Words in a mark, each stretch between two tags in one of its own."""
    words: list[str] = []
    for piece in [*pieces, "<>"]:
        if not piece.startswith("<"):
            words.append(piece)
            continue
        text = "".join(words)
        if text.strip():
            is_apart = text[-1].isspace() or tag == "del"
            yield f"<{tag}>{text.rstrip()}</{tag}>{' ' if is_apart else ''}"
        words = []
        if tags and piece != "<>":
            yield piece
