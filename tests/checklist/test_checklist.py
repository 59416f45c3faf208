"""The checklist: what it asks, and every suggestion with its reasons."""

import re

from nutrients.evidence.ranking import ORDER
from nutrients.models import Nutrient, RiskFactor, Symptom
from tests import factories
from tests.checklist.answers import PAGE, PICTURE, PRINT, RESULTS, result, send, slugs_of
from tests.site.pages import links_of, text_of

# The form


def topic(html, title):
    """Return the part of the form behind one of its folds."""
    return html.split(f"<summary>{title}</summary>")[1].split("</fieldset>")[0]


def test_nothing_ticked_gives_guidance_and_no_nutrient(client, content):
    text = result(client)
    assert text.startswith("Nothing ticked yet Tick everything you noticed in the past month")
    assert "Nutrients worth looking into" not in text
    assert links_of(send(client), RESULTS) == ["tel:999", "tel:112", "tel:911"] * 2 + [PAGE]
    assert text == text_of(client.get(PAGE), RESULTS)


def test_form_groups_what_a_reader_can_notice_by_area_the_common_first(client, content):
    html = client.get(PAGE).text
    offered = set(re.findall(r'name="symptom" value="([a-z0-9-]+)"', html))
    noticeable = Symptom.objects.filter(status="published", is_noticeable=True)
    assert offered == set(slugs_of(noticeable))
    assert "chvostek-sign" not in offered
    # Programs that ask the checklist read the words of each choice.
    words = re.findall(r'<input class="box" [^>]*><span>([^<]+)', html)
    assert {row.name for row in noticeable} <= {choice.strip() for choice in words}
    groups = re.findall(r"<legend>([^<]+)</legend>|<summary>([^<]+)</summary>", html)
    assert ["".join(names) for names in groups][1:4] == [
        "First, any of these?",
        "Who is this for?",
        "Muscles and movement",
    ]
    in_sight, behind_more = topic(html, "Muscles and movement").split("<details")
    common = Symptom.objects.filter(body_area="muscles", is_common=True)
    assert set(re.findall(r'value="([a-z0-9-]+)"', in_sight)) == set(slugs_of(common))
    assert "value=" in behind_more
    # Causes that are asked are among the risk factors.
    assert 'name="risk" value="caffeine"' in topic(html, "Habits and surroundings")
    assert {"statins", "ppi"} <= set(
        re.findall(r'name="risk" value="(\w+)"', topic(html, "Medicines"))
    )


def test_a_tick_behind_more_is_never_hidden(client, content):
    html = send(client, symptom=["headache"], change="1").text
    head = topic(html, "Eyes, mouth and head")
    assert '<details class="more" open>' in head
    assert 'value="headache" checked' in head


def form_of(response):
    return response.text.split('<form id="checklist"')[-1].split("</form>")[0]


def test_answer_holds_its_ticks_and_leads_to_the_form_with_them(client, content):
    ticks = PICTURE | {"onset": "weeks", "places": "one"}
    answer = send(client, **ticks)
    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]+)">', form_of(answer))
    # The question is on the page, with its answer checked.
    assert 'name="places" value="one" checked' in answer.text
    sent = [(name, value) for name in PICTURE for value in PICTURE[name]]
    assert sorted(hidden) == sorted([*sent, ("onset", "weeks")])
    assert 'form="checklist" name="change" value="1"' in answer.text
    assert 'class="tick"' not in answer.text

    form = send(client, change="1", **ticks)
    assert text_of(form, RESULTS).startswith("Change or add ticks Tick everything you noticed")
    assert "What to do:" not in form.text
    checked = re.findall(r'name="([^"]+)" value="([^"]*)" checked', form.text)
    # Besides the ticks, nothing is said of whom they are about.
    assert sorted(checked) == sorted([*hidden, ("risk", "")])


