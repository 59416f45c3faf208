"""An answer says what ticks mean, names no food that could harm, and says what would change it."""

import re

import pytest

from tests import factories
from tests.checklist.answers import PAGE, RESULTS, result, send
from tests.site.pages import text_of

WITHDRAWAL = "within days of stopping heavy drinking"
SENTENCES = [
    ("symptom=tingling&symptom=fatigue", "first: Lack of sleep (for tiredness). Nutrient"),
    ("symptom=fatigue&risk=caffeine", "Cause to think of first: Lack of sleep. Nutrient"),
    ("symptom=tremor&risk=lithium-valproate", "this by itself, so no nutrient comes first."),
    ("symptom=tremor&risk=alcohol", "first: Heavy drinking, or stopping it suddenly. Nutrient"),
    ("symptom=thirst&risk=high-dose-vitamin-d", "or many calcium tablets: Stop them"),
    ("symptom=poor-appetite&risk=isoniazid", "first: Side effects of isoniazid. Call the team"),
    ("symptom=leg-swelling", "Nutrient to ask about first: Sodium (too much)."),
    ("symptom=muscle-cramps", "first: Hard or new exercise. Stretch a cramp gently until"),
    # Neither water tablets nor statins are named for a child, nor caffeine or drinking.
    ("symptom=night-leg-cramps&risk=childhood", "low in salt or potassium. What you ticked, and"),
    ("symptom=tremor&risk=childhood", "Also common: A cold, flu or another infection with fever"),
    ("symptom=muscle-twitches&duration=for-ever", "We did not understand “for-ever”"),
    # An answer alone is no tick, and one that is taken off is none.
    ("onset=sudden", "Nothing ticked yet"),
    ("symptom=tremor&symptom=-tremor&onset=sudden", "Nothing ticked yet"),
]


@pytest.mark.parametrize(("ticks", "words"), SENTENCES)
def test_what_ticks_mean_is_said(client, content, ticks, words):
    assert words in text_of(client.get(f"{PAGE}?{ticks}"), RESULTS)


def test_sign_to_watch_for_with_a_habit_is_named_only_with_it(client, content):
    assert WITHDRAWAL in result(client, symptom=["tremor"], risk=["alcohol"])
    assert WITHDRAWAL not in result(client, symptom=["tremor"])


@pytest.fixture
def iron(no_content):
    """Iron, which is linked with cramps, and lentils as a source of it."""
    iron = factories.nutrient("iron")
    factories.association(iron, factories.symptom("cramps"))
    factories.food("lentils", iron, 90)
    return iron


@pytest.mark.parametrize("own_advice", [False, True])
def test_no_food_is_named_to_whom_it_could_harm(client, iron, own_advice):
    raises = [] if own_advice else [iron]
    factories.risk("overload", (), raises, what_to_do="Ask.", has_own_food_advice=own_advice)

    assert "Rich foods Lentils" in result(client, symptom=["cramps"])
    text = result(client, symptom=["cramps"], risk=["overload"])
    assert "Iron" in text
    assert "Lentils" not in text
    assert "Rich foods are not named here Overload: Ask." in text
    factories.flag("kidneys", "urgent").withheld_nutrients.add(iron)
    text = result(client, symptom=["cramps"], flag=["kidneys"])
    assert "Lentils" not in text
    assert "Ask for a blood test first." in text


@pytest.mark.parametrize("group", ["pregnancy", "children"])
def test_no_food_is_named_to_whom_it_is_kept_from(client, iron, group):
    factories.food("liver", iron, 99, not_suggested_to=group)
    oil = factories.food("cod-oil", iron, 0, not_suggested_to=group)
    oil.unmeasured_nutrients.add(iron)
    factories.risk("this-group", population_group=group)

    assert "Rich foods Liver Lentils Cod oil" in result(client, symptom=["cramps"])
    text = result(client, symptom=["cramps"], risk=["this-group"])
    assert "Rich foods Lentils" in text
    assert "Liver" not in text
    assert "Cod oil" not in text


def test_no_salty_food_is_offered_and_the_page_says_why(client, content):
    text = result(client, symptom=["muscle-cramps"], risk=["heavy-sweating"])
    sodium = text.split("Sodium Linked with")[1].split("Linked with")[0]
    assert "Most diets contain more than enough" in sodium
    assert "So no food is named here." in sodium
    row = text_of(client.get("/compare/?symptom=muscle-cramps&sort=name"), "comparison-results")
    assert "Most diets contain more than enough" in row
    page = text_of(client.get("/nutrients/sodium/"), "main")
    assert "Most diets contain more than enough" in page


def test_questions_come_first_and_what_would_change_the_answer_last(client, content):
    page = send(client, symptom=["muscle-twitches"])
    verdict, rest = text_of(page, RESULTS).split("What matches your ticks")
    assert "How long has it lasted? What lasts over 2 weeks is worth an appointment." in verdict
    assert "2 questions can change this answer." in verdict
    assert page.text.count('type="radio" form="checklist" name="duration"') == 2
    assert '<button class="btn btn-small" type="submit" form="checklist">' in page.text
    end = rest.split("What would change this answer")[1]
    assert "Book an appointment for any of these: A twitch lasting over 2 weeks" in end
    assert "See a doctor if twitching lasts over 2 weeks" in end
    assert "Tests that doctors use for these nutrients" in end
    assert "Magnesium in the blood (serum magnesium), which can be normal" in end
    for text in (end, result(client, risk=["vegan-diet"]), result(client, risk=["caffeine"])):
        assert "Whom to ask A pharmacist can check medicines" in text.split("What would")[-1]
    # If care is due the same day, a milder sign changes nothing.
    baby = result(client, symptom=["muscle-twitches"], risk=["infancy"])
    assert "How long has it lasted?" not in baby
    assert "Book an appointment" not in baby

    # An answer stays checked, and open ones change nothing.
    calm = send(client, symptom=["muscle-twitches"], duration="up-to-two-weeks", places="")
    assert 'name="duration" value="up-to-two-weeks" checked' in calm.text
    assert "We did not understand" not in calm.text
    assert text_of(calm, RESULTS).endswith(end)

    # A flag that was raised is not something to watch for.
    raised = result(client, symptom=["muscle-twitches"], duration="over-two-weeks")
    reasons, watched = raised.split("What would change this answer")
    assert "Muscle twitches (Over 2 weeks)" in reasons
    assert "A twitch lasting over 2 weeks" not in watched.split("See a doctor if")[0]


@pytest.mark.parametrize(
    "body",
    [
        "symptom=cramps&symptom=nonsense",
        "symptom=cramps&risk=%ff%fe%00%01%1b",
        "symptom=cramps&flag=<script>alert(1)</script>",
        "symptom=cramps&csrfmiddlewaretoken=x",
        "symptom=cramps&" + "&".join(f"risk=r{number}" for number in range(990)),
    ],
)
def test_what_is_not_understood_is_said_and_the_rest_applies(client, small_world, body):
    response = client.post(PAGE, body, content_type="application/x-www-form-urlencoded")
    assert response.status_code == 200
    text = text_of(response, RESULTS)
    assert "We did not understand " in text
    assert "Zinc Linked with your symptom" in text
    assert b"<script>alert" not in response.content
    assert not re.search(rb"[\x00-\x08\x1b]", response.content)
