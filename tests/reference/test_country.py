"""The reader's country: a parameter that links keep, British by default."""

import csv
import re

import pytest

from nutrients.models import ReferenceIntake
from tests.site.pages import links_of, text_of

PLATE = "/foods/plate/?food=spinach-raw"
ENERGY = r"0\.1 mg for each megajoule \(239 kcal\) eaten"
PAGES = ["/nutrients/calcium/", "/foods/", "/foods/spinach-raw/", PLATE, "/compare/"]


def with_country(address, country):
    return f"{address}{'&' if '?' in address else '?'}country={country}"


@pytest.mark.parametrize("address", PAGES)
def test_british_figures_are_the_default_and_unknown_countries_are_reported(
    client, content, address
):
    bare, british = client.get(address), client.get(with_country(address, "uk"))

    assert text_of(bare, "main") == text_of(british, "main")
    assert '<option value="" selected>UK' in bare.text
    assert not [link for link in links_of(bare) if link and "country" in link]
    assert not british.cookies
    for country in ("EU", "germany", "%00", "us'--"):
        page = client.get(with_country(address, country))

        assert page.status_code == 200
        assert "We did not understand" in text_of(page)
        assert '<option value="" selected>UK' in page.text
    # Of two the last counts.
    page = client.get(with_country(with_country(address, "us"), "eu"))
    assert '<option value="eu" selected>' in page.text
    assert "We did not understand “us”" in text_of(page)


@pytest.mark.parametrize(
    ("country", "need", "stage"),
    [
        ("uk", "700 mg a day for adults in the UK, {} (RNI)", "19-50-female"),
        ("eu", "950 to 1,000 mg a day for adults in the EU, {} (PRI)", "25-plus-female"),
        ("us", "1,000 to 1,200 mg a day for adults in the US and Canada, {} (RDA)", "19-30-female"),
    ],
)
def test_nutrient_page_has_the_needs_and_bands_of_the_country(
    client, content, country, need, stage
):
    page = client.get(f"/nutrients/calcium/?country={country}")

    assert need.format("enough for nearly everybody") in text_of(page, "needs-answer")
    assert f'<option value="{stage}">' in page.text


@pytest.mark.parametrize(
    ("address", "section", "words"),
    [
        (
            *("vitamin-d/", "needs-tables"),
            "The UK, the EU, and the US and Canada set the same limit for adults: 100 micro",
        ),
        (
            *("vitamin-b6/?country=us", "needs-tables"),
            "UK: 10 mill.*supplements only .safe.*EU: 12 mill.*all sources .*US.*: 100 mill.* all",
        ),
        (
            *("vitamin-b6/?country=us", "needs-answer"),
            "Limit for supplements, adults: 10 mg a day .UK, the lowest",
        ),
        (
            *("sodium/", "needs-tables"),
            "EU: 2,000 mill.*US and Canada: 2,300 mill.*UK: 2,400 milligrams a day[.]",
        ),
        (
            *("copper/?stage=19-50-male", "needs-answer"),
            "limit: 5 mg a day from all sources .EU, the lowest.*UK: 10 milligrams from all",
        ),
        ("thiamin/?country=eu&stage=25-plus-male", "needs-answer", ENERGY),
        ("folate/?stage=19-50-male", "needs-answer", "enough for nearly everybody .RNI.*DFE. co"),
    ],
)
def test_limits_are_compared_and_a_need_by_energy_is_in_words(
    client, content, address, section, words
):
    text = text_of(client.get(f"/nutrients/{address}"), section)

    assert re.search(words, text)
    assert ("same limit" in text) == ("vitamin-d" in address)


def test_need_by_energy_is_no_goal_of_a_plate(client, content):
    row = text_of(client.get(f"{PLATE}&country=eu"), "plate-thiamin")

    assert re.search(f"The PRI is {ENERGY}[.]", row)
    assert "to go" not in row


def test_drafts_and_lowest_intakes_are_not_shown_as_needs(client, content):
    rows = ReferenceIntake.objects.filter(reference_type="LRNI")
    assert rows.count() == 10
    assert not rows.exclude(status="draft").exists()
    # Even published, the lower reference intake is no need.
    rows.update(status="published")
    page = client.get("/nutrients/magnesium/?stage=19-50-female")

    assert "270 mg" in text_of(page, "needs-answer")
    assert "Lower Reference" not in text_of(page, "main")


def test_life_stage_of_another_country_is_replaced_with_a_notice(client, content):
    page = client.get(f"{PLATE}&servings-spinach-raw=2&stage=71-plus-male")
    text = text_of(page, "main")

    assert "Age groups differ between countries." in text
    assert "in the UK: male, 51 years and over." in text
    assert "We did not understand" not in text
    assert "2 × 30 g" in text_of(page, "sum-magnesium")


def test_country_stays_in_every_link_that_carries_a_choice(client, content):
    plate = client.get("/foods/plate/?food=orange&diet=vegan&country=eu")
    foods = client.get("/foods/?nutrient=calcium&diet=vegan&country=us")
    nutrient = client.get("/nutrients/calcium/?country=eu&stage=25-plus-female")
    table = client.get("/compare/?symptom=muscle-cramps&country=us")

    for page, country in ((plate, "eu"), (foods, "us"), (nutrient, "eu"), (table, "us")):
        carrying = [
            link
            for link in links_of(page, "main")
            if link
            and re.search(r"[?&](food|diet|nutrient|symptom|stage|sort)=", link)
            and not link.startswith(("/checklist/", "http"))
        ]
        assert carrying
        assert [link for link in carrying if f"country={country}" not in link] == []


def test_rich_foods_are_counted_by_the_label_value_of_the_country(client, content):
    """A boiled egg of 50 grams has 1.1 micrograms: 22% of 5, and 5% of 20."""
    british = text_of(client.get("/foods/?nutrient=vitamin-d&q=egg"), "main")
    american = text_of(client.get("/foods/?nutrient=vitamin-d&q=egg&country=us"), "main")

    assert "1 food rich in vitamin D" in british
    assert "0 foods rich in vitamin D" in american


def test_table_and_its_file_have_the_needs_of_the_country(client, content):
    page = client.get("/compare/?country=eu&sort=need")
    response = client.get("/compare.csv?country=eu")
    rows = {row["nutrient"]: row for row in csv.DictReader(response.text.splitlines())}

    assert "Adult need a day, EU" in text_of(page, "comparison-results")
    assert rows["Calcium"]["adult_need_a_day"] == "950 to 1,000 mg"
    assert rows["Calcium"]["reference"] == "PRI"
    assert re.search(ENERGY, rows["Thiamin"]["adult_need_a_day"])
    # A need by energy has no place among figures, so it stands last.
    names = re.findall(r'<a href="/nutrients/([\w-]+)/\?country=eu">', page.text)
    assert names[-1] == "thiamin"