def test_form_says_to_call_while_its_ticks_are_an_emergency(client, content):
    ticks = {"symptom": ["tingling", "muscle-weakness"], "onset": "days"}
    page = send(client, change="1", **ticks)
    assert "<title>Call for help now: " in page.text
    card = text_of(page, RESULTS).split("Emergency?")[0]
    assert "Call for help now Call 999, 112, 911 or your local number." in card
    assert "You ticked: Muscle weakness + Tingling (pins and needles) (Over days)" in card
    calm = send(client, change="1", symptom=["tingling"])
    assert "<title>Checklist: " in calm.text
    assert '<div class="urgent" data-call-card hidden>' in calm.text


# What comes back


def test_answer_comes_in_the_promised_order(client, content):
    text = result(client, **PICTURE)
    assert text == text_of(client.get(PAGE, PICTURE), RESULTS)
    headings = [
        "What to do:",
        "Cause to think of first:",
        "Nutrient to ask about first:",
        "Page for a doctor",
        "What matches your ticks",
        "Worth seeing a doctor about",
        "Common causes that are not nutrients",
        "Nutrients worth looking into",
        "Also linked with something you ticked",
        "What you ticked, and what to do",
        "Medicines and nutrients",
        "Combinations to know about",
        "What would change this answer",
    ]
    places = [text.index(heading) for heading in headings]
    assert places == sorted(places)
    assert f"{' '.join(step.words for step in ORDER)} Ticks that are not about nutrients" in text


def test_each_suggestion_says_what_it_matches_and_what_not(client, small_world):
    text = result(client, symptom=["cramps", "tired"], risk=["long-runs"])
    assert "Iron Linked with 2 of your 2 symptoms Low iron" in text
    assert "Low iron has been reported with cramps. Seen sometimes. Limited evidence" in text
    assert "Low iron can cause tired. Common sign. Strong evidence" in text
    assert "Does not explain: tired" in text
    assert text.count("Low iron can cause tired.") == 1
    assert text.index("Zinc Linked with") < text.index("Folate Linked with")
    page = send(client, symptom=["cramps"])
    links = links_of(page, RESULTS)
    assert {"/nutrients/iron/cramps/#deficiency", "/nutrients/zinc/", "/compare/"} <= set(links)
    # Ticks are in no address; a button sends them to the page for a doctor.
    assert [link for link in links if "?" in link] == []
    assert f'form="checklist" formaction="{PRINT}"' in page.text


def test_a_risk_factor_counts_as_one_says_how_and_alone_must_be_strong(client, small_world):
    run, zinc = RiskFactor.objects.get(), Nutrient.objects.get(slug="zinc")
    RiskFactor.objects.update(what_to_do="Eat well.")
    text = result(client, symptom=["cramps"], risk=["long-runs"])
    assert "Zinc Linked with your symptom and 1 of your risks" in text
    assert text.index("Zinc Linked with") < text.index("Iron Linked with")
    assert "Long runs It lowers it." in text
    assert "A strong risk." not in text
    assert "Long runs. It may play a part in cramps through zinc. Eat well." in text
    text = result(client, symptom=["tired"], risk=["long-runs"])
    assert "Zinc Linked with" not in text
    assert "Coffee" not in text
    assert "Your risks can also affect zinc. Our table does not link it with what" in text

    run.effects.create(nutrient=Nutrient.objects.get(slug="iron"), reason="Iron goes too.")
    run.effects.update_or_create(
        nutrient=zinc, defaults={"strength": "strong", "reason": "Sweat carries zinc away."}
    )
    text = result(client, symptom=["cramps", "tired"], risk=["long-runs"])
    assert "It may play a part in cramps and tired through iron and in cramps through zinc." in text
    assert "Long runs Sweat carries zinc away. A strong risk." in text
    text = result(client, symptom=["tired"], risk=["long-runs"])
    assert "Zinc Linked with 1 of your risks" in text


