"""The rows of the comparison table: what filters keep, in what order, with what signs."""

from datetime import UTC, datetime

import pytest

from nutrients.comparison.filters import Filters
from nutrients.comparison.table import ComparisonContent, nutrient_sets, table_columns, table_rows
from tests import factories

NOW = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.fixture
def content(no_content):
    iron = factories.nutrient("iron", position=1)
    zinc = factories.nutrient("zinc", position=2, is_electrolyte=True)
    cramps, tired = factories.symptom("cramps"), factories.symptom("tired", is_common=False)
    factories.symptom("eyelid-twitch")
    factories.association(iron, cramps, evidence="limited", typicality="sometimes")
    factories.association(iron, tired)
    factories.association(zinc, cramps)
    factories.association(zinc, cramps, relation="excess", evidence="moderate")
    factories.association(zinc, tired, is_against=True)
    return ComparisonContent(at=NOW)


def test_sets_count_what_the_table_keeps(content):
    sets = content.once(nutrient_sets)
    for filters in (
        Filters(),
        Filters(symptoms=("cramps",)),
        Filters(symptoms=("cramps", "tired"), match="all"),
        Filters(relation="excess"),
        Filters(kind="electrolyte"),
        Filters(symptoms=("eyelid-twitch",)),
    ):
        assert sets.count(filters) == len(table_rows(filters, content))


def test_cells_hold_the_links_of_each_column(content):
    filters = Filters(symptoms=("cramps", "tired", "eyelid-twitch"))
    iron, zinc = table_rows(filters, content)

    assert [symptom.slug for symptom in table_columns(filters, content)] == ["cramps", "tired"]
    assert [[sign.evidence for sign in cell] for cell in iron.cells] == [["limited"], ["strong"]]
    assert [[sign.relation for sign in cell] for cell in zinc.cells] == [
        ["deficiency", "excess"],
        [],
    ]


def test_signs_are_told_by_direction_with_matches_marked(content):
    [row] = table_rows(Filters(symptoms=("tired",)), content)
    [(title, signs)] = row.sides

    assert title == "Too little"
    assert [sign.symptom.slug for sign in signs] == ["tired", "cramps"]
    assert row.matches == signs[:1]
    assert row.more == 0
