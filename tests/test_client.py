"""The client's address is read only from what trusted proxies wrote."""

import pytest
from django.test import RequestFactory

from nutrisite.client import address_of


def request(**meta):
    return RequestFactory().get("/", **meta)


@pytest.mark.parametrize(
    ("count", "header", "address"),
    [
        (0, "198.51.100.1", "127.0.0.1"),
        (0, "198.51.100.1, 203.0.113.9", "127.0.0.1"),
        (0, "", "127.0.0.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "127.0.0.1, 203.0.113.9", "203.0.113.9"),
        (2, "127.0.0.1, 203.0.113.9, 198.51.100.1", "203.0.113.9"),
        (1, "2001:db8::1", "2001:db8::1"),
        (1, "::ffff:203.0.113.9", "203.0.113.9"),
        (1, "unknown", "None"),
        (1, "", "None"),
        (2, "203.0.113.9", "None"),
    ],
)
def test_only_addresses_that_proxies_wrote_are_believed(settings, count, header, address):
    settings.BEHIND_PROXY, settings.PROXY_COUNT = count > 0, count

    received = request(REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR=header)
    assert str(address_of(received)) == address


@pytest.mark.parametrize("header", ["203.0.113.9", "a, b", ""])
def test_unknown_address_is_logged_without_what_was_sent(settings, lines, header):
    settings.BEHIND_PROXY, settings.PROXY_COUNT = True, 2
    assert address_of(request(HTTP_X_FORWARDED_FOR=header)) is None

    assert "PROXY_COUNT=2" in lines[0]
    assert "203.0.113" not in "".join(lines)
