import re
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.template import Context, Template
from django.utils.safestring import mark_safe

from nutrients.templatetags.components import figure


def render(source, **context):
    return Template("{% load components %}" + source).render(Context(context))


def nutrient(**values):
    return SimpleNamespace(**{"symbol": "B12", "accent": "b12", **values})


def test_icon_is_hidden_from_screen_readers():
    drawing = render('{% icon "arrow" "sm" flip=True %}')
    assert drawing.startswith('<svg class="icon icon-sm flip"')
    assert 'aria-hidden="true"' in drawing


def test_every_icon_of_the_tags_and_templates_is_drawn():
    named = {
        name
        for template in (settings.BASE_DIR / "templates").rglob("*.html")
        for name in re.findall(r'{% icon "(\w+)"', template.read_text())
    }
    kinds = ["lifestyle", "stimulant", "mind", "medicine", "condition", "normal", "unknown"]
    drawings = [render("{% icon name %}", name=name) for name in sorted(named)]
    drawings += [render("{% cause_icon kind %}", kind=kind) for kind in kinds]

    assert all(re.search("<(path|circle|rect)", drawing) for drawing in drawings)


def test_tile_shows_the_symbol_in_the_nutrients_accent():
    assert render('{% tile nutrient "sm" %}', nutrient=nutrient()) == (
        '<span class="tile n-b12 tile-sm" aria-hidden="true">B12</span>'
    )


def test_tile_escapes_what_an_editor_wrote():
    assert "<b>" not in render("{% tile nutrient %}", nutrient=nutrient(symbol="<b>"))


@pytest.mark.parametrize(("grade", "lit"), [("strong", 3), ("moderate", 2), ("limited", 1)])
def test_evidence_lights_a_bar_for_each_grade_and_says_the_word(grade, lit):
    html = render("{% evidence grade %}", grade=grade)
    assert html.count('class="on"') == lit
    assert html.endswith(f"{grade.capitalize()} evidence</span>")


def test_evidence_against_says_so_in_words():
    html = render('{% evidence "moderate" short=True against=True %}')
    assert html.endswith("Moderate against</span>")
    assert "evidence-against" in html


def test_a_name_that_reads_like_safe_markup_is_escaped_all_the_same():
    """Finished signs are kept: the safe text and the written one are two different signs."""
    safe = render("{% sign name %}", name=mark_safe("<b>Cramps</b>"))
    written = render("{% sign name %}", name="<b>Cramps</b>")

    assert "<b>Cramps</b>" in safe
    assert "<b>" not in written


def test_sign_links_and_says_that_it_matches():
    html = render('{% sign "Cramps" "/x/" matched=True %}')
    assert '<a href="/x/">Cramps</a>' in html
    assert "Matches: " in html
    assert "sign-match" in html


def test_sign_without_address_or_match_is_plain():
    assert render("{% sign name note=note %}", name="<Cramps>", note="rare") == (
        '<li class="sign"><span>&lt;Cramps&gt; <small>rare</small></span></li>'
    )


@pytest.mark.parametrize(
    ("percent", "full", "width"),
    [(37, 50, "74%"), (Decimal("12.5"), 100, "12.5%"), (180, 100, "100%"), (-1, 100, "0%")],
)
def test_bar_draws_the_share_of_its_full_width(percent, full, width):
    html = render("{% bar percent full %}", percent=percent, full=full)
    assert f'class="bar-fill" width="{width}"' in html
    assert "style" not in html


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("1200.000"), "1,200"),
        (Decimal("0.900"), "0.9"),
        (2.4, "2.4"),
        (Decimal("-0.0001"), "0"),
        (100, "100"),
        (0, "0"),
        (None, ""),
    ],
)
def test_figure_is_written_as_a_reader_would(value, text):
    assert figure(value) == text
