"""The order of suggestions and the urgency of ticks, as properties and by example."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from nutrients.evidence.ranking import (
    STRONG,
    WEAK,
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
LINKS = st.one_of(
    st.builds(Link, st.sampled_from(TICKS), st.integers(0, 3), st.integers(0, 2)),
    st.builds(Link, st.sampled_from(TICKS), strength=st.integers(0, 2), is_age=st.booleans()),
)
CANDIDATES = st.lists(
    st.tuples(st.sampled_from(["Iron", "Folate", "Copper"]), st.lists(LINKS, max_size=8)),
    max_size=6,
).map(
    lambda rows: [
        Candidate(f"{name}-{number}", name, tuple(links))
        for number, (name, links) in enumerate(rows)
    ]
)
QUESTIONS = {
    question: [answer_tick(question, answer) for answer in ("no", "yes", "perhaps")]
    for question in ("onset", "places")
}
ANSWERS = [answer for group in QUESTIONS.values() for answer in group]
ANSWER_GROUPS = st.sampled_from(list(QUESTIONS)).flatmap(
    lambda question: st.frozensets(st.sampled_from(QUESTIONS[question]), min_size=1, max_size=2)
)
RULES = st.lists(
    st.builds(
        Rule,
        st.builds(Tick, st.just("flag"), st.sampled_from("xyz")),
        st.sampled_from(Level),
        st.frozensets(st.sampled_from(TICKS[:3]), max_size=2),
        st.frozensets(ANSWER_GROUPS, max_size=1),
        st.frozensets(st.sampled_from(TICKS[:3]), max_size=3),
        st.integers(1, 2),
    ),
    max_size=8,
)
ANSWERED_TICKS = st.tuples(
    st.lists(st.sampled_from(TICKS[:3]), max_size=3),
    *(st.lists(st.sampled_from(group), max_size=1) for group in QUESTIONS.values()),
).map(lambda parts: [tick for part in parts for tick in part])
X = Tick("flag", "x")


def symptom(slug):
    return Tick("symptom", slug)


def sign(slug, typicality=0, evidence=0):
    return Link(symptom(slug), typicality, evidence)


@given(CANDIDATES, st.randoms(use_true_random=False))
def test_rank_ignores_the_order_of_candidates_and_repeated_links(candidates, random):
    expected = rank(candidates)
    random.shuffle(candidates)
    assert rank(candidates) == expected
    assert rank(replace(row, links=row.links * 2) for row in candidates) == expected


@given(CANDIDATES)
def test_every_suggestion_matches_each_of_its_ticks_once(candidates):
    links = {candidate.slug: candidate.links for candidate in candidates}
    for match in rank(candidates):
        matched = [link.tick for link in match.matched]
        assert matched
        assert sorted(matched) == sorted({link.tick for link in links[match.slug]})


def fired(ticks, rules):
    return {rule.subject for rule in urgency(ticks, rules).fired}


@given(ANSWERED_TICKS, RULES, st.sampled_from([*TICKS[:3], *ANSWERS]))
def test_one_more_tick_or_answer_never_lowers_the_urgency(ticks, rules, another):
    before, after = urgency(ticks, rules), urgency([*ticks, another], rules)
    assert after.level >= before.level
    assert before.fired <= after.fired


@given(ANSWERED_TICKS, RULES)
def test_question_is_asked_if_an_answer_would_raise_more(ticks, rules):
    still_open = [slug for slug, group in QUESTIONS.items() if not set(group) & set(ticks)]
    changing = [
        slug
        for slug in still_open
        if any(fired([*ticks, answer], rules) > fired(ticks, rules) for answer in QUESTIONS[slug])
    ]
    assert deciding(ticks, rules, QUESTIONS) == changing


def test_rule_with_two_answers_has_both_questions_asked():
    both = frozenset(frozenset(group[:1]) for group in QUESTIONS.values())
    rule = Rule(X, Level.URGENT, frozenset({symptom("a")}), both)
    first, second = (group[0] for group in QUESTIONS.values())
    assert deciding([symptom("a")], [rule], QUESTIONS) == ["onset", "places"]
    assert deciding([symptom("a"), first], [rule], QUESTIONS) == ["places"]
    assert deciding([symptom("a"), ANSWERS[1]], [rule], QUESTIONS) == []
    assert urgency([symptom("a"), first], [rule]).level == Level.SELF_CARE
    assert urgency([symptom("a"), first, second], [rule]).level == Level.URGENT


def test_rank_applies_each_criterion_in_its_turn():
    risk, age = Tick("risk", "a"), Tick("risk", "b")
    usual = [sign("a", 1, 1), sign("b", 1, 1)]
    rows = [
        [sign("a", 3, 2), sign("b", 3, 2), sign("c", 3, 2)],
        [sign("a", 3, 2), sign("b", 3, 2), Link(risk, strength=STRONG)],
        [sign("a", 3, 2), sign("b", 3, 2), Link(risk, strength=WEAK)],
        [sign("a", 0, 2), sign("b", 3, 2)],
        [sign("a", 1, 2), sign("b", 1, 0)],
        [sign("a", 1, 1), sign("b", 2, 0), Link(age, strength=STRONG, is_age=True)],
        usual,
    ]
    # Without these criteria the names would decide, the other way round.
    ranked = [Candidate(f"{9 - n}", f"{9 - n}", tuple(row)) for n, row in enumerate(rows)]
    ranked += [Candidate(name.lower(), name, tuple(usual), 1) for name in ("copper", "Iron")]
    ranked.append(Candidate("zinc", "Zinc", (Link(risk, strength=STRONG),)))
    matches = rank(ranked[::-1])

    assert [row.name for row in matches] == [row.name for row in ranked]
    assert [row.name for row in matches if row.is_tied] == ["copper", "Iron"]
    only_age = Candidate("iron", "Iron", (Link(age, strength=STRONG, is_age=True),))
    assert rank([only_age]) == []


def test_better_side_counts_with_the_better_link_of_a_tick_and_too_much_is_rarer():
    low, high = sign("a", 0, 1), Link(symptom("a"), 0, 1, "high")
    both_sides = (sign("a", 3, 2), low, Link(symptom("b"), 3, 2, "high"))
    candidates = [Candidate("copper", "Copper", (high,)), Candidate("iron", "Iron", both_sides, 3)]
    matches = rank(candidates)
    assert [row.matched for row in matches] == [(low,), (high,)]


def test_rule_without_ticks_raises_nothing():
    for answers in (frozenset(), frozenset({frozenset(ANSWERS[:1])})):
        assert fired(ANSWERS, [Rule(X, Level.EMERGENCY, frozenset(), answers)]) == set()
