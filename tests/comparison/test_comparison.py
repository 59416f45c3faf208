"""The page of the comparison table, and the file of the same rows."""

import csv
import io
import re
from html import unescape

import pytest

from tests import factories
from tests.site.pages import links_of, text_of

PAGE, FILE = "/compare/", "/compare.csv"


@pytest.fixture
def table(no_content):
    """Iron, zinc and folate; cramps, twitches and tiredness between them."""
    iron = factories.nutrient("iron", position=1, kind="electrolyte")
    zinc = factories.nutrient("zinc", position=2, is_electrolyte=True)
    folate = factories.nutrient("folate", position=3, kind="vitamin", unit="mcg")
    cramps, twitches = factories.symptom("cramps"), factories.symptom("twitches")
    tired = factories.symptom("tired", is_common=False, body_area="mind")
    factories.association(iron, cramps, typicality="sometimes", evidence="limited")
    factories.association(zinc, cramps)
    factories.association(zinc, twitches, relation="excess", typicality="rare")
    factories.association(folate, tired, relation="indirect", evidence="moderate")
    factories.association(folate, cramps, is_against=True, relation="indirect")


def names(client, query=""):
    """Return the names of the nutrients in the table, from the top."""
    response = client.get(FILE + query)
    return [row["nutrient"] for row in csv.DictReader(io.StringIO(response.text))]


def test_page_shows_job_signs_foods_need_and_evidence_of_the_shipped_content(client, content):
    page = client.get(PAGE, {"symptom": ["muscle-cramps", "tingling"]})
    text = text_of(page, "comparison-results")
    for words in ("Muscle cramps", "270 to 300 mg", "Helps muscles relax", "Strong"):
        assert words in text
    links = links_of(page, "comparison-results")
    assert "/nutrients/magnesium/muscle-cramps/#deficiency" in links
    assert {"/nutrients/magnesium/", "/checklist/?symptom=muscle-cramps&symptom=tingling"} <= set(
        links
    )
    assert any(link.startswith("/foods/") for link in links)
    assert any(link.startswith("/sources/") for link in links)


def test_columns_are_the_chosen_symptoms_or_the_first_common_ones(client, table):
    head = re.compile(r'<th class="sign-head" scope="col">(.*?)</th>')
    assert head.findall(client.get(PAGE).text) == ["Cramps", "Twitches"]
    assert head.findall(client.get(f"{PAGE}?relation=excess").text) == ["Twitches"]
    chosen = client.get(PAGE, {"symptom": ["tired", "cramps"]})
    assert head.findall(chosen.text) == ["Tired", "Cramps"]


def test_dots_have_a_label_and_link_to_the_evidence_for_a_link(client, table):
    page = client.get(PAGE, {"symptom": ["twitches", "cramps", "tired"]})
    dots = re.findall(r'<a href="([^"]+)"\s+class="(dot [^"]+)"\s+aria-label="([^"]+)"', page.text)
    assert len(dots) == 4
    claim = "Strong evidence: Too much zinc can cause twitches."
    assert ("/nutrients/zinc/twitches/#excess", "dot dot-strong dot-high", claim) in dots
    assert claim not in client.get(f"{PAGE}?relation=deficiency").text
    # Evidence against a link is no match.
    assert "Taking folate has not been shown to help cramps." in text_of(page)


