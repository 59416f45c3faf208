"""The checklist: help first, nothing kept, and every suggestion with its reasons."""

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nutrients.models import Nutrient, RedFlag, RedFlagRule, RiskFactor, Symptom
from nutrients.queries.urgency import urgency_of
from nutrients.ranking import ORDER, Level, Tick
from tests import factories
from tests.views.pages import links_of, text_of

PAGE, PRINT = "/checklist/", "/checklist/print/"
HTMX = {"HX-Request": "true"}
RESULTS = "checklist-results"
PICTURE = {
    "symptom": ["muscle-twitches", "muscle-cramps", "fatigue"],
    "risk": ["ppi", "caffeine", "vegan-diet", "high-dose-b6"],
}
FORBIDDEN = re.compile(
    r"diagnos|you have|you are deficient|likely|\bcure|treat with|\btake \d|\bpoints?\b|\bscore",
    re.IGNORECASE,
)
# The content is only read, so one copy of it serves every example.
SHARED_CONTENT = [HealthCheck.function_scoped_fixture]
MOST_QUERIES = 25


@pytest.fixture
def world(no_content):
    """Iron, zinc and folate; cramps and tiredness; one risk factor, one cause, one flag."""
    iron, zinc = factories.nutrient("iron"), factories.nutrient("zinc")
    folate = factories.nutrient("folate", upper_limit_note="Only folic acid counts.")
    cramps = factories.symptom("cramps")
    tired = factories.symptom("tired", body_area="mind")
    factories.association(iron, cramps, typicality="sometimes", evidence="limited")
    factories.association(iron, tired)
    factories.association(zinc, cramps)
    factories.association(folate, tired, relation="excess", evidence="moderate")
    factories.risk("long-runs", lowers=[zinc])
    factories.cause("coffee", [cramps])


def send(client, headers=None, **ticks):
    return client.post(PAGE, ticks, headers=headers or {})


def result(client, **ticks):
    return text_of(send(client, **ticks), RESULTS)


def slugs_of(rows):
    return list(rows.values_list("slug", flat=True))


def nutrient_names(text):
    return {
        name
        for name in Nutrient.objects.values_list("name", flat=True)
        if re.search(rf"\b{name}\b", text, re.IGNORECASE)
    }


# The form


def test_nothing_ticked_gives_guidance_and_no_nutrient(client, content):
    text = result(client)
    assert "Nothing ticked yet" in text
    assert nutrient_names(text) == set()
    assert text == text_of(client.get(PAGE), RESULTS)


def test_form_offers_only_what_a_reader_can_notice(client, content):
    html = client.get(PAGE).content.decode()
    shown = set(re.findall(r'name="symptom" value="([a-z0-9-]+)"', html))
    noticeable = Symptom.objects.filter(status="published", is_noticeable=True)
    assert shown == set(slugs_of(noticeable))
    assert "chvostek-sign" not in shown


def test_form_groups_symptoms_by_area_and_puts_common_ones_first(client, content):
    html = client.get(PAGE).content.decode()
    groups = re.findall(r"<legend>([^<]+)</legend>", html)
    assert groups[:2] == ["First, any of these?", "Muscles and movement"]
    muscles = html.split("<legend>Muscles and movement</legend>")[1].split("</fieldset>")[0]
    in_sight, behind_more = muscles.split("<details")
    common = Symptom.objects.filter(body_area="muscles", is_common=True)
    assert set(re.findall(r'value="([a-z0-9-]+)"', in_sight)) == set(slugs_of(common))
    assert "value=" in behind_more


def test_asked_causes_stand_among_the_risk_factors(client, content):
    html = client.get(PAGE).content.decode()
    habits = html.split("<legend>Habits and surroundings</legend>")[1].split("</fieldset>")[0]
    medicines = html.split("<legend>Medicines</legend>")[1].split("</fieldset>")[0]
    assert 'name="risk" value="caffeine"' in habits
    assert 'name="risk" value="statins"' in medicines
    assert 'name="risk" value="ppi"' in medicines


