"""Amounts and shares as readers see them: rounded, and never to a nought that is none."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nutrients.templatetags.components import figure, percentage, rounded
from tests.site.pages import text_of

ABOVE_ZERO = st.decimals(0, 100_000, places=6).filter(bool)


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (None, ""),
        (Decimal(0), "0%"),
        (Decimal("0.004"), "under 1%"),
        (Decimal("0.49"), "under 1%"),
        (Decimal("0.5"), "1%"),
        (Decimal("12.5"), "13%"),
        (Decimal("1204.4"), "1,204%"),
    ],
)
def test_share_is_in_whole_percent(share, text):
    assert percentage(share) == text


@pytest.mark.parametrize(
    ("share", "amount", "text"),
    [(0, Decimal("0.01"), "under 1%"), (0, Decimal(0), "0%"), (7, Decimal(3), "7%")],
)
def test_share_that_is_rounded_down_is_nought_only_of_nothing(share, amount, text):
    assert percentage(share, amount) == text


@pytest.mark.parametrize(
    ("amount", "text"),
    [("0", "0"), ("0.0004", "under 0.001"), ("0.0006", "0.001"), ("0.0414", "0.041")],
)
def test_trace_is_no_nought(amount, text):
    assert rounded(Decimal(amount)) == text


@given(ABOVE_ZERO)
def test_nothing_above_nought_is_printed_as_nought(value):
    assert rounded(value) != "0"
    assert figure(value) != "0"
    assert percentage(value) != "0%"


def test_food_with_a_trace_says_so_and_with_none_says_nought(client, content):
    traces = text_of(client.get("/foods/almonds/"))

    assert "under 1%" in traces
    assert " 0% " in traces
