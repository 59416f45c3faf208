"""The grade of an association chooses its verb: one change of grade changes every page."""

import pytest

from nutrients.models import VERBS, Association, Evidence
from tests.views.checklist_answers import PRINT, result
from tests.views.pages import text_of

TICKS = {"symptom": ["muscle-cramps"], "risk": ["ppi"]}


@pytest.mark.parametrize("evidence", Evidence)
def test_a_grade_changes_its_words_wherever_they_stand(client, content, evidence):
    magnesium = Association.objects.filter(
        nutrient__slug="magnesium", symptom__slug="muscle-cramps", relation="deficiency"
    )
    assert magnesium.update(evidence=evidence) == 1
    claim = f"Low magnesium {VERBS[evidence]} muscle cramps."
    label = evidence.label.split()[0]

    card = text_of(client.get("/nutrients/magnesium/muscle-cramps/"), "main")
    assert claim in card
    assert claim in result(client, **TICKS)
    assert claim in text_of(client.post(PRINT, TICKS), "main")
    assert magnesium_row(client.get("/compare/?symptom=muscle-cramps")).count(label) == 1
    assert verb_of_cramps(client.get("/articles/nutrients-and-muscle-jerking/")) == VERBS[evidence]


def magnesium_row(response):
    """The words of magnesium's row in the table, where evidence stands for the symptoms chosen."""
    html = response.content.decode()
    row = html.split('<th scope="row">', 1)[1]
    (found,) = [part for part in [row, *row.split('<th scope="row">')] if is_of_magnesium(part)][
        -1:
    ]
    return found.split('data-label="Evidence"')[1].split("</td>")[0]


def is_of_magnesium(row):
    return 'href="/nutrients/magnesium/"' in row.split("</th>")[0]


def verb_of_cramps(response):
    """The verb under which the article's table lists muscle cramps for magnesium."""
    table = response.content.decode().split('<caption id="core-table">')[1].split("</table>")[0]
    (row,) = [part for part in table.split('<th scope="row">') if is_of_magnesium(part)]
    groups = row.split("<dt>")[1:]
    (found,) = [group for group in groups if "/nutrients/magnesium/muscle-cramps/" in group]
    verb = found.split("</dt>")[0]
    return verb[:1].lower() + verb[1:]
