"""The admin can be moved, and hidden from other networks; proxies tell the client's address."""

import runpy
from ipaddress import ip_network

import pytest

from nutrisite.client import client_address
from tests.processes import ROOT
from tests.test_settings import settings_with

PATHS = ["/admin/", "/admin", "/admin/login/", "/admin/nowhere/", "/admin/nutrients/nutrient/"]
STRANGER = "203.0.113.9"


@pytest.fixture
def _two_networks(settings):
    settings.ADMIN_NETWORKS = [ip_network("192.0.2.0/24"), ip_network("2001:db8::/32")]


@pytest.mark.usefixtures("_two_networks")
@pytest.mark.parametrize("path", PATHS)
def test_admin_is_hidden_from_other_networks(client, db, path):
    headers = {"x-forwarded-for": "192.0.2.7", "x-real-ip": "192.0.2.7"}
    nowhere = client.get("/nowhere/", REMOTE_ADDR=STRANGER)
    for ask in (client.get, client.post):
        answer = ask(path, headers=headers, REMOTE_ADDR=STRANGER)

        assert (answer.status_code, answer.content) == (404, nowhere.content)
        assert not answer.cookies


@pytest.mark.usefixtures("_two_networks")
def test_admin_is_open_to_its_networks_and_pages_to_all(client, content):
    for address in ("192.0.2.7", "2001:db8::7", "::ffff:192.0.2.7"):
        assert client.get("/admin/login/", REMOTE_ADDR=address).status_code == 200, address
    assert client.get("/compare/", REMOTE_ADDR=STRANGER).status_code == 200


def test_admin_and_its_cookies_can_be_moved(settings):
    moved = settings_with(ADMIN_PATH="/desk/editors")
    settings.ADMIN_PATH = moved.ADMIN_PATH
    addresses = runpy.run_path(str(ROOT / "nutrisite" / "urls.py"))["urlpatterns"]

    assert str(addresses[0].pattern) == "desk/editors/"
    assert {moved.SESSION_COOKIE_PATH, moved.CSRF_COOKIE_PATH} == {"/desk/editors/"}


@pytest.mark.parametrize(
    ("count", "header", "address"),
    [
        (0, "198.51.100.1, 203.0.113.9", "127.0.0.1"),
        (1, "127.0.0.1, 203.0.113.9", "203.0.113.9"),
        (2, "127.0.0.1, 203.0.113.9, 198.51.100.1", "203.0.113.9"),
        (1, "2001:db8::1", "2001:db8::1"),
        (1, "::ffff:203.0.113.9", "203.0.113.9"),
        (1, "", "None"),
        (2, "203.0.113.9", "None"),
        (2, "a, b", "None"),
    ],
)
def test_only_addresses_that_proxies_wrote_are_believed(
    rf, settings, lines, count, header, address
):
    settings.BEHIND_PROXY, settings.PROXY_COUNT = count > 0, count
    request = rf.get("/", REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR=header)

    assert str(client_address(request)) == address
    # An unknown address is logged, without what was sent.
    assert (f"PROXY_COUNT={count}" in "".join(lines)) is (address == "None")
    assert "203.0.113" not in "".join(lines)
