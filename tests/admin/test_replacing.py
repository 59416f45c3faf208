"""Find and replace: the ticked matches go into a proposal, all or none."""

import pytest
from django.urls import reverse

from nutrients.models import ArticleSection, Nutrient, Proposal, Source

WORDS = {"find": "wibble", "instead": "wobble", "whole": "on", "case": "on"}


@pytest.fixture
def texts(content):
    """Return a section with the word in text and in a citation, and a nutrient with it."""
    section = ArticleSection.objects.first()
    section.body = "A wibble here. [@nhs-wibble] A wibble, a wibbled thing and a Wibble."
    section.save()
    Nutrient.objects.filter(slug="iron").update(tagline="No wibble")
    Source.objects.filter(pk=1).update(slug="nhs-wibble", title="The wibble, quoted")
    return section, Nutrient.objects.get(slug="iron")


@pytest.fixture
def replace(editor_client):
    return lambda *ticked, **more: editor_client.post(
        reverse("admin:replace"), WORDS | {"match": ticked} | more
    )


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ({"find": "wibble", "whole": "on", "case": "on"}, 3),
        ({"find": "wibble", "case": "on"}, 4),
        ({"find": "wibble", "whole": "on"}, 4),
        ({"find": "wibble"}, 5),
        ({"find": "wi(bble"}, 0),
    ],
)
def test_find_lists_matches_in_own_texts_but_not_in_citations_and_quoted_titles(
    editor_client, texts, query, number
):
    page = editor_client.get(reverse("admin:replace"), query)

    assert page.context["count"] == number
    assert "quoted" not in page.text


def test_ticked_matches_go_into_a_proposal(replace, editor_client, texts):
    section, iron = texts
    page = editor_client.get(reverse("admin:replace"), WORDS)
    values = [match.value for match in page.context["matches"]]
    answer = replace(f"articlesection-{section.pk}-body-2", f"nutrient-{iron.pk}-tagline-0")

    assert len(values) == 3
    proposal = Proposal.objects.get()
    assert answer["Location"] == proposal.get_absolute_url()
    assert {row.model: row.values for row in proposal.rows.all()} == {
        "nutrients.articlesection": {
            "body": "A wibble here. [@nhs-wibble] A wobble, a wibbled thing and a Wibble."
        },
        "nutrients.nutrient": {"tagline": "No wobble"},
    }
    assert ArticleSection.objects.get(pk=section.pk).body == section.body


def test_refused_text_or_no_tick_makes_no_proposal(replace, texts):
    section, iron = texts
    ticked = (f"articlesection-{section.pk}-body-0", f"nutrient-{iron.pk}-tagline-0")

    refused = replace(*ticked, instead="cure").text

    assert "“cure” is never written here" in refused
    for nothing in ((), ("nutrient-0-tagline-0",)):
        assert "Tick at least one place" in replace(*nothing).text
    assert not Proposal.objects.exists()
