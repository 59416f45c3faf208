"""The comparison table: every filter, page and fragment, and the file of the same rows."""

import csv
import io
import re
from html import unescape

import pytest
from django.urls import reverse

from tests import factories
from tests.site.pages import links_of, text_of

PAGE, FILE = "/compare/", "/compare.csv"
HTMX = {"HX-Request": "true"}
# Symptoms, nutrients, associations with both of their ends, foods, other sources, needs.
QUERIES = 10


@pytest.fixture
def table(no_content):
    """Iron, zinc and folate; cramps, twitches and tiredness between them."""
    iron = factories.nutrient("iron", position=1)
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
    """The nutrients in the table, from the top."""
    response = client.get(FILE + query)
    return [row["nutrient"] for row in csv.DictReader(io.StringIO(response.content.decode()))]


def test_every_nutrient_has_a_row(client, table):
    assert names(client) == ["Iron", "Zinc", "Folate"]
    assert text_of(client.get(PAGE), "results") == "All 3 nutrients"


def test_page_shows_job_signs_foods_need_and_evidence_of_the_shipped_content(client, content):
    page = client.get(PAGE, {"symptom": "muscle-cramps"})
    text = text_of(page, "comparison-results")
    for words in ("Matches: Muscle cramps", "270 to 300 mg", "Helps muscles relax", "Strong"):
        assert words in text
    links = links_of(page, "comparison-results")
    assert "/nutrients/magnesium/muscle-cramps/#deficiency" in links
    assert "/nutrients/magnesium/" in links
    assert any(link.startswith("/foods/") for link in links)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?symptom=cramps", ["Zinc", "Iron"]),
        ("?symptom=cramps&symptom=twitches", ["Zinc", "Iron"]),
        ("?symptom=cramps&symptom=twitches&match=all", ["Zinc"]),
        ("?symptom=cramps&symptom=tired&match=all", []),
        ("?symptom=twitches&relation=deficiency", []),
        ("?relation=excess", ["Zinc"]),
        ("?relation=indirect", ["Folate"]),
        ("?match=all&relation=excess", ["Zinc"]),
        ("?kind=vitamin", ["Folate"]),
        ("?kind=mineral", ["Iron", "Zinc"]),
        ("?kind=electrolyte", ["Zinc"]),
        ("?sort=name", ["Folate", "Iron", "Zinc"]),
        ("?sort=-name", ["Zinc", "Iron", "Folate"]),
        ("?symptom=cramps&sort=-match", ["Iron", "Zinc"]),
        ("?symptom=cramps&symptom=tired&sort=evidence", ["Zinc", "Folate", "Iron"]),
    ],
)
def test_filters_keep_and_order_the_rows(client, table, query, expected):
    assert names(client, query) == expected


def test_evidence_against_is_no_match_but_is_told(client, table):
    assert "Folate" not in names(client, "?symptom=cramps")
    page = client.get(PAGE, {"symptom": "cramps"})
    assert "Taking folate has not been shown to help cramps." in text_of(page)


def test_need_sorts_by_micrograms_whatever_the_unit(client, content):
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


@pytest.mark.parametrize("diet", ["vegan", "vegetarian", "dairy-free", "gluten-free", "nut-free"])
def test_every_diet_can_be_chosen_and_taken_off(client, content, diet):
    page = client.get(PAGE, {"diet": diet})
    assert f'value="{diet}" checked' in page.content.decode()
    assert PAGE in links_of(page, "comparison-results")


def test_count_is_said_in_words(client, table):
    def said(**query):
        return text_of(client.get(PAGE, query), "results")

    assert said(symptom="cramps") == "2 of 3 nutrients match cramps"
    assert said(symptom=["cramps", "tired"]) == "3 of 3 nutrients match cramps or tired"
    both = {"symptom": ["cramps", "twitches"], "match": "all"}
    assert said(**both) == "1 of 3 nutrients matches cramps and twitches"
    assert said(kind="vitamin") == "1 of 3 nutrients fits these filters"


