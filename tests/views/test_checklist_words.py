"""The words of every answer, on the page and on paper."""

import re

from nutrients.models import RedFlag, RiskFactor, Symptom
from tests.views.checklist_answers import PAGE, PICTURE, PRINT, nutrient_names, result, slugs_of
from tests.views.pages import links_of, text_of

FORBIDDEN = re.compile(
    r"diagnos|you have|you are deficient|likely|\bcure|treat with|\btake \d|\bpoints?\b|\bscore",
    re.IGNORECASE,
)


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
