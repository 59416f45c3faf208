"""Results show too much, medicines and kidney disease where they fit, and how each would change."""

import pytest

from nutrients.models import Association, Nutrient
from tests import factories
from tests.checklist.answers import HTMX, nutrient_names, result, send
from tests.site.pages import text_of


@pytest.mark.parametrize(
    ("symptom", "risk", "words"),
    [
        ("numbness", "high-dose-b6", "Too much vitamin B6"),
        ("muscle-weakness", "high-dose-zinc", "High-dose zinc"),
        ("muscle-twitches", "ppi", "Proton pump inhibitors for over a year and magnesium."),
        ("muscle-cramps", "loop-diuretics", "Loop or thiazide water tablets (diuretics) and"),
        ("muscle-cramps", "thiazide-diuretics", "Loop or thiazide water tablets (diuretics) and"),
        ("muscle-cramps", "potassium-sparing", "potassium supplements or salt substitutes."),
        ("fatigue", "metformin", "Metformin and vitamin B12."),
        ("muscle-pain", "statins", "You ticked Statins: atorvastatin"),
        ("tremor", "salbutamol", "You ticked Salbutamol"),
        ("tremor", "ssris", "You ticked SSRI"),
        ("muscle-cramps", "kidney-disease", "Magnesium laxatives or antacids and kidney disease."),
        ("muscle-weakness", "kidney-disease", "Muscle weakness + Long-term kidney disease"),
        ("muscle-weakness", "potassium-sparing", "Ask for a blood test of potassium the same day"),
    ],
)
def test_what_fits_is_shown(client, content, symptom, risk, words):
    text = result(client, symptom=[symptom], risk=[risk])
    assert words in text
    assert "Do not stop a prescribed medicine" in text or risk.startswith("high-dose")


WITHDRAWAL = "within days of stopping heavy drinking"
SAID = [
    ("symptom=tingling&symptom=fatigue", "to think of first: Lack of sleep (for tiredness)."),
    ("symptom=fatigue", "Common cause to think of first: Lack of sleep."),
    ("risk=caffeine", "You ticked Caffeine."),
    ("risk=caffeine", "No nutrient in our table is linked with it."),
    ("symptom=night-leg-cramps", "has not been shown to help night leg cramps in older adults."),
    ("symptom=tremor&risk=alcohol", WITHDRAWAL),
    ("symptom=muscle-twitches&duration=for-ever", "We did not understand “for-ever”"),
    # An answer alone is no tick, and one that is taken off is none.
    ("onset=sudden", "Nothing ticked yet"),
    ("symptom=tremor&symptom=-tremor&onset=sudden", "Nothing ticked yet"),
]


@pytest.mark.parametrize(("ticks", "words"), SAID)
def test_what_ticks_mean_is_said(client, content, ticks, words):
    assert words in text_of(client.get(f"/checklist/?{ticks}"), "checklist-results")


@pytest.mark.parametrize(
    ("symptom", "words"), [("night-leg-cramps", "Magnesium Linked with"), ("tremor", WITHDRAWAL)]
)
def test_what_does_not_fit_is_left_out(client, content, symptom, words):
    assert words not in result(client, symptom=[symptom])


@pytest.mark.parametrize("nutrient", ["vitamin-d", "iron", "magnesium", "calcium", "vitamin-b6"])
def test_too_much_is_shown_for_every_sign_of_it(client, content, nutrient):
    signs = Association.objects.filter(
        nutrient__slug=nutrient,
        relation="excess",
        is_against=False,
        status="published",
        symptom__is_noticeable=True,
    ).exclude(symptom__urgency="emergency")
    assert signs
    for sign in signs.select_related("nutrient", "symptom"):
        text = result(client, symptom=[sign.symptom.slug])
        assert sign.claim in text or sign.nutrient.name in nutrient_names(text)


@pytest.mark.parametrize("fields", [{"raises": True}, {"has_own_food_advice": True}])
def test_no_food_is_named_to_whom_it_could_harm(client, no_content, fields):
    iron, cramps = factories.nutrient("iron"), factories.symptom("cramps")
    factories.association(iron, cramps)
    factories.food("lentils", iron, 90)
    raises = [iron] if fields.pop("raises", False) else []
    factories.risk("overload", raises=raises, what_to_do="Ask your team.", **fields)

    assert "Rich foods Lentils" in result(client, symptom=["cramps"])
    text = result(client, symptom=["cramps"], risk=["overload"])
    assert "Iron" in text
    assert "Lentils" not in text
    assert "Rich foods are not named here Overload: Ask your team." in text