def test_facets_count_the_nutrients_that_would_match(client, table):
    page = client.get(PAGE, {"kind": "mineral", "symptom": "cramps", "match": "all"})
    assert text_of(page, "count-symptom-cramps") == "2 nutrients"
    assert text_of(page, "count-symptom-twitches") == "1 nutrient"
    assert text_of(page, "count-symptom-tired") == "0 nutrients"
    assert text_of(page, "count-kind-every") == "2 nutrients"
    assert text_of(page, "count-kind-vitamin") == "0 nutrients"
    assert text_of(page, "count-relation-deficiency") == "2 nutrients"


def test_each_filter_in_use_can_be_taken_off(client, table):
    query = {"symptom": ["cramps", "tired"], "kind": "mineral", "sort": "name"}
    links = links_of(client.get(PAGE, query), "comparison-results")
    assert links[:4] == [
        "/compare/?symptom=tired&kind=mineral&sort=name",
        "/compare/?symptom=cramps&kind=mineral&sort=name",
        "/compare/?symptom=cramps&symptom=tired&sort=name",
        "/compare/",
    ]


def test_no_rows_offer_each_way_to_widen_with_its_count(client, table):
    page = client.get(PAGE, {"symptom": "tired", "kind": "mineral"})
    text = text_of(page, "comparison-results")
    assert "0 of 3 nutrients match tired" in text
    assert "Without “Tired”: 2 nutrients" in text
    assert "Without “Minerals, electrolytes included”: 1 nutrient" in text
    assert "<table" not in page.content.decode()


def test_chosen_symptom_is_never_hidden_behind_more(client, table):
    more = re.compile(r'<details class="more"( open)?>\s*<summary>More symptoms')
    assert not more.search(client.get(PAGE).content.decode())[1]
    assert more.search(client.get(PAGE, {"symptom": "tired"}).content.decode())[1]


def test_headings_sort_by_links_and_say_so(client, table):
    html = client.get(PAGE, {"symptom": "cramps", "sort": "name"}).content.decode()
    assert '<th scope="col" aria-sort="ascending"><a class="sort" href="/compare/?' in html
    assert 'href="/compare/?symptom=cramps&amp;sort=-name"' in html
    by_match = client.get(PAGE, {"symptom": "cramps"}).content.decode()
    assert (
        'aria-sort="descending"><a class="sort" href="/compare/?symptom=cramps&amp;sort=-match"'
        in (by_match)
    )


def test_symptoms_go_on_to_the_checklist(client, table):
    links = links_of(client.get(PAGE, {"symptom": ["cramps", "tired"]}), "comparison-results")
    assert "/checklist/?symptom=cramps&symptom=tired" in links


# Page and fragment


def test_fragment_is_the_very_part_of_the_page(client, content):
    query = {"symptom": ["muscle-cramps", "tingling"], "diet": "vegan"}
    page, fragment = client.get(PAGE, query), client.get(PAGE, query, headers=HTMX)
    assert "<html" not in fragment.content.decode()
    swapped = re.sub(
        r"<span[^>]*data-hx-swap-oob.*?</span>(?:</span>)?", "", fragment.content.decode()
    )
    assert squeezed(swapped) in squeezed(page.content.decode())


def test_fragment_brings_every_count_that_lies_outside_it(client, content):
    query = {"symptom": "muscle-cramps", "kind": "vitamin"}
    page, fragment = client.get(PAGE, query), client.get(PAGE, query, headers=HTMX)
    ids = re.findall(r'id="(count-[a-z0-9-]+|filters-on)"', page.content.decode())
    assert len(ids) > 48
    for key in ids:
        assert text_of(fragment, key) == text_of(page, key)


def test_back_gives_the_whole_page(client, content):
    again = HTMX | {"HX-History-Restore-Request": "true"}
    assert b"<html" in client.get(PAGE, headers=again).content


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_page_and_fragment_vary_and_set_no_cookie(client, content, headers):
    response = client.get(PAGE, headers=headers)
    assert "HX-Request" in response["Vary"]
    assert "HX-History-Restore-Request" in response["Vary"]
    assert not response.cookies


@pytest.mark.parametrize("headers", [{}, HTMX])
@pytest.mark.parametrize(
    "query", ["", "?symptom=muscle-cramps&symptom=tremor&diet=vegan&sort=need"]
)
def test_queries_stay_the_same_whatever_is_asked(
    client, content, django_assert_num_queries, headers, query
):
    with django_assert_num_queries(QUERIES):
        client.get(PAGE + query, headers=headers)


