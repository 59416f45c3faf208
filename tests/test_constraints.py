"""What the database itself refuses, whoever writes: a script, a shell or a form that forgot."""

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from model_bakery import baker

from nutrients.models import (
    Association,
    ChangeNote,
    KeptProblem,
    NutrientAmount,
    Proposal,
    ProposedRow,
    ReferenceIntake,
    SignOff,
)

CONTENT = list(apps.get_app_config("nutrients").get_models())
CHOICES = [
    pytest.param(model, field.name, id=f"{model._meta.model_name}-{field.name}")
    for model in CONTENT
    for field in model._meta.concrete_fields
    if field.choices
]
LIMITS = [
    (NutrientAmount, "per_100g"),
    (ReferenceIntake, "amount"),
    (ReferenceIntake, "upper_limit"),
    (ReferenceIntake, "chronic_disease_limit_mg"),
]


@pytest.fixture
def _every_table_has_a_row(content):
    """Give a row to the tables with choices that are shipped empty."""
    baker.make(ChangeNote, kind="change", text="A figure was wrong.", address="/about/")
    baker.make(KeptProblem, kind="links")
    account = baker.make(User)
    proposal = baker.make(Proposal, state="writing", maker=account, owner=account)
    baker.make(ProposedRow, proposal=proposal, kind="add", by=account)
    baker.make(SignOff, proposal=proposal, role="editor")


@pytest.mark.usefixtures("_every_table_has_a_row")
@pytest.mark.parametrize(("model", "field"), CHOICES)
def test_fixed_choices_are_fixed_in_the_database(model, field):
    row = model._base_manager.first()

    assert row is not None
    with pytest.raises(IntegrityError), transaction.atomic():
        model._base_manager.filter(pk=row.pk).update(**{field: "x"})


@pytest.mark.parametrize(("model", "field"), LIMITS)
def test_no_amount_is_negative(content, model, field):
    row = model.objects.exclude(**{field: None}).first()

    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.filter(pk=row.pk).update(**{field: -1})


def test_nutrient_has_a_symptom_once_in_each_relation(content):
    first, second = Association.objects.order_by("pk")[:2]
    same = {
        "nutrient": first.nutrient,
        "symptom": first.symptom,
        "relation": first.relation,
    }

    with pytest.raises(IntegrityError), transaction.atomic():
        Association.objects.filter(pk=second.pk).update(**same)
