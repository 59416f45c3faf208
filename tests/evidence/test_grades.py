"""The grade of an association chooses its verb on every page."""

import re

import pytest

from nutrients.models import VERB_AGAINST, VERBS, Association, Evidence, Nutrient, Symptom
from tests.checklist.answers import PRINT, result
from tests.site.pages import text_of

TICKS = {"symptom": ["muscle-cramps"], "risk": ["ppi"]}
BY_WAY = ", by way of another nutrient."
# Every relation with every grade, and with evidence against.
WORDING = {
    ("deficiency", "strong"): "Low magnesium can cause cramps.",
    ("deficiency", "moderate"): "Low magnesium is linked with cramps.",
    ("deficiency", "limited"): "Low magnesium has been reported with cramps.",
    ("deficiency", "against"): "Low magnesium has not been shown to cause cramps.",
    ("excess", "strong"): "Too much magnesium can cause cramps.",
    ("excess", "moderate"): "Too much magnesium is linked with cramps.",
    ("excess", "limited"): "Too much magnesium has been reported with cramps.",
    ("excess", "against"): "Too much magnesium has not been shown to cause cramps.",
    ("indirect", "strong"): f"Low magnesium can cause cramps{BY_WAY}",
    ("indirect", "moderate"): f"Low magnesium is linked with cramps{BY_WAY}",
    ("indirect", "limited"): f"Low magnesium has been reported with cramps{BY_WAY}",
    ("indirect", "against"): "Taking magnesium has not been shown to help cramps.",
}


@pytest.mark.parametrize(("relation", "grade"), WORDING)
def test_relation_and_grade_choose_the_sentence(relation, grade):
    is_against = grade == "against"
    row = Association(
        nutrient=Nutrient(
            name="Magnesium", low_phrase="Low magnesium", high_phrase="Too much magnesium"
        ),
        symptom=Symptom(name="Cramps"),
        relation=relation,
        evidence="strong" if is_against else grade,
        is_against=is_against,
    )
    assert row.claim == WORDING[relation, grade]


def test_key_explains_every_verb(client, content):
    text = text_of(client.get("/method/"), "main")
    for grade in Evidence:
        assert f"{grade.label} “{grade.verb.capitalize()}”. {grade.meaning}" in text
    assert f"“{VERB_AGAINST.capitalize()}”" in text


@pytest.mark.parametrize("evidence", Evidence)
def test_grade_changes_its_verb_on_every_page(client, content, evidence):
    magnesium = Association.objects.filter(
        nutrient__slug="magnesium", symptom__slug="muscle-cramps", relation="deficiency"
    )
    assert magnesium.update(evidence=evidence) == 1
    claim = f"Low magnesium {VERBS[evidence]} muscle cramps."
    label = evidence.label.split()[0]

    card = text_of(client.get("/nutrients/magnesium/muscle-cramps/"), "main")
    assert claim in card
    assert claim in result(client, **TICKS)
    assert claim.rstrip(".") in text_of(client.post(PRINT, TICKS), "main")
    dot = f'aria-label="{label} evidence: {claim}"'
    assert client.get("/compare/?symptom=muscle-cramps").text.count(dot) == 1
    article = client.get("/articles/nutrients-and-muscle-jerking/").text
    core = article.partition('id="core-table">')[2].partition("</table>")[0]
    verb = VERBS[evidence].capitalize()
    cited = rf"<dt>{verb}</dt>(?:(?!<dt>).)*/nutrients/magnesium/muscle-cramps/"
    assert re.search(cited, core, re.DOTALL)


def test_card_with_failed_trials_never_claims_no_evidence_against(client, content):
    page = text_of(client.get("/nutrients/magnesium/muscle-cramps/"))

    assert "tablets made little difference to the ordinary cramps of older adults" in page
    assert "No evidence against" not in page
    assert "“Why this grade” above says what limits it." in page
