"""The plate's arithmetic, against plain sums, for plates of every shape."""

from decimal import ROUND_DOWN, Decimal

from hypothesis import example, given
from hypothesis import strategies as st

from nutrients.plate.arithmetic import (
    Helping,
    Need,
    Swap,
    add_up,
    harmless_additions,
    harmless_swaps,
    percent,
)

QUARTERS = st.integers(1, 80).map(lambda quarters: Decimal(quarters) / 4)
GRAMS = st.decimals("0.5", "1000", places=2)
AMOUNTS = st.decimals("0", "50000", places=4)
SLUGS = st.text("abcdefgh", min_size=1, max_size=4)
ANY_HELPING = st.builds(Helping, SLUGS, SLUGS, QUARTERS, GRAMS)
HELPINGS = st.lists(ANY_HELPING, max_size=8, unique_by=lambda helping: helping.slug)


@st.composite
def plates(draw):
    """Draw helpings, and the amounts in 100 g of those that have a figure."""
    helpings = draw(HELPINGS)
    has_figures = draw(st.lists(st.booleans(), min_size=len(helpings), max_size=len(helpings)))
    return helpings, {
        helping.slug: draw(AMOUNTS)
        for helping, has_figure in zip(helpings, has_figures, strict=True)
        if has_figure
    }


def helping(slug="kale", servings="1", grams="100"):
    return Helping(slug, slug.title(), Decimal(servings), Decimal(grams))


def total_of(amount, need):
    """Return the total of a plate with one food that contains this amount."""
    return add_up([helping()], {"kale": Decimal(amount)}, need)


@given(plates())
def test_total_is_the_exact_sum_and_lists_foods_without_a_figure(plate):
    helpings, figures = plate
    total = add_up(helpings, figures, None)

    # In whole ten-millionths, so that nothing can be rounded on the way.
    expected = sum(
        int(item.servings * 4) * int(item.serving_grams * 100) * int(figures[item.slug] * 10_000)
        for item in helpings
        if item.slug in figures
    )
    assert total.amount * 4 * 100 * 10_000 * 100 == expected
    unknown = [item for item in helpings if item.slug not in figures]
    assert list(total.unknown) == unknown


@given(AMOUNTS, st.decimals("0.001", "5000", places=3))
@example(Decimal("99.999"), Decimal(100))
@example(Decimal(100), Decimal(100))
def test_share_is_rounded_down_and_missing_amount_completes_it(amount, need):
    total = total_of(amount, Need(need, "RDA", limit=need))

    assert total.percent_of_need == (amount / need * 100).quantize(Decimal(1), ROUND_DOWN)
    assert total.is_met == (total.missing == 0) == (amount >= need)
    assert total.is_short == (amount < need)
    assert total.is_above_ceiling == (amount > need)
    assert amount + total.missing == max(amount, need)


def test_percentage_of_zero_is_none():
    assert percent(Decimal(5), Decimal(0)) is None


KEYS = st.integers(1, 3)
HELD = st.dictionaries(KEYS, AMOUNTS, max_size=3)
ADDITIONS = st.dictionaries(SLUGS, HELD, max_size=12)
NEEDS = st.builds(
    lambda amount, limit: Need(amount, "RDA", limit=limit),
    st.decimals("0.001", "5000", places=3),
    st.none() | AMOUNTS,
)
TOTALS = st.dictionaries(KEYS, st.builds(total_of, AMOUNTS, st.none() | NEEDS), max_size=3)
SWAPS = st.lists(st.builds(Swap, ANY_HELPING, ANY_HELPING, HELD, HELD), max_size=8)


def passes(before, after, key):
    """Whether a total is above its limit, and higher than it was."""
    ceiling = before[key].ceiling
    return ceiling is not None and after > ceiling and after > before[key].amount


@given(ADDITIONS, TOTALS)
def test_harmless_additions_exceed_no_limit(additions, totals):
    fit = [
        food
        for food, amounts in additions.items()
        if not any(
            passes(totals, totals[other].amount + amount, other)
            for other, amount in amounts.items()
            if other in totals
        )
    ]

    assert harmless_additions(additions, totals) == fit


@given(SWAPS, TOTALS)
def test_harmless_swaps_keep_needs_met_and_exceed_no_limit(swaps, totals):
    harmless = harmless_swaps(swaps, totals)

    for swap in swaps:
        harms = False
        for key, before in totals.items():
            after = before.amount - swap.before.get(key, 0) + swap.after.get(key, 0)
            harms |= passes(totals, after, key)
            harms |= before.is_met and after < before.need.amount
        assert (swap in harmless) is not harms
