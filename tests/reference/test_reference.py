"""Nutrient pages, symptom pages and the evidence cards between them."""

import re

import pytest

from nutrients.models import Association, Nutrient, RiskFactor, Symptom
from tests import factories
from tests.site.pages import links_of, text_of

NUTRIENT, SYMPTOM = "/nutrients/magnesium/", "/symptoms/muscle-cramps/"
CARD = "/nutrients/magnesium/muscle-cramps/"


def headings(response):
    main = response.text.partition("</main>")[0]
    parts = r'<h2 id="([\w-]+)"|<details class="part(?: detail| no-print)?" id="([\w-]+)"'
    return [heading or part for heading, part in re.findall(parts, main)]


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (Nutrient, "Vitamins"),
        (Symptom, "Muscles and movement.*Feeling, nerves and balance.*Call your emergency number"),
    ],
)
def test_list_names_every_row_in_groups(client, content, model, words):
    page = client.get(f"/{model._meta.verbose_name_plural}/")
    published = model.objects.filter(status="published")

    assert {row.get_absolute_url() for row in published} <= set(links_of(page, "main"))
    assert re.search(words, text_of(page, "main"))


def test_every_nutrient_page_has_the_same_sections_and_stays_short_in_any_country(client, content):
    for nutrient in Nutrient.objects.all():
        for country in ("uk", "eu", "us"):
            page = client.get(f"{nutrient.get_absolute_url()}?country={country}")

            assert [part for part in headings(page) if not part.startswith("detail-")] == [
                *("needs", "job", "felt", "foods", "every-age", "signs", "risk", "interactions"),
                *("tests", "read-on", "sources", "about-page"),
            ]
            assert len(re.findall("<[a-z]", page.text)) <= 915, (nutrient, country)


@pytest.mark.parametrize(
    ("address", "words"),
    [
        (
            f"{NUTRIENT}?country=us",
            [
                "310 to 420 mg a day for adults in the US and Canada, enough for nearly every",
                "Recommended Dietary Allowance (RDA), milligrams a day",
                "Adequate Intake (AI), milligrams a day",
                "19 to 30 years 310 400 350 310",
                "0 to 6 months 30 7 to 12 months 75",
                "Tolerable upper intake level, milligrams a day, in the US and Canada: 65 at",
                "110 at 4 to 8 years; 350 at 9 to 13 years and every age above. It counts",
            ],
        ),
        (
            "/nutrients/folate/?country=us",
            [
                "micrograms of dietary folate equivalents a day",
                "Tolerable upper intake level, micrograms a day",
                "set the same limit for adults: 1,000 micrograms a day",
                "folic acid",
            ],
        ),
        (
            "/nutrients/sodium/",
            [
                "Upper limit: none set.",
                "Stay below 2,400 milligrams a day",
                "Stay below, to lower the risk of long-term disease, milligrams a day",
                "That is 6 grams of salt.",
            ],
        ),
        ("/nutrients/vitamin-d/", ["Sunlight on skin gives it too, but no amount can be stated."]),
    ],
)
def test_nutrient_page_states_needs_and_limits_and_to_what_they_apply(
    client, content, address, words
):
    text = text_of(client.get(address), "main")

    assert [line for line in words if line not in text] == []
    assert ("level, milligrams a day" in text) == ("magnesium" in address)


def test_nutrient_page_grades_signs_and_warns_beside_medicines(client, content):
    text = text_of(client.get(NUTRIENT), "main")
    assert "Muscle cramps Seen sometimes. Moderate evidence." in text
    assert "What does not help" in text

    medicine = RiskFactor.objects.filter(kind="medicine", effects__nutrient__slug="magnesium")[0]
    effect = medicine.effects.get(nutrient__slug="magnesium")
    for words in (
        *(medicine.name, effect.reason, medicine.what_to_do, "Can raise it."),
        "Medicines Do not stop a prescribed medicine.",
        "Pumpkin seed kernels, roasted, unsalted 28 g (1 oz): 154 mg 41%",
        "A full bar is 75%",
    ):
        assert words in text
    assert medicine.mechanism not in text


