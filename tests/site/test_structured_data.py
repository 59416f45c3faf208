"""Structured data agrees with the page and with the vocabulary of schema.org."""

import json
import re
from datetime import date
from html import escape, unescape
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from nutrients.models import Article, ArticleSection, Nutrient, Source
from nutrients.open_data.tables import TABLES
from tests.site.pages import text_of

pytestmark = pytest.mark.usefixtures("content")

# The types of schema.org that pages use; the first entry says where they come from.
VOCABULARY = json.loads((Path(__file__).parent / "schema_org.json").read_text(encoding="utf-8"))
del VOCABULARY["_"]
SCRIPT = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)
META = re.compile(r'<meta (?:property|name)="([^"]+)" content="([^"]*)">')
REVIEWED = ["/articles/night-leg-cramps/", "/nutrients/magnesium/", "/symptoms/tremor/"]
MEDICAL = [*REVIEWED, "/nutrients/magnesium/muscle-cramps/"]
PAGES = [*MEDICAL, "/foods/spinach-raw/", "/data/", "/compare/", "/checklist/", "/about/"]
CARDS = Path("static/img/cards")
DATE = re.compile(r"\d{4}-\d\d-\d\d")
# What a value of a simple type looks like; any other expected type is a node.
SIMPLE = {
    "Text": lambda value: isinstance(value, str) and value,
    "URL": lambda value: isinstance(value, str) and urlsplit(value).scheme in ("http", "https"),
    "Date": lambda value: isinstance(value, str) and DATE.fullmatch(value),
    "Integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
}


def nodes_of(response):
    """Return the structured data of a page, its breadcrumbs included."""
    return [json.loads(text) for text in SCRIPT.findall(response.text)]


def node(response, kind):
    [match] = [each for each in nodes_of(response) if each["@type"] == kind]
    return match


def faults(node, path=""):
    """Yield a sentence for each type, property and value that schema.org does not have."""
    kind = node.get("@type")
    if kind not in VOCABULARY:
        yield f"{path}: {kind} is no known type"
        return
    for name, value in node.items():
        if name in ("@type", "@context", "@id"):
            continue
        expected = VOCABULARY[kind]["properties"].get(name)
        if expected is None:
            yield f"{path}: {kind} has no {name}"
            continue
        for each in value if isinstance(value, list) else [value]:
            yield from value_faults(each, expected, f"{path}.{name}")


def value_faults(value, expected, path):
    if isinstance(value, dict):
        types = VOCABULARY.get(value.get("@type"), {"types": []})["types"]
        if not set(types) & set(expected):
            yield f"{path}: {value.get('@type')} is none of {expected}"
        yield from faults(value, path)
    elif not any(SIMPLE[kind](value) for kind in expected if kind in SIMPLE):
        yield f"{path}: {value!r} is none of {expected}"


@pytest.mark.parametrize("address", PAGES)
def test_schema_org_has_every_type_of_a_page_and_shared_links_have_a_picture(client, address):
    response = client.get(address)
    nodes, head = nodes_of(response), dict(META.findall(response.text))

    assert nodes
    assert [fault for each in nodes for fault in faults(each, address)] == []
    assert {each["@context"] for each in nodes} == {"https://schema.org"}
    assert "FAQPage" not in {each["@type"] for each in nodes}

    picture = (CARDS / head["og:image"].rpartition("/")[2]).read_bytes()
    size = [int.from_bytes(picture[start : start + 4], "big") for start in (16, 20)]
    assert picture.startswith(b"\x89PNG")
    assert size == [int(head["og:image:width"]), int(head["og:image:height"])] == [1200, 630]
    assert head["og:image:alt"]
    assert head["og:type"] == ("article" if "/articles/" in address else "website")
    assert len(picture) < 100_000


@pytest.mark.parametrize("address", [*MEDICAL, "/foods/spinach-raw/"])
def test_structured_data_agrees_with_the_page(client, address):
    response = client.get(f"{address}?utm_source=x")
    html, text = response.text, text_of(response, "main")
    kind = "MedicalWebPage" if address in MEDICAL else "WebPage"
    data = node(response, kind)

    head = {name: unescape(value) for name, value in META.findall(html)}
    title = unescape(re.search(r"<title>(.*?)</title>", html)[1])
    assert data["name"] == title == head["og:title"]
    assert data["description"] == head["description"] == head["og:description"]
    assert data["url"] == head["og:url"] == f"http://testserver{address}"
    assert f'<link rel="canonical" href="{data["url"]}">' in html
    assert "noindex" not in html
    assert data["about"]["name"] in text if "about" in data else data["mainEntity"]
    works = [
        Source(title=work["name"], publisher=work["publisher"]["name"], url=work.get("url", ""))
        for work in data["citation"]
    ]
    assert works
    listed = re.findall(r'<li id="src-\d+">(.*?)(?: <a href="#ref-|</li>)', html)
    assert [work.citation for work in works] == [
        unescape(re.sub("<.*?>", "", line)) for line in listed
    ]
    assert all(f'href="{escape(work.url)}"' in html for work in works if work.url)
    if address in REVIEWED:
        printed = dict(re.findall(r'(Published|Changed)\s+<time datetime="([^"]+)">', html))
        assert printed == {"Published": data["datePublished"], "Changed": data["dateModified"]}

    crumbs = re.search(r'<ol class="crumbs">(.*?)</ol>', html)[1]
    links = re.findall(r'<a href="([^"]+)">([^<]+)</a>', crumbs)
    here = re.search(r'aria-current="page">([^<]+)<', crumbs)[1]
    *above, last = node(response, "BreadcrumbList")["itemListElement"]
    assert [(each["item"]["@id"], each["name"]) for each in above] == [
        (f"http://testserver{path}", name) for path, name in links
    ]
    assert last == {"@type": "ListItem", "name": unescape(here), "position": len(links) + 1}


