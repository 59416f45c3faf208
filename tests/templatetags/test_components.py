"""The tags that build HTML: their words, their figures, and what an editor wrote in them."""

import re
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.template import Context, Template
from hypothesis import given
from hypothesis import strategies as st

from nutrients.checklist.content import Choice
from nutrients.common.citations import References
from nutrients.evidence.ranking import Tick
from nutrients.models import CauseKind, Source
from nutrients.templatetags.components import figure, percentage, rounded

WRITTEN = '"><b>Cramps</b>'


def render(source, **context):
    return Template("{% load components %}" + source).render(Context(context))


def test_every_icon_is_drawn_and_hidden_from_screen_readers():
    named = {
        name
        for template in (settings.BASE_DIR / "templates").rglob("*.html")
        for name in re.findall(r'{% icon "(\w+)"', template.read_text())
    }
    drawings = [render("{% icon name %}", name=name) for name in named | {*CauseKind.values}]

    assert all(re.search("<(path|circle|rect)", drawing) for drawing in drawings)
    assert all('aria-hidden="true"' in drawing for drawing in drawings)


def test_evidence_lights_a_bar_for_each_grade_and_says_the_word():
    template = '{% include "components/evidence.html" %}'
    for grade, lit in (("strong", 3), ("moderate", 2), ("limited", 1)):
        html = render(template, grade=grade, against=False)
        assert html.count('class="on"') == lit
        assert html.endswith(f"{grade.capitalize()} evidence</span>\n")
        assert "evidence against<" in render(template, grade=grade, against=True)


def test_text_of_editors_is_escaped():
    nutrient = SimpleNamespace(symbol=WRITTEN, accent="b12")
    choices = [Choice(Tick("symptom", WRITTEN), WRITTEN, help=WRITTEN)]
    for tag in ("{% tile nutrient %}", "{% ticks choices ticked %}"):
        html = render(tag, nutrient=nutrient, choices=choices, ticked=())
        assert "<b>" not in html, tag
        assert "&quot;&gt;&lt;b&gt;" in html, tag


ABOVE_ZERO = st.decimals(0, 100_000, places=6).filter(bool)


@pytest.mark.parametrize(
    ("write", "value", "text"),
    [
        (figure, Decimal("1200.000"), "1,200"),
        (figure, Decimal("0.900"), "0.9"),
        (figure, 2.4, "2.4"),
        (figure, Decimal("-0.0001"), "0"),
        (figure, None, ""),
        (rounded, Decimal("0.0004"), "under 0.001"),
        (rounded, Decimal("0.0006"), "0.001"),
        (rounded, Decimal("0.0414"), "0.041"),
        (percentage, None, ""),
        (percentage, Decimal(0), "0%"),
        (percentage, Decimal("0.49"), "under 1%"),
        (percentage, Decimal("0.5"), "1%"),
        (percentage, Decimal("12.5"), "13%"),
        (percentage, Decimal("1204.4"), "1,204%"),
        (percentage, Decimal("2.5E+2"), "250%"),
    ],
)
def test_amount_is_written_as_a_reader_would(write, value, text):
    assert write(value) == text


@given(ABOVE_ZERO)
def test_nothing_above_zero_is_written_as_zero(value):
    assert rounded(value) != "0"
    assert figure(value) != "0"
    assert percentage(value) != "0%"
    # A share of a plate is rounded down before.
    assert percentage(0, value) == "under 1%"
    assert percentage(0, Decimal(0)) == "0%"


@pytest.mark.parametrize(
    ("title", "publisher", "words"),
    [("Calcium", "NHS", "Calcium. NHS."), ("Is it safe?", "A.D.A.M.", "Is it safe? A.D.A.M.")],
)
def test_source_ends_with_a_single_full_stop(title, publisher, words):
    references = References()
    references.cite([Source(slug="a", title=title, publisher=publisher)])

    assert f'<li id="src-1">{words} <a' in render("{% listed_sources rows %}", rows=references)
