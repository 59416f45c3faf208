"""The pages that must come up when nothing else does: no context, no database, no manifest."""

import re

import pytest
from django.template.loader import render_to_string
from django.urls import resolve

BARE = ["400", "403", "403_csrf", "405", "410", "411", "500", "503"]


@pytest.mark.parametrize("name", BARE)
def test_page_stands_without_context_or_collected_files_and_leads_on(name, settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "nutrisite.staticfiles.BundledStaticFilesStorage"}
    }
    html = render_to_string(f"{name}.html")

    assert html.count("<h1>") == 1
    assert "call 999, 112, 911" in html
    addresses = re.findall(r'<a [^>]*href="(/[^"]*)"', html)
    assert addresses
    assert all(resolve(address) for address in addresses)
    assert '<link rel="stylesheet" href="/static/css/site.css">' in html
    # Without it a browser asks for /favicon.ico, and gets one more error.
    assert '<link rel="icon" href="/static/img/favicon.svg"' in html


def test_unknown_address_is_answered_in_the_sites_own_design(client):
    response = client.get("/no-such-page/")

    assert response.status_code == 404
    html = response.content.decode()
    assert "This page slipped away" in html
    assert 'name="robots" content="noindex"' in html
    assert 'rel="canonical"' not in html
    assert 'action="/search/"' in html