def test_queries_stay_the_same_with_more_content(client, content, django_assert_num_queries):
    for number in range(20):
        sign = factories.symptom(f"sign-{number}")
        factories.association(factories.nutrient(f"nutrient-{number}"), sign)
    with django_assert_num_queries(QUERIES):
        client.get(PAGE, {"symptom": "sign-3"})


# What cannot be read


@pytest.mark.parametrize(
    ("query", "quoted"),
    [
        ("?symptom=cramps&symptom=nonsense", "“nonsense”"),
        ("?symptom=cramps&kind=fruit", "“fruit”"),
        ("?symptom=cramps&match=most", "“most”"),
        ("?symptom=cramps&relation=odd", "“odd”"),
        ("?symptom=cramps&diet=air", "“air”"),
        ("?symptom=cramps&sort=--name", "“--name”"),
        ("?symptom=cramps&colour=red", "“colour”"),
        ("?symptom=cramps&match=any&match=any%00", "“any”"),
        ("?symptom=cramps&symptom=%FF%FE", "a value without readable letters"),
        ("?symptom=cramps&symptom=%00%01", "a value without readable letters"),
        ("?symptom=cramps&symptom=" + "x" * 10_000, f"“{'x' * 39}…”"),
        ("?symptom=cramps&symptom=<script>alert(1)</script>", "“<script>alert(1)</script>”"),
    ],
)
def test_what_is_not_understood_is_said_and_the_rest_applies(client, table, query, quoted):
    page = client.get(PAGE + query)
    assert page.status_code == 200
    assert f"We did not understand {quoted}, so we left it out." in text_of(page)
    assert "<script>alert" not in page.content.decode()
    assert names(client, query) == ["Zinc", "Iron"]


def test_several_values_that_are_not_understood_are_them(client, table):
    text = text_of(client.get(f"{PAGE}?symptom=nonsense&diet=air&kind=%00&sort=%01"))
    listed = "“nonsense”, a value without readable letters and “air”"
    assert f"We did not understand {listed}, so we left them out." in text


def test_long_lists_of_nonsense_are_cut_short(client, table):
    page = client.get(PAGE, {"symptom": [f"x{number}" for number in range(900)]})
    assert "“x0”, “x1”, “x2” and 897 more" in text_of(page)


def test_the_last_of_a_repeated_single_value_applies(client, table):
    assert names(client, "?kind=mineral&kind=vitamin") == ["Folate"]


@pytest.mark.parametrize("address", [PAGE, FILE])
@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_other_methods_are_refused(client, content, address, method):
    response = getattr(client, method)(address)
    assert response.status_code == 405
    assert "GET" in response["Allow"]


# The file


def test_file_has_the_rows_of_the_page(client, content):
    query = {"symptom": ["muscle-cramps", "muscle-twitches"], "kind": "mineral", "sort": "-name"}
    page, file = client.get(PAGE, query), client.get(FILE, query)
    assert file["Content-Type"] == "text/csv; charset=utf-8"
    assert file["Content-Disposition"] == 'attachment; filename="nutrisite-comparison.csv"'
    rows = list(csv.DictReader(io.StringIO(file.content.decode())))
    shown = re.findall(
        r'<a href="/nutrients/[a-z0-9-]+/">([^<]+)</a><small>', page.content.decode()
    )
    assert [row["nutrient"] for row in rows] == [unescape(name) for name in shown]
    assert "2 of 2" in [row["match"] for row in rows]
    assert "Muscle cramps" in rows[0]["matched_signs"]


@pytest.mark.parametrize("beginning", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_of_the_file_is_a_formula(client, table, beginning):
    factories.nutrient("danger", name=f"{beginning}1+1", job=f"{beginning}cmd")
    cells = [
        cell
        for row in csv.reader(io.StringIO(client.get(FILE).content.decode(), newline=""))
        for cell in row
    ]
    assert f"'{beginning}1+1" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


def test_shipped_rows_are_all_there(client, content):
    assert len(names(client)) == 13
    assert reverse("nutrients:compare") == PAGE


def squeezed(html):
    return re.sub(r"\s+", " ", html).strip()