def test_a_tick_behind_more_is_never_hidden(client, content):
    html = send(client, symptom=["headache"]).content.decode()
    head = html.split("<legend>Eyes, mouth and head</legend>")[1].split("</fieldset>")[0]
    assert '<details class="more" open>' in head
    assert 'value="headache" checked' in head


def test_a_link_ticks_and_answers_like_the_form(client, content):
    by_link = client.get(PAGE, PICTURE)
    assert text_of(by_link, RESULTS) == result(client, **PICTURE)
    assert by_link.content.decode().count(" checked") == 7


def test_emergency_numbers_stand_at_the_form(client, content):
    assert "Call 112, 911 or 999 if" in text_of(client.get(PAGE), "checklist")


# What comes back


def test_answer_comes_in_the_promised_order(client, content):
    text = result(client, **PICTURE)
    headings = [
        "What your ticks fit",
        "Worth seeing a doctor about",
        "Common causes that are not nutrients",
        "Nutrients worth looking into",
        "Also linked with something you ticked",
        "Medicines and mixtures",
        "What would change the picture",
    ]
    places = [text.index(heading) for heading in headings]
    assert places == sorted(places)


def test_order_is_printed_in_the_words_it_is_sorted_by(client, content):
    text = result(client, **PICTURE)
    for step in ORDER:
        assert step.words in text


def test_each_suggestion_says_what_it_matches_and_what_not(client, world):
    text = result(client, symptom=["cramps", "tired"], risk=["long-runs"])
    assert "Iron Matches 2 of your 3 ticks Low iron" in text
    assert "Low iron has been reported with cramps. Seen sometimes. Limited evidence" in text
    assert "Low iron can cause tired. Common sign. Strong evidence" in text
    assert "Does not explain: Long runs" in text
    assert "Does not explain: tired" in text
    assert text.index("Zinc Matches") < text.index("Folate Matches")


def test_each_match_leads_to_its_evidence(client, world):
    links = links_of(send(client, symptom=["cramps"]), RESULTS)
    assert "/nutrients/iron/cramps/#deficiency" in links
    assert "/nutrients/zinc/" in links


def test_a_risk_factor_counts_as_one_and_says_how(client, world):
    RiskFactor.objects.update(mechanism="Sweat carries it away.")
    text = result(client, symptom=["cramps"], risk=["long-runs"])
    assert "Zinc Matches 2 of your 2 ticks" in text
    assert "Long runs Sweat carries it away." in text
    assert text.index("Zinc Matches 2") < text.index("Iron Matches 1")


def test_too_much_is_shown_beside_too_little_and_names_no_food(client, world):
    factories.food("beans", Nutrient.objects.get(slug="folate"), 5)
    factories.food("liver", Nutrient.objects.get(slug="iron"), 5)
    text = result(client, symptom=["tired"])
    assert "Too much folate Tired Too much folate is linked with tired." in text
    assert "Only folic acid counts." in text
    assert "Liver" in text
    assert "Beans" not in text


def test_high_dose_b6_is_shown_as_too_much(client, content):
    text = result(client, symptom=["tingling", "numbness"], risk=["high-dose-b6"])
    assert "Too much vitamin B6" in text
    assert "High-dose vitamin B6 supplements" in text


def test_foods_suit_a_ticked_diet(client, content):
    plain = result(client, symptom=["fatigue"], risk=["metformin"])
    vegan = result(client, symptom=["fatigue"], risk=["metformin", "vegan-diet"])
    foods = re.compile(r"Vitamin B12 Matches.*?Rich foods: (.*?) (?:\w+ ){1,2}(?:Matches|linked)")
    assert "Clams" in foods.search(plain)[1]
    assert "Clams" not in foods.search(vegan)[1]


def test_most_matching_are_in_full_and_the_rest_take_a_line(client, no_content):
    sign = factories.symptom("cramps")
    for number in range(5):
        factories.association(factories.nutrient(f"nutrient-{number}"), sign)
    text = result(client, symptom=["cramps"])
    assert re.findall(r"Nutrient (\d) Matches", text) == ["0", "1", "2"]
    assert "Nutrient 3 : cramps (1 of 1) Nutrient 4 : cramps (1 of 1)" in text
    assert "The first 3 are shown in full." in text


