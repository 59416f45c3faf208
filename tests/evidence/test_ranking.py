"""The order of suggestions and the urgency of ticks, as properties and by example."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nutrients.evidence.ranking import (
    ORDER,
    Candidate,
    Level,
    Link,
    Rule,
    Tick,
    answer_tick,
    deciding,
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
        st.builds(Tick, st.just("flag"), st.sampled_from("xyz")),
        st.sampled_from(Level),
        st.frozensets(st.sampled_from(TICKS), max_size=3),
    ),
    max_size=8,
)


QUESTIONS = {
    question: [answer_tick(question, answer) for answer in ("no", "yes", "perhaps")]
    for question in ("onset", "places")
}
ANSWERS = [answer for group in QUESTIONS.values() for answer in group]
groups = st.sampled_from(list(QUESTIONS)).flatmap(
    lambda question: st.frozensets(st.sampled_from(QUESTIONS[question]), min_size=1, max_size=2)
)
asking_rules = st.lists(
    st.builds(
        Rule,
        st.builds(Tick, st.just("flag"), st.sampled_from("xyz")),
        st.just(Level.URGENT),
        st.frozensets(st.sampled_from(TICKS[:3]), max_size=2),
        st.frozensets(groups, max_size=1),
        st.frozensets(st.sampled_from(TICKS[:3]), max_size=3),
        st.integers(1, 2),
    ),
    max_size=8,
)
ticks_and_answers = st.tuples(
    st.lists(st.sampled_from(TICKS[:3]), max_size=3),
    *(st.lists(st.sampled_from(group), max_size=1) for group in QUESTIONS.values()),
).map(lambda parts: [tick for part in parts for tick in part])
X = Tick("flag", "x")


def symptom(slug: str) -> Tick:
    return Tick("symptom", slug)


def sign(slug: str, typicality: int = 0, evidence: int = 0) -> Link:
    return Link(symptom(slug), typicality, evidence)


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


@given(ticks, candidates)
def test_rank_follows_the_printed_order(ticked, rows):
    places = [[step.key(found) for step in ORDER] for found in rank(ticked, rows)]
    assert places == sorted(places)


def fired(given_ticks, known):
    return {rule.subject for rule in urgency(given_ticks, known).fired}


@given(ticks_and_answers, asking_rules, st.sampled_from([*TICKS[:3], *ANSWERS]))
def test_one_more_tick_or_answer_never_lowers_the_urgency(given_ticks, known, another):
    before, after = urgency(given_ticks, known), urgency([*given_ticks, another], known)
    assert after.level >= before.level
    assert set(before.fired) <= set(after.fired)


@given(ticks_and_answers, asking_rules)
def test_a_question_is_asked_just_where_some_answer_would_raise_more(given_ticks, known):
    still_open = [slug for slug, group in QUESTIONS.items() if not set(group) & set(given_ticks)]
    changing = [
        slug
        for slug in still_open
        if any(
            fired([*given_ticks, answer], known) > fired(given_ticks, known)
            for answer in QUESTIONS[slug]
        )
    ]
    assert deciding(given_ticks, known, QUESTIONS) == changing


def test_a_rule_that_waits_for_two_answers_has_both_asked():
    both = frozenset(frozenset(group[:1]) for group in QUESTIONS.values())
    rule = Rule(X, Level.URGENT, frozenset({symptom("a")}), both)
    first, second = (group[0] for group in QUESTIONS.values())
    assert deciding([symptom("a")], [rule], QUESTIONS) == ["onset", "places"]
    assert deciding([symptom("a"), first], [rule], QUESTIONS) == ["places"]
    assert urgency([symptom("a"), first], [rule]).level == Level.SELF_CARE
    assert urgency([symptom("a"), first, second], [rule]).level == Level.URGENT


def test_one_of_several_answers_to_a_question_is_enough_and_answers_alone_are_not():
    rule = Rule(X, Level.URGENT, frozenset({symptom("a")}), frozenset({frozenset(ANSWERS[:2])}))
    assert fired([symptom("a"), ANSWERS[1]], [rule]) == {X}
    assert fired([symptom("a"), ANSWERS[2]], [rule]) == set()
    alone = Rule(Tick("flag", "y"), Level.URGENT, frozenset(), frozenset({frozenset(ANSWERS[:1])}))
    assert fired(ANSWERS, [alone]) == set()


@given(ticks, rules, st.randoms(use_true_random=False))
def test_urgency_ignores_the_order_of_ticks_and_rules(ticked, known, random):
    expected = urgency(ticked, known)
    random.shuffle(ticked)
    random.shuffle(known)
    assert urgency(ticked, known) == expected


def test_rank_goes_by_matches_then_typical_signs_then_evidence_then_the_alphabet():
    ranked = [
        Candidate("zinc", "Zinc", (sign("a", 3, 2), sign("b", 3, 2))),
        Candidate("folate", "Folate", (sign("a", 0, 2),)),
        Candidate("magnesium", "Magnesium", (sign("a", 1, 0),)),
        *(Candidate(name.lower(), name, (sign("a", 1, 1),)) for name in ("copper", "Iron")),
    ]
    assert [row.name for row in rank([symptom("a"), symptom("b")], ranked[::-1])] == [
        row.name for row in ranked
    ]


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
    [
        ("", Level.SELF_CARE),
        ("a", Level.SELF_CARE),
        ("b", Level.SEE_A_DOCTOR),
        ("ab", Level.EMERGENCY),
    ],
)
def test_a_combination_raises_what_its_parts_do_not(ticked, level):
    known = [
        Rule(Tick("flag", "both"), Level.EMERGENCY, frozenset({symptom("a"), symptom("b")})),
        Rule(Tick("flag", "one"), Level.SEE_A_DOCTOR, frozenset({symptom("b")})),
        Rule(Tick("flag", "empty"), Level.EMERGENCY, frozenset()),
    ]
    assert urgency([symptom(slug) for slug in ticked], known).level == level