def test_author_and_reviewer_are_those_on_the_page(client):
    page = node(client.get("/articles/night-leg-cramps/"), "MedicalWebPage")
    assert not {"lastReviewed", "reviewedBy"} & set(page)
    ada = {"@type": "Person", "name": "Ada Example, dietitian"}
    Article.objects.filter(slug="night-leg-cramps").update(
        written_by=ada["name"], reviewed_on=date(2026, 10, 9), reviewed_by=ada["name"]
    )
    response = client.get("/articles/night-leg-cramps/")
    data, text = node(response, "MedicalWebPage"), text_of(response, "main")
    article = data["mainEntity"]

    assert (data["lastReviewed"], data["reviewedBy"]) == ("2026-10-09", ada)
    assert "Reviewed by Ada Example" in text
    assert '<time datetime="2026-10-09">' in response.text
    assert article["author"] == ada
    assert "Written by Ada Example" in text
    assert article["headline"] in text


def test_data_set_names_every_file_that_the_page_links_to(client):
    response = client.get("/data/")
    data = node(response, "Dataset")
    paths = [urlsplit(each["contentUrl"]).path for each in data["distribution"]]

    assert len(paths) == len(set(paths)) == 2 * len(TABLES)
    assert all(f'href="{path}"' in response.text for path in paths)
    assert data["version"] in text_of(response, "main")
    assert "license" not in data


def test_questions_of_an_article_are_in_the_structured_data(client):
    ArticleSection.objects.filter(article__slug="night-leg-cramps", anchor="nutrients").update(
        body="[[questions]]\n### Is it *safe*?\nIt **is**. [@nhs-twitching]\n\n- One & two\n\n"
        "### And [this](/foods/)?\nNo.\n[[/questions]]"
    )
    response = client.get("/articles/night-leg-cramps/")
    data = node(response, "FAQPage")
    page_text = text_of(response, "main")

    questions = [(each["name"], each["acceptedAnswer"]["text"]) for each in data["mainEntity"]]
    assert questions == [("Is it safe?", "It is. One & two"), ("And this?", "No.")]
    assert list(faults(data)) == []
    assert all(question in page_text for question, _ in questions)


def test_text_of_an_editor_is_escaped(client):
    wicked = "</script><script>alert(1)</script> & “quotes”"
    Source.objects.filter(nutrients__slug="magnesium").update(title=wicked)
    Nutrient.objects.filter(slug="magnesium").update(name=wicked[:60])

    response = client.get("/nutrients/magnesium/")

    assert "<script>alert" not in response.text
    assert node(response, "MedicalWebPage")["about"]["name"] == wicked[:60]


def test_picture_of_a_row_is_used_while_its_words_are_current(client):
    def pictures():
        pages = client.get("/articles/night-leg-cramps/"), client.get("/nutrients/magnesium/")
        return [dict(META.findall(page.text))["og:image"].rpartition("/")[2] for page in pages]

    assert pictures() == ["article-night-leg-cramps.png", "nutrient-magnesium.png"]
    Article.objects.update(short_title="A new name")
    Nutrient.objects.filter(slug="magnesium").update(name="A new name")
    assert pictures() == ["article.png", "nutrient.png"]


def test_every_shipped_page_has_a_current_picture():
    articles = Article.objects.filter(status="published")
    words = {f"article-{row.slug}": [row.short_title] for row in articles}
    for row in Nutrient.objects.filter(status="published"):
        words[f"nutrient-{row.slug}"] = [row.name, row.tagline, row.symbol]
    drawn = json.loads((CARDS / "words.json").read_text(encoding="utf-8"))

    assert drawn == words, "Run `make cards`."
    kinds = {"site", "article", "nutrient", "symptom", "food"}
    assert {path.stem for path in CARDS.glob("*.png")} == set(words) | kinds