@pytest.mark.parametrize("address", [NUTRIENT, SYMPTOM, CARD])
def test_at_most_three_sources_follow_a_statement(client, content, address):
    page = client.get(address).text
    statements = re.findall(r'<li id="(?:cause|risk|pair|flag)-.*?</li>', page, re.DOTALL)
    statements += re.findall(r'<h2 id="job">.*?</section>', page, re.DOTALL)

    assert statements
    assert all(statement.count('class="cite"') in (1, 2, 3) for statement in statements)


def test_nutrient_page_has_details_in_the_order_of_their_topics_with_sources(client, content):
    page = client.get(NUTRIENT).text
    sources = Nutrient.objects.get(slug="magnesium").sources.all()
    assert all(f'href="{source.url}"' in page.partition('id="sources"')[2] for source in sources)
    topics = re.findall(r'id="detail-(\w+)"', page)

    assert topics == ["testing", "time", "absorption", "forms", "common", "foods"]
    (testing,) = re.findall(r'id="detail-testing">(.*?)</details>', page, re.DOTALL)
    numbers = re.findall(r'href="#src-(\d+)"', testing)
    assert numbers
    assert all(f'id="src-{number}"' in page for number in numbers)


def test_empty_nutrient_page_states_what_is_missing(client, no_content):
    factories.nutrient("zinc")
    text = text_of(client.get("/nutrients/zinc/"), "main")

    assert "No figure" in text
    assert "No sign is recorded for zinc yet." in text
    assert "No daily figure is recorded for zinc yet." in text
    assert "No food with a known amount of zinc is recorded here yet." in text
    assert "No interaction is recorded here yet." in text


def test_symptom_page_puts_causes_and_help_before_nutrients_and_an_emergency_first(client, content):
    page = client.get(SYMPTOM)

    assert headings(page) == [
        *("now", "urgency", "about-it", "causes", "help", "nutrients", "next", "words"),
        *("sources", "about-page"),
    ]
    text = text_of(page, "main")
    symptom = Symptom.objects.get(slug="muscle-cramps")
    assert text.index(symptom.description) < text.index("Doctors say: ")
    assert text.index("What to do now") < text.index("When to get help") < text.index("Common")
    assert symptom.self_care.splitlines()[0] in text
    links = links_of(page, "main")
    assert "/checklist/?symptom=muscle-cramps" in links
    assert "/compare/?symptom=muscle-cramps" in links
    assert CARD + "#deficiency" in links
    assert b"help-now" not in page.content

    emergency = client.get("/symptoms/seizures/")
    assert "Call the emergency number ( 999 , 112 or 911 )" in text_of(emergency, "main")
    assert headings(emergency)[:2] == ["urgency", "causes"]
    assert b"help-now" in emergency.content


@pytest.mark.parametrize(
    ("address", "section", "article"),
    [
        ("/symptoms/eyelid-twitch/", "articles", "eyelid-twitching"),
        ("/symptoms/muscle-jerks/", "articles", "jolts-as-you-fall-asleep"),
        ("/nutrients/vitamin-b6/", "read-on", "too-much-vitamin-b6"),
        ("/nutrients/vitamin-b12/", "read-on", "vegan-b12-and-nerves"),
    ],
)
def test_page_leads_to_the_article_that_is_about_it(client, content, address, section, article):
    links = links_of(client.get(address), section)

    assert links[0] == f"/articles/{article}/"
    assert len(links) <= 3


