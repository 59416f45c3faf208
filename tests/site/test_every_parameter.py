"""No hostile value of any parameter breaks a page.

The names of parameters are recorded while a page reads them, so that new ones are tried too.
"""

import time
import tracemalloc
from itertools import cycle
from urllib.parse import quote_plus

import pytest
from django.conf import settings
from django.core.handlers import wsgi
from django.http import QueryDict, request

from tests.site.test_any_request import asserted_sound, filled, patterns

# What stands in the addresses, where it is not this nutrient or this symptom.
SLUGS = {
    "articles": "nutrients-and-muscle-jerking",
    "data": "nutrients",
    "foods": "almonds",
    "sources": "ods-magnesium",
    "sitemap-{}.xml": "articles",
    "symptoms": "muscle-cramps",
}
ADDRESSES = [
    filled(pattern, [SLUGS.get(pattern.partition("/")[0], "magnesium"), "muscle-cramps"])
    for pattern in patterns()
]
TAKE_FORMS = {"/checklist/", "/checklist/print/"}
# Good values, beside which others are read: the servings of a food, say.
GOOD = [b"almonds", b"magnesium", b"muscle-cramps", b"tremor", b"vegan", b"1", b"2"]
# As long as an address can be.
LONG = b"a<" * 3_500
# A lone surrogate, an overlong slash, a byte that begins no letter, and a part of a letter.
NOT_UTF8 = [b"\xed\xa0\x80", b"\xc0\xaf", b"\xff", b"a\xe2\x82"]
CONTROL = [b"\0", b"a\0b", b"\x1b[2J\x7f", "\u202e\u2066".encode(), b"\r\nX-Evil: 1"]
NUMBERS = [
    *(b"-1", b"0", b"9" * 19, str(9**99).encode(), b"1e400", b"NaN", b"-Infinity", b"1_000"),
    *("٣".encode(), "½".encode()),
]
DATES = [b"0000-00-00", b"9999-12-31", b"99999-01-01", b"2026-02-30"]
JSON = [b'{"a":', b"[" * 500, b"null"]
MARKUP = [
    b"<script>alert(1)</script>",
    b"\"><svg onload=alert(1)>'",
    b"{{ 7|add:7 }}{% debug %}",
    b"javascript:alert(1)",
    b"//evil.example/",
]
QUERIES = [b"'; DROP TABLE x; --", b'"open NEAR(a* OR', b"../../etc/passwd", b"=1+1"]
VALUES = [LONG, b"", *NOT_UTF8, *CONTROL, *NUMBERS, *DATES, *JSON, *MARKUP, *QUERIES]
# Of each kind one, for each parameter alone: no text, too large a number, and markup.
ALONE = [b"\0", b"9" * 19, b"<script>alert(1)</script>"]
# A parameter that no page has.
UNKNOWN = "unknown"
# Some of what these pages read, to check that it is recorded.
NAMES = {
    "/foods/plate/": {"food", "servings-almonds", "remove", "stage", "diet", "q", "country"},
    "/checklist/": {"symptom", "risk", "flag", "onset"},
}
# Bytes of the longest address that gunicorn takes, and fields of the longest form.
LONGEST_ADDRESS, MOST_FIELDS = 8_000, settings.DATA_UPLOAD_MAX_NUMBER_FIELDS
# Far from what any page takes: half a second of the processor, and 3 MB.
MOST_SECONDS, MOST_MEMORY = 10, 10_000_000


class Noting(QueryDict):
    """Records the names of parameters that are read."""

    names_read = set()

    def __getitem__(self, name):
        self.names_read.add(name)
        return super().__getitem__(name)

    def __contains__(self, name):
        self.names_read.add(name)
        return super().__contains__(name)

    def getlist(self, name, default=None):
        self.names_read.add(name)
        return super().getlist(name, default)


@pytest.fixture
def names_read():
    """Return the set of parameter names that views read while the test runs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Noting, "names_read", set())
        for module in (wsgi, request):
            patch.setattr(module, "QueryDict", Noting)
        yield Noting.names_read


@pytest.fixture
def send(client, content):
    """Return a function that sends pairs in an address or as a form."""

    def send(address, method, pairs, **headers):
        encoded = "&".join(f"{quote_plus(name)}={quote_plus(value)}" for name, value in pairs)
        query, body = (encoded, "") if method == "GET" else ("", encoded)
        asserted_sound(client, method, address, query, body, headers)

    return send


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_parameter_breaks_or_slows_a_page(send, names_read, address):
    for method in ["GET", "POST"] if address in TAKE_FORMS else ["GET"]:
        names_read.clear()
        # Values that are understood lead to further parameters.
        names, new = set(), {UNKNOWN}
        while new:
            for name in new:
                send(address, method, [(name, value) for value in GOOD])
            names |= new
            new = names_read - names
        names = sorted(names)
        assert NAMES.get(address, set()) <= set(names)
        if names == [UNKNOWN]:
            # The page reads none, so it cannot tell these from one another.
            send(address, method, [(UNKNOWN, value) for value in VALUES])
            continue
        # How a number of a page is read is tried where others are read beside it.
        values = VALUES if set(names) - {UNKNOWN, "page"} else ALONE
        for value, good in zip(values, cycle(GOOD), strict=False):
            send(address, method, [(name, text) for name in names for text in (value, good, value)])
        for name in names:
            for value in ALONE:
                send(address, method, [(name, value)], **{"hx-request": "true"})
        assert names_read <= set(names)
        assert_bounded(lambda: send(address, method, longest(names, method)))  # noqa: B023


def longest(names, method):
    """As many pairs of a parameter and a number as a request may have."""
    pairs = [(names[number % len(names)], b"%d" % number) for number in range(MOST_FIELDS)]
    room = LONGEST_ADDRESS // (max(map(len, names)) + len("=1234&"))
    return pairs[:room] if method == "GET" else pairs


def assert_bounded(work):
    tracemalloc.start()
    start = time.process_time()
    work()
    seconds = time.process_time() - start
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert seconds < MOST_SECONDS
    assert most < MOST_MEMORY
