"""The order of suggestions and the urgency of ticks, as properties and by example."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nutrients.ranking import (
    ORDER,
    Candidate,
    Level,
    Link,
    Rule,
    Tick,
    rank,
    urgency,
)

TICKS = [Tick("symptom", slug) for slug in "abcdef"] + [Tick("risk", slug) for slug in "abc"]
ticks = st.lists(st.sampled_from(TICKS), max_size=9)
links = st.one_of(
    st.builds(
        Link,
        st.sampled_from(TICKS),
        st.integers(0, 3),
        st.integers(0, 2),
    ),
    st.builds(Link, st.sampled_from(TICKS)),
)
candidates = st.lists(
    st.tuples(st.sampled_from(["Iron", "Folate", "Copper"]), st.lists(links, max_size=8)),
    max_size=6,
).map(
    lambda rows: [
        Candidate(f"{name}-{place}", name, tuple(found)) for place, (name, found) in enumerate(rows)
    ]
)
rules = st.lists(
    st.builds(
        Rule,
        st.text("xyz", min_size=1, max_size=3),
        st.sampled_from(Level),
        st.frozensets(st.sampled_from(TICKS), max_size=3),
    ),
    max_size=8,
)


def symptom(slug: str) -> Tick:
    return Tick("symptom", slug)


def sign(slug: str, typicality: int = 0, evidence: int = 0) -> Link:
    return Link(symptom(slug), typicality, evidence)


def names(*rows: Candidate, ticked: str = "ab") -> list[str]:
    return [found.name for found in rank([symptom(slug) for slug in ticked], rows)]


@given(ticks, candidates, st.randoms(use_true_random=False))
def test_rank_ignores_the_order_of_ticks_and_candidates(ticked, rows, random):
    expected = rank(ticked, rows)
    random.shuffle(ticked)
    random.shuffle(rows)
    assert rank(ticked, rows) == expected
    assert rank(ticked + ticked, rows) == expected


@given(ticks, candidates)
def test_every_suggestion_matches_a_tick_and_accounts_for_all(ticked, rows):
    for found in rank(ticked, rows):
        matched = [link.tick for link in found.matched]
        assert matched
        assert len(matched) == len(set(matched))
        assert sorted([*matched, *found.unexplained]) == sorted(set(ticked))


@given(candidates)
def test_no_ticks_give_no_suggestions(rows):
    assert rank([], rows) == []


@given(ticks, candidates)
def test_rank_follows_the_printed_order(ticked, rows):
    places = [[step.key(found) for step in ORDER] for found in rank(ticked, rows)]
    assert places == sorted(places)


@given(ticks, st.sampled_from(TICKS), rules)
def test_one_more_tick_never_lowers_the_urgency(ticked, another, known):
    before, after = urgency(ticked, known), urgency([*ticked, another], known)
    assert after.level >= before.level
    assert set(before.fired) <= set(after.fired)


@given(ticks, rules, st.randoms(use_true_random=False))
def test_urgency_ignores_the_order_of_ticks_and_rules(ticked, known, random):
    expected = urgency(ticked, known)
    random.shuffle(ticked)
    random.shuffle(known)
    assert urgency(ticked, known) == expected


@given(rules)
def test_no_ticks_raise_nothing(known):
    assert urgency([], known).level == Level.SELF_CARE
    assert urgency([], known).fired == ()


def test_more_matches_come_before_a_more_typical_sign():
    many = Candidate("zinc", "Zinc", (sign("a", 3, 2), sign("b", 3, 2)))
    typical = Candidate("iron", "Iron", (sign("a"),))
    assert names(typical, many) == ["Zinc", "Iron"]


def test_a_more_typical_sign_comes_before_stronger_evidence():
    typical = Candidate("zinc", "Zinc", (sign("a", 0, 2),))
    proven = Candidate("iron", "Iron", (sign("a", 1, 0),))
    assert names(proven, typical) == ["Zinc", "Iron"]


def test_stronger_evidence_comes_before_the_alphabet():
    proven = Candidate("zinc", "Zinc", (sign("a", 1, 0),))
    weaker = Candidate("iron", "Iron", (sign("a", 1, 1),))
    assert names(weaker, proven) == ["Zinc", "Iron"]


def test_equals_go_from_a_to_z():
    rows = [Candidate(name.lower(), name, (sign("a"),)) for name in ("Zinc", "copper", "Iron")]
    assert names(*rows) == ["copper", "Iron", "Zinc"]


def test_a_risk_factor_counts_as_one_tick_and_stands_after_a_sign():
    risk = Tick("risk", "a")
    by_risk = Candidate("copper", "Copper", (Link(risk),))
    by_sign = Candidate("zinc", "Zinc", (sign("a", 3, 2),))
    both = Candidate("iron", "Iron", (sign("a", 3, 2), Link(risk)))
    found = rank([risk, symptom("a")], [by_risk, by_sign, both])
    assert [row.name for row in found] == ["Iron", "Zinc", "Copper"]


def test_a_tick_linked_in_two_ways_counts_once_by_its_better_link():
    both_ways = Candidate("iron", "Iron", (sign("a", 3, 2), sign("a", 0, 1)))
    (found,) = rank([symptom("a")], [both_ways])
    assert found.matched == (sign("a", 0, 1),)


@pytest.mark.parametrize(
    ("ticked", "level"),
    [("a", Level.SELF_CARE), ("b", Level.SEE_A_DOCTOR), ("ab", Level.EMERGENCY)],
)
def test_a_combination_raises_what_its_parts_do_not(ticked, level):
    known = [
        Rule("both", Level.EMERGENCY, frozenset({symptom("a"), symptom("b")})),
        Rule("one", Level.SEE_A_DOCTOR, frozenset({symptom("b")})),
        Rule("empty", Level.EMERGENCY, frozenset()),
    ]
    assert urgency([symptom(slug) for slug in ticked], known).level == level
