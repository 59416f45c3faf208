"""The way from a nutrient's page to a plate: what it begins with, and when it is not offered."""

import pytest

from tests.site.pages import links_of


@pytest.mark.parametrize(
    ("address", "foods"),
    [
        # Of what adults should stay below an amount of, no food is offered.
        ("/nutrients/sodium/?stage=19-50-male", 0),
        ("/nutrients/copper/?stage=19-50-pregnancy", 3),
        # A serving of beef liver passes an adult's limit of copper.
        ("/nutrients/copper/?stage=19-50-male", 3),
        ("/nutrients/vitamin-b12/?stage=31-50-male&country=us", 3),
    ],
)
def test_way_to_a_plate_offers_foods_that_suit_the_reader(client, content, address, foods):
    links = links_of(client.get(address), "plate-way")

    assert len(links) == 1
    assert links[0].count("food=") == foods
    assert "liver" not in links[0]
    assert ("country=us" in links[0]) == ("country=us" in address)


@pytest.mark.parametrize("query", ["", "?stage=infants-0-3-months"])
def test_no_plate_is_offered_without_a_life_stage_that_it_is_for(client, content, query):
    links = links_of(client.get(f"/nutrients/copper/{query}"), "main")
    assert not [link for link in links if "/plate/" in link]
