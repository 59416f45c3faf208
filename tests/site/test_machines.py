"""What machines read: site map, rules for robots, where to report weaknesses."""

from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest
from django.utils import timezone

from nutrients.models import Nutrient

pytestmark = pytest.mark.usefixtures("content")
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
SECURITY = "/.well-known/security.txt"


@pytest.fixture
def site_map(client):
    """Return a function that reads the site map as addresses with their days."""

    def entries(address="/sitemap.xml"):
        response = client.get(address, headers={"host": "localhost"})
        assert response.headers["Content-Type"].startswith("application/xml")
        pages = {}
        for entry in ElementTree.fromstring(response.content):
            url = entry.findtext(f"{SITEMAP}loc")
            path = url.removeprefix("http://testserver")
            is_part = path.startswith("/sitemap-")
            pages |= entries(path) if is_part else {url: entry.findtext(f"{SITEMAP}lastmod")}
        return pages

    return entries


def test_site_map_dates_pages_by_their_rows(client, site_map):
    changed = datetime(2027, 3, 4, 5, 6, tzinfo=UTC)
    Nutrient.objects.filter(slug="magnesium").update(changed_at=changed)

    assert client.get("/sitemap-foods.xml?p=9").status_code == 200
    pages = site_map()

    assert pages["http://testserver/nutrients/magnesium/"] == "2027-03-04"
    assert pages["http://testserver/articles/night-leg-cramps/"] == "2026-11-22"
    assert pages["http://testserver/privacy/"] is None
    assert "http://testserver/nutrients/magnesium/tremor/" in pages
    assert client.get("/sitemap-nothing.xml").status_code == 404


def test_robots_are_welcome(client):
    response = client.get("/robots.txt", headers={"host": "localhost"})

    assert response.headers["Content-Type"].startswith("text/plain")
    assert response.text == "User-agent: *\nDisallow:\nSitemap: http://testserver/sitemap.xml\n"


def test_security_txt_names_the_contact(client, settings):
    settings.CONTACT_EMAIL = "editors@nutrisite.example"
    response = client.get(SECURITY)

    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    # Never cached, or a copy would expire.
    assert "no-store" in response.headers["Cache-Control"]
    fields = dict(line.split(": ", 1) for line in response.text.splitlines())
    expires = datetime.fromisoformat(fields.pop("Expires"))
    assert timedelta(days=30) < expires - timezone.now() < timedelta(days=365)
    assert fields == {"Contact": "mailto:editors@nutrisite.example"}

    settings.CONTACT_EMAIL = "a b@nutrisite.example"
    assert "Contact: mailto:a%20b@nutrisite.example\n" in client.get(SECURITY).text

    settings.CONTACT_EMAIL = ""
    assert client.get(SECURITY).status_code == 404
