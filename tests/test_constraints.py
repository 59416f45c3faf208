"""Constraints of the database."""

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from model_bakery import baker

from nutrients.models import (
    Association,
    ChangeNote,
    Nutrient,
    NutrientAmount,
    Problem,
    Proposal,
    ProposedRow,
    ReferenceIntake,
    SignOff,
)

pytestmark = pytest.mark.postgresql
CONTENT = list(apps.get_app_config("nutrients").get_models())


def assert_refused(row, **values):
    with pytest.raises(IntegrityError), transaction.atomic():
        type(row)._base_manager.filter(pk=row.pk).update(**values)


def test_fixed_choices_are_fixed_in_the_database(content):
    # The tables with choices that are shipped empty.
    baker.make(ChangeNote, kind="change", text="A figure was wrong.", address="/about/")
    baker.make(Problem, kind="links")
    account = baker.make(User)
    proposal = baker.make(Proposal, state="writing", author=account, owner=account)
    baker.make(ProposedRow, proposal=proposal, kind="add", by=account)
    baker.make(SignOff, proposal=proposal, role="editor")
    tried = 0
    for model in CONTENT:
        for field in model._meta.concrete_fields:
            if field.choices:
                assert_refused(model._base_manager.first(), **{field.name: "x"})
                tried += 1

    assert tried > 30


def test_no_amount_is_negative_and_a_nutrient_has_a_symptom_once_in_each_relation(content):
    assert_refused(NutrientAmount.objects.first(), per_100g=-1)
    for field in ("amount", "upper_limit", "chronic_disease_limit_mg"):
        assert_refused(ReferenceIntake.objects.exclude(**{field: None}).first(), **{field: -1})

    first, second = Association.objects.order_by("pk")[:2]

    assert_refused(second, nutrient=first.nutrient, symptom=first.symptom, relation=first.relation)


def test_figure_of_nothing_is_refused_in_plain_words(content):
    nutrient = Nutrient.objects.first()
    nutrient.daily_value = 0
    with pytest.raises(ValidationError) as error:
        nutrient.validate_constraints()

    assert error.value.messages == [
        "The daily value and the nutrient reference value must be more than 0."
    ]
    # A value that is not known is no zero.
    nutrient.daily_value, nutrient.reference_value = 1, None
    nutrient.validate_constraints()
