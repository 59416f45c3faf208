"""The addresses of other sites that ours leads to: do they still answer?"""

from __future__ import annotations

import http.client
from collections import defaultdict
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from typing import Any, NamedTuple
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from django.conf import settings

from nutrients import prose
from nutrients.models import Article, ArticleSection, NutrientDetail, Source

from .checking import Problem, problem_of

SECONDS, HOSTS_AT_ONCE, TRIES = 15, 8, 2
GONE = {404, 410}
# Publishers that let browsers alone in say this of pages that are there.
REFUSES_PROGRAMS = {401, 402, 403, 405, 406, 418, 429, 451, 999}
REFUSED = "lets browsers alone in."
TEXTS: tuple[tuple[Any, str], ...] = (
    (Article, "short_answer"),
    (ArticleSection, "body"),
    (NutrientDetail, "body"),
)


def addresses() -> dict[str, list[Any]]:
    """Give each address of another site with the rows that name it."""
    rows: dict[str, list[Any]] = defaultdict(list)
    for source in Source.objects.exclude(url=""):
        rows[source.url].append(source)
    for model, name in TEXTS:
        for row in model.objects.select_related():
            for _, address in prose.links(getattr(row, name)):
                if urlsplit(address).scheme in ("http", "https"):
                    rows[address].append(row)
    return dict(rows)


class Checked(NamedTuple):
    """The broken links, and of how many addresses how many could not be looked at."""

    broken: list[Problem]
    number: int
    refused: int


def check_links(fault: Callable[[str], str]) -> Checked:
    """Ask every address, several hosts at once and each host one after the other.

    `fault` gives what is wrong with an address, and is called in other threads.
    """
    rows = addresses()
    by_host: dict[str, list[str]] = defaultdict(list)
    for address in rows:
        by_host[urlsplit(address).netloc].append(address)

    def faults(of_one_host: Iterable[str]) -> list[tuple[str, str]]:
        return [(address, why) for address in of_one_host if (why := fault(address))]

    with ThreadPoolExecutor(HOSTS_AT_ONCE) as pool:
        found = list(chain(*pool.map(faults, by_host.values())))
    broken = [(address, why) for address, why in found if why != REFUSED]
    problems = sorted(
        problem_of(row, f"{address} {why}") for address, why in broken for row in rows[address]
    )
    return Checked(problems, len(rows), len(found) - len(broken))


def fault_of(address: str) -> str:
    """What is wrong with an address of the web, as the end of a sentence; empty if nothing is.

    REFUSED is no fault: the page may be there, and could not be looked at.

    The head is asked for, then the page where that fails. A page that does not answer gets a
    second chance.
    """
    why = ""
    for _ in range(TRIES):
        for method in ("HEAD", "GET"):
            why = _fault(address, method)
            if why in ("", REFUSED):
                return why
        if why == "is gone.":
            break
    return why


def _fault(address: str, method: str) -> str:
    agent = f"Nutrisite link check ({settings.SITE_URL})"
    try:
        asked = Request(address, method=method, headers={"User-Agent": agent})  # noqa: S310
        with urlopen(asked, timeout=SECONDS) as answer:  # noqa: S310 (http and https alone)
            return _moved(address, answer.url)
    except HTTPError as error:
        error.close()
        if error.code in REFUSES_PROGRAMS:
            return REFUSED
        return "is gone." if error.code in GONE else f"answers with error {error.code}."
    except (OSError, ValueError, http.client.HTTPException) as error:
        return f"does not answer ({getattr(error, 'reason', None) or error})."


def _moved(address: str, came_to: str) -> str:
    """A page that is gone may lead to the front page of its site."""
    was, now = urlsplit(address), urlsplit(came_to)
    is_front = now.path in ("", "/") and not now.query
    return "leads to a front page." if is_front and (was.path.strip("/") or was.query) else ""
