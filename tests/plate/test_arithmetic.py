"""The plate's arithmetic, for what the page seldom shows."""

from decimal import Decimal

import pytest

from nutrients.plate.arithmetic import Helping, Need, Swap, add_up, harmless_swaps, percent

ORANGE, BANANA = (Helping(name, name, Decimal(1), Decimal(100)) for name in ("orange", "banana"))
NEED = Need(Decimal(90), "RDA", limit=Decimal(120))


@pytest.mark.parametrize(
    ("amount", "need", "change", "is_harmless"),
    [
        (100, NEED, -10, True),
        # The need would no longer be met.
        (100, NEED, -11, False),
        (100, NEED, 20, True),
        # The limit would be exceeded, or further exceeded.
        (100, NEED, 21, False),
        (130, NEED, 1, False),
        (130, NEED, -1, True),
        # The need is not met yet.
        (80, NEED, -10, True),
        (100, None, 99, True),
    ],
)
def test_harmless_swap_keeps_a_need_met_and_exceeds_no_limit(amount, need, change, is_harmless):
    total = add_up([ORANGE], {"orange": Decimal(amount)}, need)
    swap = Swap(ORANGE, BANANA, {1: Decimal(30)}, {1: Decimal(30 + change)})

    assert (harmless_swaps([swap], {1: total}) == [swap]) is is_harmless


def test_percentage_of_zero_is_none():
    assert percent(Decimal(5), Decimal(0)) is None
