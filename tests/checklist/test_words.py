"""The words of every answer, on the page and on paper, with scripts and without."""

import re

from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from nutrients.common.version import content_version
from nutrients.common.wording import forbidden
from nutrients.models import Answer, OtherCause, RedFlag, RiskFactor, SafetyCase, Symptom
from nutrients.testbook.cases import case_query, published_cases
from tests.browser.test_every_page import PAGES
from tests.checklist.answers import HTMX, PAGE, PICTURE, PRINT, nutrient_names, slugs_of
from tests.site.pages import links_of, text_of

FORM = "application/x-www-form-urlencoded"


def test_paper_never_overclaims_for_cases_of_the_test_book(client, content):
    cases = published_cases()
    assert len(cases) >= 100
    # The book itself holds the answers on the page for all of them.
    for case in cases[::8]:
        text = text_of(client.post(PRINT, case_query(case), content_type=FORM), "main")
        assert forbidden(text) == [], case.slug


def test_no_page_promises_judges_or_prescribes(client, content):
    # The book itself quotes what an answer must not say.
    SafetyCase.objects.update(must_not_show="")
    said = {address: forbidden(text_of(client.get(address), "main")) for address in PAGES}
    assert {address: words for address, words in said.items() if words} == {}


def fields():
    """Everything that the form can send, each field with its value."""
    rows = {"symptom": Symptom, "risk": RiskFactor, "flag": RedFlag}
    ticks = [(name, slug) for name, row in rows.items() for slug in slugs_of(row.objects.all())]
    ticks += [("risk", slug) for slug in slugs_of(OtherCause.objects.filter(is_asked=True))]
    return ticks, list(Answer.objects.values_list("question__slug", "slug"))


@settings(max_examples=15)
@given(data=st.data())
def test_words_are_the_same_with_scripts_and_nothing_is_stored(client, content, data):
    ticks, answers = fields()
    sent = data.draw(st.lists(st.sampled_from(ticks), max_size=12, unique=True))
    sent += data.draw(st.lists(st.sampled_from(answers), max_size=3, unique_by=lambda a: a[0]))
    body = "&".join(f"{name}={value}" for name, value in sent)
    page = client.post(PAGE, body, content_type=FORM)
    fragment = client.post(PAGE, body, content_type=FORM, headers=HTMX)

    # The fragment is the very part of the page.
    assert "<html" not in fragment.text
    assert " ".join(fragment.text.split()) in " ".join(page.text.split())
    assert forbidden(text_of(fragment)) == []
    by_link = [client.get(f"{PAGE}?{body}", headers=headers) for headers in ({}, HTMX)]
    for response in (page, fragment, *by_link):
        assert "no-store" in response["Cache-Control"]
        assert "HX-Request" in response["Vary"]
        assert not response.cookies
        assert not {name for name in response.headers if name.startswith("HX-")}


def test_paper_names_what_was_asked_answered_and_left(client, content):
    answers = {"duration": "over-two-weeks", "onset": "weeks"}
    ticks = {**PICTURE, **answers, "flag": ["cramp-over-10-minutes"]}
    text = text_of(client.post(PRINT, ticks), "main")
    assert "How long has it lasted? Over 2 weeks." in text
    assert "How did it start? Over weeks." in text
    assert re.search(r"Not answered: \d", text)
    ticked, left = text.split("Warning signs asked about Ticked ")[1].split("Not ticked")
    assert ticked.strip() == "A cramp that lasts over 10 minutes"
    assert "Chest pain, or a racing or uneven heartbeat" in left
    assert re.search(r"and \d+ more", left)
    assert "Signs that need care the same day A cramp that lasts over 10 minutes" in text
    assert "health High-dose vitamin B6 supplements; Caffeine Diet Vegan diet Warning" in text
    assert "and others (PPIs) Vitamin B6, also in mixtures Other Do not stop" in text


def test_paper_holds_the_ticks_their_links_and_the_sources_it_numbers(client, content):
    response = client.post(PRINT, PICTURE)
    text = text_of(response, "main")
    for words in ("Muscle twitches (fasciculations)", "Caffeine", "Magnesium: 3 of 3 symptoms."):
        assert words in text
    assert re.search(
        r"Low magnesium is linked with [^.]*muscle cramps \(.*?\) \[\d+(, \d+)*\]", text
    )
    assert "(serum magnesium)" in text
    assert links_of(response, "main") == []
    assert "no-store" in response["Cache-Control"]
    assert not response.cookies

    assert f"Content version {content_version(at=timezone.now()).label}." in text
    numbers = {int(number) for number in re.findall(r"[\[ ](\d+)(?=[,\]])", text)}
    sources = response.text.split('class="sheet-sources"')[1].split("</ol>")[0].count("<li>")
    assert numbers == set(range(1, sources + 1))


def test_paper_is_made_by_post_alone_of_ticks_and_in_an_emergency_is_the_card(client, content):
    link = client.get(PRINT)
    assert (link.status_code, "fill in its form again" in link.text) == (405, True)
    bare = client.post(PRINT)
    assert "Nothing ticked" in text_of(bare, "main")
    assert PAGE in links_of(bare, "main")
    text = text_of(client.post(PRINT, {"symptom": ["seizures"]}), "main")
    assert "Call for help now" in text
    assert nutrient_names(text) == set()
