"""The admin may be moved, and be there for some networks alone."""

from ipaddress import ip_network

import pytest
from django.core.exceptions import ImproperlyConfigured

from tests.test_settings import settings_with, shown

PATHS = ["/admin/", "/admin", "/admin/login/", "/admin/nowhere/", "/admin/nutrients/nutrient/"]


@pytest.mark.parametrize("path", PATHS)
def test_admin_is_not_there_for_other_networks(client, db, settings, path):
    settings.ADMIN_NETWORKS = [ip_network("192.0.2.0/24"), ip_network("2001:db8::/32")]
    answer = client.get(path, REMOTE_ADDR="203.0.113.9")
    nowhere = client.get("/nowhere/", REMOTE_ADDR="203.0.113.9")

    assert (answer.status_code, answer.content) == (404, nowhere.content)
    assert not answer.cookies
    assert client.post(path, REMOTE_ADDR="203.0.113.9").status_code == 404


@pytest.mark.parametrize("address", ["192.0.2.7", "2001:db8::7", "::ffff:192.0.2.7"])
def test_admin_is_there_for_its_networks(client, db, settings, address):
    settings.ADMIN_NETWORKS = [ip_network("192.0.2.0/24"), ip_network("2001:db8::/32")]

    assert client.get("/admin/login/", REMOTE_ADDR=address).status_code == 200


def test_header_does_not_open_it(client, db, settings):
    settings.ADMIN_NETWORKS = [ip_network("192.0.2.0/24")]
    headers = {"x-forwarded-for": "192.0.2.7", "x-real-ip": "192.0.2.7"}

    answer = client.get("/admin/login/", headers=headers, REMOTE_ADDR="203.0.113.9")
    assert answer.status_code == 404


def test_readers_pages_are_there_for_all(client, content, settings):
    settings.ADMIN_NETWORKS = [ip_network("192.0.2.0/24")]

    assert client.get("/compare/", REMOTE_ADDR="203.0.113.9").status_code == 200


def test_admin_and_its_cookies_can_be_moved():
    code = (
        "(reverse('admin:index'), settings.SESSION_COOKIE_PATH) if not exec("
        "'from django.urls import reverse', globals()) else ''"
    )

    assert shown(code, ADMIN_PATH="/desk/editors") == "('/desk/editors/', '/desk/editors/')"


@pytest.mark.parametrize(
    ("name", "value"),
    [("ADMIN_PATH", "/"), ("ADMIN_PATH", "a b"), ("ADMIN_NETWORKS", "10.0.0.1/8")],
)
def test_unreadable_place_stops_the_start(name, value):
    with pytest.raises(ImproperlyConfigured, match=f"{name} "):
        settings_with(**{name: value})