def test_row_names_every_match_and_a_handful_of_other_signs(client, table):
    zinc = factories.Nutrient.objects.get(slug="zinc")
    for number in range(6):
        factories.association(zinc, factories.symptom(f"sign-{number}"), typicality="rare")
    factories.association(zinc, factories.symptom("fits"), typicality="severe-only")
    page = client.get(PAGE, {"symptom": ["sign-2", "sign-3", "sign-4", "sign-5", "cramps"]})

    matched = re.findall(r'class="match"\s+href="/nutrients/zinc/([^/]+)', page.text)
    assert matched == ["cramps", "sign-2", "sign-3", "sign-4", "sign-5"]
    assert page.text.count('class="sign-head"') == 5
    assert "3 more" in text_of(page, "comparison-results")

    text = text_of(client.get(PAGE, {"symptom": ["tired", "fits"]}), "comparison-results")
    assert "Fits (only when severe)" in text
    assert "Tired (by way of another nutrient)" in text


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["Iron", "Zinc", "Folate"]),
        ("?symptom=cramps", ["Zinc", "Iron"]),
        ("?symptom=cramps&symptom=twitches", ["Zinc", "Iron"]),
        ("?symptom=cramps&symptom=twitches&match=all", ["Zinc"]),
        ("?symptom=cramps&symptom=tired&match=all", []),
        ("?symptom=twitches&relation=deficiency", []),
        ("?relation=excess", ["Zinc"]),
        ("?relation=indirect", ["Folate"]),
        ("?match=all&relation=excess", ["Zinc"]),
        ("?kind=vitamin", ["Folate"]),
        # Of a value that is repeated the last applies.
        ("?kind=vitamin&kind=mineral", ["Iron", "Zinc"]),
        ("?kind=electrolyte", ["Iron", "Zinc"]),
        ("?sort=name", ["Folate", "Iron", "Zinc"]),
        ("?sort=-name", ["Zinc", "Iron", "Folate"]),
        ("?sort=need", ["Folate", "Iron", "Zinc"]),
        ("?symptom=cramps&sort=-match", ["Iron", "Zinc"]),
        ("?symptom=cramps&symptom=tired&sort=evidence", ["Zinc", "Folate", "Iron"]),
    ],
)
def test_filters_keep_and_order_the_rows(client, table, query, expected):
    assert names(client, query) == expected


def test_needs_sort_across_units(client, content):
    rows = names(client, "?sort=need")
    assert rows[:2] == ["Vitamin B12", "Vitamin D"]
    assert names(client, "?sort=-need") == rows[::-1]


def test_diet_narrows_the_foods_and_not_the_rows(client, table):
    zinc = factories.Nutrient.objects.get(slug="zinc")
    factories.food("beef", zinc, 30, vegan=False)
    factories.food("lentils", zinc, 20, vegan=True)
    factories.food("rice", zinc, 19, vegan=True)
    assert "Beef" in text_of(client.get(PAGE))
    page = client.get(PAGE, {"diet": "vegan"})
    assert "Beef" not in text_of(page)
    assert "Lentils" in text_of(page)
    # A food is rich from 20% of the daily value in a serving.
    assert "Rice" not in text_of(page)
    assert len(names(client, "?diet=vegan")) == 3


def test_link_to_the_checklist_takes_symptoms_and_diets_along(client, table):
    factories.risk("eats-no-meat", kind="diet", diet="vegetarian")
    factories.risk("illness", kind="condition", diet="vegan")
    page = client.get(PAGE, {"symptom": ["cramps", "tired"], "diet": ["vegan", "vegetarian"]})
    ticks = "symptom=cramps&symptom=tired&risk=eats-no-meat"
    assert f"/checklist/?{ticks}" in links_of(page, "comparison-results")


def test_summary_counts_the_rows_in_words(client, table):
    def summary(query):
        return text_of(client.get(PAGE + query), "results")

    assert summary("") == "All 3 nutrients"
    assert summary("?symptom=cramps") == "2 of 3 nutrients match cramps"
    assert summary("?kind=vitamin") == "1 of 3 nutrients fits these filters"
    assert summary("?symptom=tired&kind=mineral") == "No nutrient fits these filters together"
    assert summary("?symptom=cramps&symptom=tired") == "3 of 3 nutrients match cramps or tired"
    both = "?symptom=cramps&match=all&symptom="
    assert summary(f"{both}twitches") == "1 of 3 nutrients matches cramps and twitches"
    assert summary(f"{both}tired") == "No nutrient is linked with cramps and tired together"


def test_facets_count_the_nutrients_that_would_match(client, table):
    page = client.get(PAGE, {"kind": "mineral", "symptom": "cramps", "match": "all"})
    assert text_of(page, "count-symptom-cramps") == "2"
    assert text_of(page, "count-symptom-twitches") == "1"
    assert "Tired (0)" in text_of(page, "add-symptom")
    assert text_of(page, "count-kind-every") == "All kinds (2)"
    assert text_of(page, "count-kind-vitamin") == "Vitamins (0)"
    assert text_of(page, "count-kind-electrolyte") == "Electrolytes (2)"
    assert text_of(page, "count-relation-deficiency") == "Too little (2)"


def test_each_filter_in_use_can_be_taken_off_and_the_others_stay(client, table):
    filters = "symptom=cramps&symptom=tired&match=all&relation=deficiency&kind=mineral&diet=vegan"
    rest = "&sort=-name&country=us"
    links = links_of(client.get(f"{PAGE}?{filters}{rest}"), "comparison-results")
    expected = [
        f"{PAGE}?{'&'.join(pair for pair in filters.split('&') if pair != removed)}{rest}"
        for removed in filters.split("&")
    ]
    # With one symptom there is no question of all.
    expected[:2] = [link.replace("&match=all", "") for link in expected[:2]]

    assert links[: len(expected)] == expected
    assert links[len(expected)] == f"{PAGE}?country=us"


