"""An answer says what ticks mean, names no food that could harm, and says what would change it."""

import pytest

from tests import factories
from tests.checklist.answers import result, send
from tests.site.pages import text_of

WITHDRAWAL = "within days of stopping heavy drinking"
SAID = [
    ("symptom=tingling&symptom=fatigue", "to think of first: Lack of sleep (for tiredness)."),
    ("symptom=fatigue", "Common cause to think of first: Lack of sleep."),
    ("symptom=muscle-twitches&duration=for-ever", "We did not understand “for-ever”"),
    # An answer alone is no tick, and one that is taken off is none.
    ("onset=sudden", "Nothing ticked yet"),
    ("symptom=tremor&symptom=-tremor&onset=sudden", "Nothing ticked yet"),
]


@pytest.mark.parametrize(("ticks", "words"), SAID)
def test_what_ticks_mean_is_said(client, content, ticks, words):
    assert words in text_of(client.get(f"/checklist/?{ticks}"), "checklist-results")


def test_sign_to_watch_for_with_a_habit_is_named_only_with_it(client, content):
    assert WITHDRAWAL in result(client, symptom=["tremor"], risk=["alcohol"])
    assert WITHDRAWAL not in result(client, symptom=["tremor"])


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
