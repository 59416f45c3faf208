import pytest
from django.template import Context, Template

from nutrients.checklist.content import Choice
from nutrients.common.parameters import Facet

CRAMPS = Facet("symptom", "cramps", "Cramps", is_on=True, count=1)
TINGLING = Facet("symptom", "tingling", "Tingling", is_on=False, count=12)
VEGAN = Facet("diet", "vegan", "Vegan", is_on=False)
WRITTEN = Facet("symptom", '"><b>', "<b>Cramps</b>", is_on=False, count=2)


def render(source, **context):
    return Template("{% load components %}" + source).render(Context(context))


def test_a_chip_says_in_words_what_its_number_counts():
    assert render('{% chips facets "nutrient" %}', facets=[CRAMPS]) == (
        '<label class="chip"><input class="box" type="checkbox" name="symptom" value="cramps"'
        ' checked> Cramps <span class="count" id="count-symptom-cramps">1'
        '<span class="visually-hidden"> nutrient</span></span></label>'
    )


def test_only_what_is_on_is_checked_and_more_than_one_is_plural():
    on, off = render('{% chips facets "food" %}', facets=[CRAMPS, TINGLING]).split("\n")

    assert " checked" in on
    assert " checked" not in off
    assert "> food</span>" in on
    assert "> foods</span>" in off


def test_a_tick_shows_its_help_and_the_colour_of_danger_where_it_needs_help_at_once():
    choices = [
        Choice("fits", "A fit", help="You shook all over", is_emergency=True, is_ticked=True),
        Choice("cramps", "Cramps"),
    ]

    fits, cramps = render('{% ticks choices "flag" %}', choices=choices).split("\n")

    assert fits == (
        '<label class="tick tick-danger"><input class="box" type="checkbox" name="flag"'
        ' value="fits" checked><span>A fit <small>You shook all over</small></span></label>'
    )
    assert cramps == (
        '<label class="tick"><input class="box" type="checkbox" name="flag" value="cramps">'
        "<span>Cramps</span></label>"
    )


def test_counts_are_put_beside_the_controls_by_their_ids():
    """The control on the page and the count that htmx brings must agree on the id."""
    html = render('{% counts facets "food" %}', facets=[TINGLING])

    assert html.startswith('<span class="count" id="count-symptom-tingling" data-hx-swap-oob="true')
    assert 'id="count-symptom-tingling"' in render('{% chips facets "food" %}', facets=[TINGLING])


def test_listed_counts_bring_the_words_alone_so_that_the_choice_stays():
    html = render("{% listed_counts facets %}", facets=[CRAMPS])

    assert html == (
        '<option id="count-symptom-cramps" data-hx-swap-oob="innerHTML">Cramps (1)</option>'
    )


@pytest.mark.parametrize(
    "tag",
    [
        '{% chips facets "food" %}',
        '{% options facets "food" %}',
        "{% listed facets %}",
        '{% counts facets "food" %}',
        "{% listed_counts facets %}",
    ],
)
def test_what_an_editor_wrote_is_escaped(tag):
    html = render(tag, facets=[WRITTEN])

    assert "<b>" not in html
    assert "&quot;&gt;&lt;b&gt;" in html


def test_the_words_of_a_tick_are_escaped():
    choices = [Choice('"><b>', "<b>", help="<b>")]

    assert "<b>" not in render('{% ticks choices "symptom" %}', choices=choices)


@pytest.mark.parametrize("tag", ['{% chips facets "food" %}', "{% listed facets %}"])
def test_a_list_of_nothing_is_nothing(tag):
    assert render(tag, facets=[]) == ""