def test_empty_table_offers_to_remove_each_filter(client, table):
    page = client.get(PAGE, {"symptom": "tired", "kind": "mineral"})
    text = text_of(page, "comparison-results")
    assert "Without “Tired”: 2 nutrients" in text
    assert "Without “Minerals, electrolytes included”: 1 nutrient" in text
    assert "<table" not in page.text


def test_symptom_without_a_nutrient_is_a_finding_that_leads_on(client, table):
    factories.symptom("eyelid-twitch", sentence_name="an eyelid twitch")
    alone = client.get(PAGE, {"symptom": "eyelid-twitch"})
    beside = client.get(PAGE, {"symptom": ["eyelid-twitch", "cramps"]})

    assert text_of(alone, "results") == "No nutrient in our table is linked with an eyelid twitch"
    assert "/symptoms/eyelid-twitch/" in links_of(alone, "comparison-results")
    assert text_of(beside, "results") == "2 of 3 nutrients match an eyelid twitch or cramps"
    assert "No nutrient in our table is linked with an eyelid twitch." in text_of(beside)
    assert "/symptoms/eyelid-twitch/" in links_of(beside, "comparison-results")


def test_headings_are_links_that_sort_and_say_so(client, table):
    html = client.get(PAGE, {"symptom": "cramps", "sort": "name"}).text
    assert html.count('aria-sort="ascending"') == 1
    assert 'aria-sort="descending"' not in html
    for sort in ("match", "evidence", "need", "-name"):
        query = "" if sort == "match" else f"&amp;sort={sort}"
        assert f'class="sort" href="/compare/?symptom=cramps{query}"' in html


# Values that cannot be read


NOT_UNDERSTOOD = [
    ("?symptom=cramps&symptom=nonsense", "“nonsense”"),
    ("?symptom=cramps&kind=fruit", "“fruit”"),
    ("?symptom=cramps&match=most", "“most”"),
    ("?symptom=cramps&relation=odd", "“odd”"),
    ("?symptom=cramps&diet=air", "“air”"),
    ("?symptom=cramps&sort=--name", "“--name”"),
    ("?symptom=cramps&colour=red", "“colour”"),
    ("?symptom=cramps&symptom=%FF%01%FE", "“� �”"),
    ("?symptom=cramps&symptom=" + "x" * 10_000, f"“{'x' * 39}…”"),
    ("?symptom=cramps&symptom=<script>alert(1)</script>", "“<script>alert(1)</script>”"),
]


def test_unknown_values_are_quoted_and_the_others_apply(client, table):
    for query, quoted in NOT_UNDERSTOOD:
        page = client.get(PAGE + query)
        assert page.status_code == 200
        assert f"We did not understand {quoted}, so we left it out." in text_of(page)
        assert "<script>alert" not in page.text
        assert names(client, query) == ["Zinc", "Iron"]


def test_several_unknown_values_are_listed_and_long_lists_cut(client, table):
    text = text_of(client.get(f"{PAGE}?symptom=nonsense&diet=air&kind=%00&sort=%01"))
    quotes = "“nonsense”, “” and “air”"
    assert f"We did not understand {quotes}, so we left them out." in text
    page = client.get(PAGE, {"symptom": [f"x{number}" for number in range(900)]})
    assert "“x0”, “x1”, “x2” and 897 more" in text_of(page)


# The file


def test_file_has_the_rows_of_the_page(client, content):
    query = {"symptom": ["muscle-cramps", "muscle-twitches"], "kind": "mineral", "sort": "-name"}
    page, file = client.get(PAGE, query), client.get(FILE, query)
    assert file["Content-Type"] == "text/csv; charset=utf-8"
    assert file["Content-Disposition"] == 'attachment; filename="nutrisite-comparison.csv"'
    rows = list(csv.DictReader(io.StringIO(file.text)))
    on_page = re.findall(r"<summary>([^<]+)</summary>", page.text)
    assert [row["nutrient"] for row in rows] == [unescape(name) for name in on_page]
    assert "2 of 2" in [row["match"] for row in rows]
    assert "Muscle cramps" in rows[0]["matched_signs"]