def test_common_causes_come_before_nutrients_and_ticked_ones_first(client, content):
    text = result(client, symptom=["muscle-twitches"], risk=["caffeine"])
    assert text.index("You ticked Caffeine.") < text.index("Lack of sleep")
    assert text.index("Common causes that are not nutrients") < text.index("Nutrients worth")


def test_a_cause_alone_suggests_no_nutrient(client, content):
    text = result(client, risk=["caffeine"])
    assert "You ticked Caffeine." in text
    assert "No nutrient in our table is linked with it." in text
    assert nutrient_names(text) == set()


def test_evidence_against_is_told_and_never_counts(client, content):
    text = result(client, symptom=["night-leg-cramps"])
    assert "Taking magnesium has not been shown to help night leg cramps." in text
    assert "Magnesium Matches" not in text


def test_symptom_without_a_nutrient_is_named(client, world):
    factories.symptom("hiccups")
    text = result(client, symptom=["cramps", "hiccups"])
    assert "What no nutrient here explains Hiccups" in text


@pytest.mark.parametrize(
    "ticks",
    [
        {"symptom": ["muscle-cramps"], "risk": ["ppi"]},
        {"symptom": ["muscle-cramps"], "risk": ["loop-diuretics"]},
        {"symptom": ["muscle-pain"]},
        {"symptom": ["tremor"], "risk": ["salbutamol"]},
    ],
)
def test_prescribed_medicines_are_never_to_be_stopped(client, content, ticks):
    assert "Do not stop a prescribed medicine" in result(client, **ticks)


def test_interactions_of_a_ticked_risk_factor_are_shown(client, world):
    run = RiskFactor.objects.get(slug="long-runs")
    factories.interaction("Grapefruit", [run], effect="It adds up.", advice="Ask first.")
    factories.interaction("Liquorice", [])
    text = result(client, risk=["long-runs"])
    assert "Grapefruit and something. It adds up. Ask first." in text
    assert "Liquorice" not in text


def test_ticks_go_on_to_the_table_and_to_paper(client, world):
    response = send(client, symptom=["cramps", "tired"], risk=["coffee"])
    assert "/compare/?symptom=cramps&symptom=tired" in links_of(response, RESULTS)
    form = response.content.decode().split(f'action="{PRINT}"')[1].split("</form>")[0]
    assert re.findall(r'name="(\w+)" value="([\w-]+)"', form) == [
        ("symptom", "cramps"),
        ("symptom", "tired"),
        ("risk", "coffee"),
    ]


@pytest.mark.parametrize("slugs", [["a"], ["b", "c"]])
def test_rows_that_are_not_published_are_not_offered(client, world, slugs):
    for slug in slugs:
        factories.symptom(slug, status="draft")
    text = result(client, symptom=[*slugs, "cramps"])
    assert "You ticked 1 thing." in text
    assert "We did not understand" in text


# Urgency


def everything_in_an_emergency(response):
    """Assert that the answer is the emergency card and nothing that could hold a reader up."""
    text = text_of(response, RESULTS)
    assert "Call for help now" in text
    assert "Call 112, 911, 999" in text
    assert nutrient_names(text) == set()
    links = links_of(response, RESULTS)
    assert links == ["tel:112", "tel:911", "tel:999"]
    assert "Nutrients worth" not in text
    assert "Rich foods" not in text


def test_every_emergency_flag_gives_only_the_card(client, content):
    flags = RedFlag.objects.filter(status="published", is_asked=True, level="emergency")
    assert flags
    for flag in flags:
        everything_in_an_emergency(send(client, flag=[flag.slug], **PICTURE))


def test_every_emergency_symptom_gives_only_the_card(client, content):
    signs = Symptom.objects.filter(status="published", is_noticeable=True, urgency="emergency")
    assert signs
    for sign in signs:
        everything_in_an_emergency(send(client, symptom=[sign.slug, "muscle-cramps"]))


