"""The three-way merge, by its properties."""

from hypothesis import given
from hypothesis import strategies as st

from nutrients.content.merging import NEVER_SHIPPED, merge_links, merge_values

# Few values, so that two sides often agree.
VALUES = st.sampled_from(["", "a", "b", "c", None, 1])
BASES = VALUES | st.just(NEVER_SHIPPED)
SETS = st.frozensets(st.sampled_from("abcdef"))


@given(base=BASES, value=VALUES)
def test_two_sides_that_agree_never_conflict(base, value):
    assert merge_values(base, value, value) == (value, False)


@given(base=VALUES, theirs=VALUES)
def test_untouched_value_takes_theirs(base, theirs):
    assert merge_values(base, base, theirs) == (theirs, False)


@given(base=VALUES, ours=VALUES)
def test_edit_survives_a_release_that_changes_nothing(base, ours):
    assert merge_values(base, ours, base) == (ours, False)


@given(base=BASES, ours=VALUES, theirs=VALUES)
def test_edited_value_is_never_overwritten(base, ours, theirs):
    merged = merge_values(base, ours, theirs)

    assert ours == base or merged.value == ours
    assert merged.is_conflict == (len({base, ours, theirs}) == 3)


@given(base=BASES, ours=VALUES, theirs=VALUES)
def test_merging_the_same_release_again_changes_nothing_more(base, ours, theirs):
    once = merge_values(base, ours, theirs)

    assert merge_values(theirs, once.value, theirs) == (once.value, False)


@given(base=SETS, ours=SETS, theirs=SETS)
def test_each_link_is_as_whoever_changed_it_left_it(base, ours, theirs):
    merged = merge_links(base, ours, theirs)

    for link in base | ours | theirs:
        touched = (link in ours) != (link in base)
        assert (link in merged) == (link in (ours if touched else theirs))


@given(base=SETS, ours=SETS, theirs=SETS)
def test_links_merge_to_the_same_from_either_side(base, ours, theirs):
    assert merge_links(base, ours, theirs) == merge_links(base, theirs, ours)
    assert merge_links(theirs, merge_links(base, ours, theirs), theirs) == merge_links(
        base, ours, theirs
    )
