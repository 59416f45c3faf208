"""Check whether links to other sites still work."""

import http.client
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from django.conf import settings

from nutrients.models import Keyed, Problem, Source

from .checking import problem_of, text_links

SECONDS, AT_ONCE = 15, 8
# Publishers that block programs respond with these, although the page exists.
REFUSES_PROGRAMS = {401, 402, 403, 405, 406, 418, 429, 451, 999}
REFUSED, GONE = "refuses programs.", "is gone."


def addresses() -> dict[str, list[Keyed]]:
    """Return the rows that name each address of another site, by address."""
    rows: dict[str, list[Keyed]] = defaultdict(list)
    for source in Source.objects.exclude(url=""):
        rows[source.url].append(source)
    for row, _, address in text_links():
        if address.lower().startswith(("http://", "https://")):
            rows[address].append(row)
    return dict(rows)


def check_links() -> tuple[list[Problem], int, int]:
    """Check every address.

    Return the problems of broken links, the number of addresses, and how many refused to answer.
    """
    rows = addresses()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        reasons = dict(zip(rows, pool.map(fault_of, rows), strict=True))
    problems = [
        problem_of(row, f"{address} {reason}")
        for address, reason in reasons.items()
        for row in rows[address]
        if reason not in ("", REFUSED)
    ]
    return sorted(problems, key=str), len(rows), list(reasons.values()).count(REFUSED)


def fault_of(address: str) -> str:
    """Return what is wrong with an address, as the end of a sentence; "" if it answers.

    REFUSED is no fault: the page may exist. A busy server may answer a second try.
    """
    reason = _fault(address)
    return _fault(address) if reason not in ("", REFUSED, GONE) else reason


def _fault(address: str) -> str:
    agent = f"Nutrisite link check ({settings.SITE_URL})"
    try:
        request = Request(address, headers={"User-Agent": agent})  # noqa: S310
        # The body is not read.
        with urlopen(request, timeout=SECONDS) as response:  # noqa: S310 (http and https alone)
            return _redirect_fault(address, response.url)
    except HTTPError as error:
        error.close()
        if error.code in REFUSES_PROGRAMS:
            return REFUSED
        return GONE if error.code in (404, 410) else f"answers with error {error.code}."
    except (OSError, ValueError, http.client.HTTPException) as error:
        return f"does not answer ({getattr(error, 'reason', None) or error})."


def _redirect_fault(address: str, target: str) -> str:
    """Refuse a redirect to the front page, which many sites use for pages that are gone."""
    before, after = urlsplit(address), urlsplit(target)
    was_front = not before.path.strip("/") and not before.query
    is_front = after.path in ("", "/") and not after.query
    return "leads to a front page." if is_front and not was_front else ""
