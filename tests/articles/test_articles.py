"""Article pages: text, live blocks, numbered sources, dates, links, and their cost."""

import re

import pytest

from nutrients.models import Article, Association, OtherCause, RedFlag, Status

pytestmark = pytest.mark.usefixtures("content")


@pytest.fixture
def read(client):
    """Read an article as HTML with single spaces."""

    def get(slug="nutrients-and-muscle-jerking"):
        return " ".join(client.get(f"/articles/{slug}/").text.split())

    return get


def test_every_article_has_its_sections_a_short_answer_and_numbered_citations(read):
    articles = Article.objects.all()
    assert len(articles) == 16
    for article in articles:
        assert_sound(article, read(article.slug))


def assert_sound(article, page):
    parts = re.findall(r'<details class="part[^"]*" id="([^"]+)"', page)
    assert f"<h1>{article.title}</h1>" in page
    assert not re.search(r"\[[\[@]", page)
    anchors = article.sections.values_list("anchor", flat=True)
    related = ["related"] if "related" in parts else []
    assert parts == ["key-points", *anchors, *related, "sources", "about-page"]
    opening = page.split("The short answer</h2>")[1].split("<details")[0]
    assert "evidence</span>" in opening
    assert 'id="ref-1-1" href="#src-1"' in opening

    ids = re.findall(r' id="([^"]+)"', page)
    cited = re.findall(r'<a class="cite" id="(ref-\d+-\d+)" href="#(src-\d+)"', page)
    back = re.findall(r'href="#(ref-[^"]+)"', page)
    assert len(cited) > 20
    assert {target for _, target in cited} == {each for each in ids if each.startswith("src-")}
    assert set(back) <= {reference for reference, _ in cited}
    in_reading_order = list(dict.fromkeys(int(source[4:]) for _, source in cited))
    assert in_reading_order == list(range(1, len(in_reading_order) + 1))

    due = article.review_due_on
    assert f'<time datetime="{due}">{due:%-d %B %Y}</time>' in page
    assert re.search(r"[3-9] minutes to read\.", page)


def test_article_warns_of_the_signs_of_its_own_symptoms_alone(read):
    page = read("night-leg-cramps")
    related = Article.objects.get(slug="night-leg-cramps").related_symptoms.all()
    own = RedFlag.objects.filter(related_symptoms__in=related, status="published")
    warnings = re.findall(r'<li id="flag-([^"]+)"', page)

    assert set(warnings) == set(own.values_list("slug", flat=True))
    assert page.count("for any of these.</p>") == own.filter(level="emergency").exists()


def test_blocks_are_drawn_and_the_table_has_core_nutrients_with_the_verb_of_each_sign(read):
    page = read()
    assert page.count('<ol class="steps">') == 1
    assert '<div class="callout callout-caution">' in page
    assert page.index('id="flags-emergency"') < page.index('id="flags-urgent"')

    table = page.split('aria-labelledby="core-table"')[1].split("</table>")[0]

    names = re.findall(r'<th scope="row">.*?>([^<]+)</a></span></th>', table)
    assert names == ["Magnesium", "Calcium", "Vitamin D", "Vitamin B12"]
    for verb in ("Can cause", "Is linked with", "Has been reported with"):
        assert f"<dt>{verb}</dt>" in table
    assert 'href="/nutrients/magnesium/muscle-twitches/#deficiency">muscle twitches</a>' in table
    assert "270 to 300 mg" in table
    assert "Adults need a day, UK:" in table


def test_changed_facts_show_at_once(read):
    RedFlag.objects.filter(slug="twitch-two-weeks").update(sign="A sign of its own")
    OtherCause.objects.filter(symptoms__slug="muscle-jerks").update(
        mechanism="By a way of its own."
    )
    Association.objects.filter(
        nutrient__slug="magnesium", symptom__slug="muscle-twitches", relation="deficiency"
    ).update(status=Status.DRAFT)

    page = read()

    assert "A sign of its own" in page
    assert "By a way of its own." in page
    assert "/nutrients/magnesium/muscle-twitches/" not in page


def test_article_leads_on_to_related_pages(read):
    related = read("why-is-my-muscle-twitching").split('id="related"')[1]

    assert 'href="/nutrients/vitamin-b6/"' in related
    assert 'href="/symptoms/eyelid-twitch/"' in related
    # It shares two signs with this article.
    assert 'href="/articles/twitching-and-als-worry/"' in related


def test_articles_are_listed_by_topic(client):
    page = client.get("/articles/").text

    topics = re.findall(r'<h2 id="topic-[^"]+">([^<]+)</h2>', page)
    assert topics[:2] == ["Twitches and jerks", "Cramps and restless legs"]
    assert page.index("muscle-jerking") < page.index("topic-cramps") < page.index("night-leg")
    for article in Article.objects.all():
        assert f'href="{article.get_absolute_url()}"' in page
        assert article.summary in page