def test_age_is_one_choice_and_counts_once(client, content):
    html = client.get(PAGE).text
    who = html.split("Who is this for?</legend>")[1].split("</fieldset>")[0]
    ages = ["infancy", "childhood", "adolescence", "adult-under-50", "age-50-plus", "age-70-plus"]
    assert re.findall(r'type="radio" name="risk" value="([a-z0-9-]*)"', who) == [*ages, ""]
    # Above, each age can be taken off.
    (_, two), (_, childhood), (_, both), (_, oldest), (_, none) = (
        result(client, symptom=["fatigue"], risk=risk).split("What matches your ticks")
        for risk in (["childhood", "age-70-plus"], ["childhood"], ages[-2:], ages[-1:], [])
    )
    assert len({two, both, none}) == 3
    assert (two, both) == (childhood, oldest)


def test_too_much_is_shown_beside_too_little_and_names_no_food(client, small_world):
    folate = Nutrient.objects.get(slug="folate")
    factories.food("beans", folate, 50)
    factories.food("liver", Nutrient.objects.get(slug="iron"), 20)
    factories.food("rice", Nutrient.objects.get(slug="iron"), 19)
    text = result(client, symptom=["tired"])
    assert "Too much folate Tired Too much folate is linked with tired." in text
    assert "Only folic acid counts." in text
    assert "Beans" not in text
    assert "Rice" not in text
    # One food on each line, because names contain commas.
    assert '<li><a href="/foods/liver/">Liver</a></li>' in send(client, symptom=["tired"]).text

    factories.association(folate, Symptom.objects.get(slug="tired"))
    text = result(client, symptom=["tired"])
    assert "Only a blood test can tell them apart." in text
    assert "Beans" not in text


def test_foods_suit_a_ticked_diet_and_stand_apart_from_medicines(client, content):
    plain = result(client, symptom=["fatigue"], risk=["metformin"])
    vegan = result(client, symptom=["fatigue"], risk=["metformin", "vegan-diet"])
    foods = re.compile(r"Vitamin B12 Linked with.*?Rich foods (.*?) (?:\w+ ){1,2}(?:Linked|linked)")
    assert "Clams" in foods.search(plain)[1]
    assert "Clams" not in foods.search(vegan)[1]
    reasons = vegan.split("Vitamin B12 Linked with")[1].split("Rich foods")[0]
    assert reasons.count("Do not stop a prescribed medicine.") == 1
    medicines, others = vegan.split("Medicines and nutrients")[1].split("Combinations to know")
    assert "Metformin and vitamin B12." in medicines
    assert "Metformin and vitamin B12." not in others
    assert "Spinach" in vegan
    assert "Spinach" not in medicines


def test_most_matching_are_in_full_the_rest_take_a_line_and_a_tie_is_called_one(client, no_content):
    sign = factories.symptom("cramps")
    for number in range(5):
        factories.association(factories.nutrient(f"nutrient-{number}"), sign)
    text = result(client, symptom=["cramps"])
    assert re.findall(r"Nutrient (\d) Linked with", text) == ["0", "1", "2"]
    assert "Nutrient 3 (1 of 1): cramps. Nutrient 4 (1 of 1): cramps." in text
    assert "Some of these are equal, and are listed from A to Z. The order says" in text
    paper = text_of(client.post(PRINT, {"symptom": ["cramps"]}))
    assert "Also linked: Nutrient 3 (1); Nutrient 4 (1)." in paper


def test_symptom_without_a_nutrient_is_named_and_a_draft_is_not_understood(client, small_world):
    factories.symptom("hiccups")
    factories.symptom("draft", status="draft")
    text = result(client, symptom=["cramps", "draft", "hiccups"])
    assert "You ticked 2 things." in text
    assert "We did not understand “draft”" in text
    assert "Things you ticked that are not linked with a nutrient here: Hiccups." in text


def test_interactions_of_a_ticked_risk_factor_are_shown(client, small_world):
    run = RiskFactor.objects.get(slug="long-runs")
    factories.interaction("Grapefruit", [run], effect="It adds up.", advice="Ask first.")
    factories.interaction("Liquorice", [])
    text = result(client, risk=["long-runs"])
    assert "Grapefruit and something. It adds up. Ask first." in text
    assert "Liquorice" not in text
