"""The test book notices when an interaction or a cause that answers show is gone from the site."""

import pytest
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from nutrients.models import Interaction, OtherCause, RiskFactor
from nutrients.testbook import run_book

pytestmark = pytest.mark.django_db
MISSED, NOT_OFFERED = "It does not show “", "does not offer one of its ticks"


def rows_shown():
    """The published interactions and causes that some ticks bring into an answer, with a text.

    An interaction comes with a risk factor that can be ticked, and so does a cause, unless it is
    common or asked itself.
    """
    now = timezone.now()
    ticked = RiskFactor.objects.published(at=now)
    with_a_tick = Exists(ticked.filter(interactions=OuterRef("pk")))
    for pair in Interaction.objects.published(at=now).filter(with_a_tick):
        yield pair, f"{pair}. {pair.effect} {pair.advice}"
    by_a_tick = Exists(ticked.filter(other_causes=OuterRef("pk")))
    causes = OtherCause.objects.published(at=now)
    for cause in causes.filter(Q(is_common=True) | Q(is_asked=True) | by_a_tick):
        yield cause, f"{cause.name}. {cause.mechanism} {cause.what_helps}"


def test_book_fails_without_any_interaction_or_cause_that_answers_show(content):
    texts = {row: text.casefold() for row, text in rows_shown()}
    Interaction.objects.update(status="draft")
    OtherCause.objects.update(status="draft")
    failures = [fault for one in run_book(at=timezone.now()) for fault in one.failures]
    missed = {fault[len(MISSED) : -2].casefold() for fault in failures if MISSED in fault}
    not_offered = " ".join(fault for fault in failures if NOT_OFFERED in fault)

    # A phrase stands for the one row that it is found in, so that no other can show it instead.
    named = [[row for row, text in texts.items() if phrase in text] for phrase in missed]
    noticed = {row for rows in named if len(rows) == 1 for row in rows}
    noticed |= {row for row in texts if f"“{row.slug}”" in not_offered}
    assert len(texts) > 30
    assert [row.slug for row in texts if row not in noticed] == []
