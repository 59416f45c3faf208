"""Find and replace: the ticked matches go into a proposal, all or none."""

import pytest
from django.urls import reverse

from nutrients.models import ArticleSection, Nutrient, Proposal, Source

WORDS = {"find": "wibble", "instead": "wobble", "whole": "on", "case": "on"}


@pytest.fixture
def texts(content):
    """Return a section with the word three times, and a nutrient with it once."""
    section = ArticleSection.objects.first()
    section.body = "A wibble here. A wibble there, a wibbled thing and a Wibble."
    section.save()
    Nutrient.objects.filter(slug="iron").update(tagline="No wibble")
    Source.objects.filter(pk=1).update(title="The wibble, quoted")
    return section, Nutrient.objects.get(slug="iron")


@pytest.fixture
def replace(editor_client):
    return lambda *ticked, **more: editor_client.post(
        reverse("admin:replace"), WORDS | {"place": ticked} | more
    )


@pytest.mark.parametrize(
    ("options", "number"),
    [({"whole": "on", "case": "on"}, 3), ({"case": "on"}, 4), ({"whole": "on"}, 4), ({}, 5)],
)
def test_every_place_in_our_own_words_is_found(editor_client, texts, options, number):
    page = editor_client.get(reverse("admin:replace"), {"find": "wibble", **options})

    assert page.context["count"] == number
    assert "quoted" not in page.text


def test_ticked_places_alone_are_kept_in_a_proposal(replace, editor_client, texts):
    section, iron = texts
    page = editor_client.get(reverse("admin:replace"), WORDS)
    values = [match.value for match in page.context["matches"]]
    answer = replace(f"articlesection-{section.pk}-body-1", f"nutrient-{iron.pk}-tagline-0")

    assert len(values) == 3
    proposal = Proposal.objects.get()
    assert answer["Location"] == proposal.get_absolute_url()
    assert {row.model: row.values for row in proposal.rows.all()} == {
        "nutrients.articlesection": {
            "body": "A wibble here. A wobble there, a wibbled thing and a Wibble."
        },
        "nutrients.nutrient": {"tagline": "No wobble"},
    }
    assert ArticleSection.objects.get(pk=section.pk).body == section.body


def test_text_that_its_form_refuses_and_nothing_ticked_keep_nothing(replace, texts):
    section, iron = texts
    ticked = (f"articlesection-{section.pk}-body-0", f"nutrient-{iron.pk}-tagline-0")

    refused = replace(*ticked, instead="cure").text

    assert "“cure” is never written here" in refused
    for nothing in ((), ("nutrient-0-tagline-0",)):
        assert "Tick at least one place" in replace(*nothing).text
    assert not Proposal.objects.exists()


def test_marks_are_found_as_they_are(editor_client, content):
    for find in ("(", "\\", "[a", "*"):
        assert editor_client.get(reverse("admin:replace"), {"find": find}).status_code == 200