def test_every_emergency_rule_fires(client, content):
    rules = RedFlagRule.objects.filter(red_flag__status="published", red_flag__level="emergency")
    assert rules
    for rule in rules.prefetch_related("symptoms", "risk_factors", "other_causes"):
        risks = [*rule.risk_factors.all(), *rule.other_causes.all()]
        symptoms = [sign.slug for sign in rule.symptoms.all()]
        response = send(client, symptom=symptoms, risk=[risk.slug for risk in risks])
        everything_in_an_emergency(response)


def test_a_combination_raises_what_its_parts_do_not(client, world):
    flag = factories.flag("burst", "emergency", is_asked=False)
    factories.rule(flag, [Symptom.objects.get(slug="cramps")], [RiskFactor.objects.get()])
    assert "Call for help now" not in result(client, symptom=["cramps"])
    assert "Call for help now" not in result(client, risk=["long-runs"])
    assert "Act on burst." in result(client, symptom=["cramps"], risk=["long-runs"])


def test_form_stays_ticked_in_an_emergency(client, content):
    html = send(client, symptom=["seizures"]).content.decode()
    assert 'value="seizures" checked' in html
    assert "take the tick off" in html


def test_urgent_card_stands_above_the_results(client, world):
    factories.flag("swelling", "urgent")
    text = result(client, flag=["swelling"], symptom=["cramps"])
    assert text.index("Get medical care the same day") < text.index("What your ticks fit")
    assert "Swelling. Act on swelling." in text
    assert "Nutrients worth looking into" in text


def test_see_a_doctor_advice_stands_before_the_causes(client, world):
    factories.flag("two-weeks", "see-a-doctor")
    text = result(client, flag=["two-weeks"], symptom=["cramps"])
    assert "Get medical care the same day" not in text
    assert text.index("Act on two-weeks.") < text.index("Common causes")


@settings(max_examples=40, deadline=None, suppress_health_check=SHARED_CONTENT)
@given(data=st.data())
def test_no_tick_lowers_the_urgency_of_shipped_content(content, data):
    now = factories.PUBLISHED["publish_at"].replace(year=2100)
    rows = {"symptom": Symptom, "risk": RiskFactor, "flag": RedFlag}
    ticks = [Tick(kind, slug) for kind, row in rows.items() for slug in slugs_of(row.objects.all())]
    some = data.draw(st.lists(st.sampled_from(ticks), max_size=6))
    more = data.draw(st.sampled_from(ticks))
    before, after = urgency_of(some, at=now), urgency_of([*some, more], at=now)
    assert Level.SELF_CARE <= before.level <= after.level


# Page and fragment


@pytest.mark.parametrize(
    "ticks",
    [{}, PICTURE, {"symptom": ["seizures"]}, {"flag": ["cramp-over-10-minutes"]}, {"risk": ["x"]}],
)
def test_fragment_is_the_very_part_of_the_page(client, content, ticks):
    page, fragment = send(client, **ticks), send(client, HTMX, **ticks)
    assert b"<html" not in fragment.content
    assert squeezed(fragment) in squeezed(page)
    assert text_of(fragment) == text_of(page, RESULTS)


@pytest.mark.parametrize("headers", [{}, HTMX])
@pytest.mark.parametrize("ticks", [{}, PICTURE, {"symptom": ["seizures"]}])
def test_nothing_is_kept(client, content, headers, ticks):
    for response in (send(client, headers, **ticks), client.get(PAGE, ticks, headers=headers)):
        assert "no-store" in response["Cache-Control"]
        assert "HX-Request" in response["Vary"]
        assert "Set-Cookie" not in response
        assert not response.cookies
        assert not {name for name in response.headers if name.startswith("HX-")}