@pytest.mark.parametrize("group", ["pregnancy", "children"])
def test_no_food_is_named_to_whom_it_is_kept_from(client, no_content, group):
    iron, cramps = factories.nutrient("iron"), factories.symptom("cramps")
    factories.association(iron, cramps)
    factories.food("lentils", iron, 90)
    factories.food("liver", iron, 99, not_suggested_to=group)
    oil = factories.food("cod-oil", iron, 0, not_suggested_to=group)
    oil.unmeasured_nutrients.add(iron)
    factories.risk("this-group", population_group=group)

    assert "Rich foods Liver Lentils Cod oil" in result(client, symptom=["cramps"])
    text = result(client, symptom=["cramps"], risk=["this-group"])
    assert "Rich foods Lentils" in text
    assert "Liver" not in text
    assert "Cod oil" not in text


def test_medicines_and_foods_stand_apart(client, content):
    text = result(client, symptom=["fatigue"], risk=["metformin", "vegan-diet"])
    medicines, foods = text.split("Medicines and nutrients")[1].split("Combinations to know about")
    assert "Metformin and vitamin B12." in medicines
    assert "Spinach" in foods
    assert "Spinach" not in medicines


def test_every_result_ends_with_what_would_change_it_by_when_and_whom_to_ask(client, content):
    for ticks in (
        {"symptom": ["muscle-twitches"]},
        {"risk": ["vegan-diet"]},
        {"risk": ["caffeine"]},
    ):
        text = result(client, **ticks)
        end = text.split("What would change this answer")[1]
        assert "Whom to ask A pharmacist can check medicines" in end
    twitches = result(client, symptom=["muscle-twitches"]).split("What would change")[1]
    assert "Book an appointment for any of these: A twitch lasting over 2 weeks" in twitches
    assert "See a doctor if twitching lasts over 2 weeks" in twitches
    assert "Tests that doctors use for these nutrients" in twitches
    assert "Magnesium in the blood (serum magnesium), which can be normal" in twitches


def test_a_flag_that_was_raised_is_not_something_to_watch_for(client, content):
    text = result(client, symptom=["muscle-twitches"], duration="over-two-weeks")
    raised, watched = text.split("What would change this answer")
    assert "Muscle twitches (Over 2 weeks)" in raised
    assert "A twitch lasting over 2 weeks" not in watched.split("See a doctor if")[0]


def test_no_salty_food_is_offered_and_the_page_says_why(client, content):
    text = result(client, symptom=["muscle-cramps"], risk=["heavy-sweating"])
    sodium = text.split("Sodium Linked with")[1].split("Linked with")[0]
    assert "Most diets contain more than enough" in sodium
    assert "So no food is named here." in sodium
    row = text_of(client.get("/compare/?symptom=muscle-cramps&sort=name"), "comparison-results")
    assert "Most diets contain more than enough" in row
    page = text_of(client.get("/nutrients/sodium/"), "main")
    assert "Most diets contain more than enough" in page


def test_one_food_stands_on_a_line(client, small_world):
    iron = Nutrient.objects.get(slug="iron")
    for slug in ("clams", "oats"):
        factories.food(slug, iron, 50, name=f"{slug.title()}, cooked, plain")
    html = send(client, symptom=["cramps"]).content.decode()
    assert html.count('<li><a href="/foods/clams/">Clams, cooked, plain</a></li>') == 1


# Questions


def test_questions_stand_above_the_answer_with_their_reasons(client, content):
    text = result(client, symptom=["muscle-twitches"])
    assert "How long has it lasted? What lasts over 2 weeks is worth an appointment." in text
    assert text.index("How long has it lasted?") < text.index("What matches your ticks")
    assert "2 questions can change this answer." in text
    html = send(client, symptom=["muscle-twitches"]).content.decode()
    assert html.count('type="radio" form="checklist" name="duration"') == 2
    assert '<button class="btn btn-small" type="submit" form="checklist">' in html


def test_an_answer_stays_checked_and_open_ones_change_nothing(client, content):
    response = send(client, symptom=["muscle-twitches"], duration="up-to-two-weeks", places="")
    html = response.content.decode()
    assert 'name="duration" value="up-to-two-weeks" checked' in html
    assert "We did not understand" not in html
    plain = result(client, symptom=["muscle-twitches"])
    answered = text_of(response, "checklist-results")
    assert answered.split("What would change")[1] == plain.split("What would change")[1]


def test_a_question_that_changes_nothing_is_not_asked(client, content):
    assert 'type="radio"' not in send(client, HTMX, symptom=["restless-legs"]).content.decode()


def test_answers_go_on_to_paper(client, content):
    told = {"symptom": ["muscle-twitches"], "places": "one", "onset": "weeks"}
    text = text_of(client.post("/checklist/print/", told), "main")
    assert "In how many places is the twitch? In one place." in text
    assert "How did it start? Over weeks." in text