def test_help_names_the_numbers_to_call_once_and_each_calls(client, content):
    symptoms = Symptom.objects.filter(status="published")
    named = 0
    for address in [*map(Symptom.get_absolute_url, symptoms), "/nutrients/magnesium/seizures/"]:
        page = client.get(address).text
        [note] = re.findall(r'<section class="help.*?</section>', page, re.DOTALL)
        calls = re.findall(r'<a href="tel:(\d+)">\1</a>', note)
        assert calls in ([], ["999", "112", "911"]), address
        assert re.findall("999|112|911", re.sub("<.*?>", "", note)) == calls, address
        named += bool(calls)
    assert named > 30

    Symptom.objects.filter(slug="seizures").update(help_note="Get help <at once>.")
    note = client.get("/symptoms/seizures/").text
    assert "Get help &lt;at once&gt;." in note
    assert 'In an emergency call <a href="tel:999">999</a>' in note


def test_sign_found_on_examination_has_a_page_but_no_way_to_tick_it(client, content):
    hidden = Symptom.objects.filter(is_noticeable=False, status="published")[0]

    assert 'href="/checklist/?' not in client.get(hidden.get_absolute_url()).text


def test_symptom_page_states_what_is_missing(client, content):
    swelling = text_of(client.get("/symptoms/one-leg-swelling/"), "main")
    assert "This list has no everyday cause yet. A doctor can look for the reason." in swelling
    assert "No nutrient in our table is linked with swelling of one leg." in swelling
    assert "Look at the common causes first." not in swelling

    throat = text_of(client.get("/symptoms/throat-spasm/"), "main")
    assert "This list has no everyday cause yet." in throat
    # An emergency waits for no appointment.
    assert "A doctor can look for the reason." not in throat

    cramps = text_of(client.get("/symptoms/night-leg-cramps/"), "main")
    assert "No nutrient in our table is linked with night leg cramps." in cramps
    assert "Taking magnesium has not been shown to help night leg cramps in older" in cramps


def test_card_states_claim_grade_reason_causes_and_sources(client, content):
    page = client.get(CARD)
    row = Association.objects.get(
        nutrient__slug="magnesium", symptom__slug="muscle-cramps", relation="deficiency"
    )
    text = text_of(page, "deficiency")

    assert row.claim in text
    assert f"“{row.verb.capitalize()}” is the strongest wording" in text
    assert row.evidence_why in text
    assert row.note in text
    assert headings(page)[-4:] == ["against", "causes", "sources", "about-page"]
    assert {source.url for source in row.sources.all()} <= set(links_of(page, "main"))


def test_card_has_a_section_for_each_relation_and_evidence_against_others(client, no_content):
    iron, zinc = factories.nutrient("iron"), factories.nutrient("zinc")
    cramps = factories.symptom("cramps")
    factories.association(iron, cramps)
    factories.association(iron, cramps, relation="excess")
    factories.association(zinc, cramps, relation="indirect", is_against=True)
    page = client.get("/nutrients/iron/cramps/")
    low, high = text_of(page, "deficiency"), text_of(page, "excess")
    against = text_of(client.get("/nutrients/zinc/cramps/"), "main")

    assert "Low iron can cause cramps." in low
    assert "among people with too little of it" in low
    assert "Too much iron can cause cramps." in high
    assert "among people with too much of it" in high
    assert "Taking zinc has not been shown to help cramps." in text_of(page, "main")
    assert "The evidence above is itself against the claim." in against
    assert "How typical" not in against


@pytest.mark.parametrize(
    ("address", "plates"),
    [
        ("vitamin-b12/?stage=19-50-pregnancy", ["/foods/plate/?stage=19-50-pregnancy"]),
        ("vitamin-b12/?stage=31-50-male&country=us", ["/foods/plate/?stage=31-50-male&country=us"]),
        ("copper/", []),
        ("copper/?stage=infants-0-3-months", []),
    ],
)
def test_plate_is_offered_for_a_stage_that_plates_have(client, content, address, plates):
    links = links_of(client.get(f"/nutrients/{address}"), "main")

    assert [link for link in links if "/plate/" in link and "#gap" not in link] == plates