def test_form_pushes_no_address_and_keeps_no_history(client, content):
    html = client.get(PAGE).content.decode()
    assert 'method="post"' in html
    assert 'data-hx-push-url="false"' in html
    assert 'data-hx-history="false"' in html
    assert "csrfmiddlewaretoken" not in html
    assert 'data-hx-post="/checklist/"' in html
    assert 'action="/checklist/#results"' in html


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_queries_stay_the_same_whatever_is_ticked(
    client, content, django_assert_max_num_queries, headers
):
    signs = Symptom.objects.exclude(urgency="emergency")
    everything = {"symptom": slugs_of(signs)[:4], "risk": slugs_of(RiskFactor.objects.all())}
    for ticks in (PICTURE, everything):
        with django_assert_max_num_queries(MOST_QUERIES):
            send(client, headers, **ticks)


# What cannot be read


@pytest.mark.parametrize(
    "body",
    [
        "symptom=cramps&symptom=nonsense",
        "symptom=cramps&risk=" + "x" * 10_000,
        "symptom=cramps&risk=%00%01%1b",
        "symptom=cramps&risk=%ff%fe",
        "symptom=cramps&flag=<script>alert(1)</script>",
        "symptom=cramps&csrfmiddlewaretoken=x",
        "symptom=cramps&" + "&".join(f"risk=r{number}" for number in range(990)),
    ],
)
def test_what_is_not_understood_is_said_and_the_rest_applies(client, world, body):
    response = client.post(PAGE, body, content_type="application/x-www-form-urlencoded")
    assert response.status_code == 200
    text = text_of(response, RESULTS)
    assert "We did not understand “" in text
    assert "Zinc Matches 1 of your 1 tick" in text
    assert b"<script>alert" not in response.content
    assert not re.search(rb"[\x00-\x08\x1b]", response.content)


def test_too_many_fields_are_refused_politely(client, world):
    body = "&".join(f"symptom=s{number}" for number in range(2000))
    response = client.post(PAGE, body, content_type="application/x-www-form-urlencoded")
    assert response.status_code == 400


@pytest.mark.parametrize("method", ["put", "delete", "patch", "options"])
def test_other_methods_are_refused(client, content, method):
    response = getattr(client, method)(PAGE)
    assert response.status_code == 405
    assert "POST" in response["Allow"]


# Words and paper


def test_answers_never_overclaim(client, content):
    slugs = slugs_of(Symptom.objects.filter(is_noticeable=True).exclude(urgency="emergency"))
    risks = slugs_of(RiskFactor.objects.all())
    flags = slugs_of(RedFlag.objects.exclude(level="emergency"))
    for ticks in (
        {"symptom": slugs[:12], "risk": risks[:8]},
        {"symptom": slugs[12:24], "risk": risks[8:30]},
        {"symptom": slugs[24:], "risk": risks[30:], "flag": flags},
    ):
        for answer in (result(client, **ticks), text_of(client.post(PRINT, ticks), "main")):
            found = FORBIDDEN.search(answer)
            assert not found, answer[max(found.start() - 60, 0) : found.end() + 60]


def test_paper_holds_the_ticks_their_links_and_no_links_away(client, content):
    response = client.post(PRINT, PICTURE)
    text = text_of(response, "main")
    for words in ("Muscle twitches (fasciculations)", "Caffeine", "Magnesium: matches 4 of 6"):
        assert words in text
    assert "Low magnesium is linked with muscle cramps." in text
    assert "Test used, and its limits:" in text
    assert links_of(response, "main") == []
    assert "no-store" in response["Cache-Control"]
    assert not response.cookies


def test_paper_in_an_emergency_is_the_card(client, content):
    text = text_of(client.post(PRINT, {"symptom": ["seizures"]}), "main")
    assert "Call for help now" in text
    assert nutrient_names(text) == set()


def test_paper_with_nothing_ticked_leads_back(client, content):
    response = client.post(PRINT)
    assert "Nothing ticked" in text_of(response, "main")
    assert PAGE in links_of(response, "main")


def test_paper_is_made_by_post_alone(client, content):
    assert client.get(PRINT).status_code == 405


def squeezed(response):
    return re.sub(r"\s+", " ", response.content.decode()).strip()
