"""Pages show whether they were reviewed, and wherever a row is used whether that is overdue."""

import re
from datetime import UTC, date, datetime, time, timedelta

import pytest

from nutrients.models import Article, Association, FoodSource, Nutrient, OtherCause, Symptom
from tests.site.pages import text_of

LATE = date(2026, 1, 31)
PAGES = [
    "/articles/nutrients-and-muscle-jerking/",
    "/nutrients/magnesium/",
    "/nutrients/magnesium/muscle-cramps/",
    "/symptoms/muscle-cramps/",
    "/foods/almonds/",
]
TWO_TICKS = "/checklist/?symptom=muscle-cramps&symptom=tingling"
USES = {
    Association: ["/compare/", TWO_TICKS, *PAGES[:4]],
    Nutrient: ["/compare/", TWO_TICKS, PAGES[0]],
    OtherCause: ["/checklist/?symptom=muscle-cramps", "/symptoms/muscle-cramps/"],
    Symptom: ["/checklist/?symptom=muscle-cramps"],
}
NOT_REVIEWED = "Not yet reviewed by a clinician|No clinician has reviewed this page yet"
MODELS = (Article, Association, FoodSource, Nutrient, OtherCause, Symptom)


def make_overdue(*models, **changes):
    for model in models:
        model.objects.update(review_due_on=LATE, **changes)


def test_review_is_overdue_from_the_day_after_it_fell_due(content):
    for model in MODELS:
        model.objects.update(review_due_on=LATE, publish_at=datetime(2026, 1, 1, tzinfo=UTC))

    for model in MODELS:
        for day, since in ((LATE, None), (LATE + timedelta(days=1), LATE)):
            row = model.objects.published(at=datetime.combine(day, time(12), UTC))[0]
            assert (row.overdue_since, row.is_overdue(on=day)) == (since, bool(since)), model


@pytest.mark.parametrize("address", PAGES)
def test_page_shows_its_review_and_whether_it_is_overdue(client, content, address):
    text = text_of(client.get(address))
    assert re.search(NOT_REVIEWED, text)
    assert "overdue" not in text

    for model in MODELS:
        model.objects.update(reviewed_on=date(2025, 2, 1), reviewed_by="A. Tester, doctor")
    text = text_of(client.get(address))
    assert "Reviewed by A. Tester, doctor" in text
    assert not re.search(NOT_REVIEWED, text)

    make_overdue(*MODELS)
    text = text_of(client.get(address))
    assert "Reviewed by" not in text
    assert "Last reviewed 1 February 2025 by A. Tester, doctor, overdue" in text

    make_overdue(*MODELS, reviewed_on=None, reviewed_by="")
    assert "Review overdue since 31 January 2026" in text_of(client.get(address))


@pytest.mark.parametrize("model", USES)
def test_overdue_row_is_marked_on_every_page_but_not_in_an_emergency(client, content, model):
    for address in USES[model]:
        assert "review overdue" not in text_of(client.get(address), "main"), address
    make_overdue(model)

    for address in USES[model]:
        assert "review overdue" in text_of(client.get(address), "main"), address
    emergency = text_of(client.get("/checklist/?symptom=seizures"), "checklist-results")
    assert "Call for help now" in emergency
    assert "overdue" not in emergency
