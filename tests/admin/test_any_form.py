"""The admin responds to any input without an error, and does not repeat markup."""

from contextlib import contextmanager
from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest
from django.contrib import admin
from django.db import transaction
from django.urls import reverse

from nutrients.models import Keyed, Nutrient, Problem, Redirect, ShippedChange, Symptom
from nutrients.proposals.rows import begin_proposal
from nutrisite.accounts.models import AccountEvent
from tests.admin.forms import Screen, address_of, errors_in, undrawn
from tests.factories import nutrient, symptom

MODELS = sorted(admin.site._registry, key=lambda model: model.__name__)
per_model = pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.model_name)
NOW = datetime(2026, 12, 1, tzinfo=UTC)
MARKUP = b"\"><svg onload=alert(1)>'"
VALUES = [b"\0a\xed\xa0\x80", b"9" * 19, b"0000-00-00", MARKUP]
LONG = b"<b>" * 70_000
ANSWERS = {200, 302, 400, 403, 404, 405, 413}


@pytest.fixture
def rows(a_row_of_each, admin_user):
    AccountEvent.objects.create(at=NOW, kind="refused", account="anna")
    Problem.objects.create(kind="links", model="nutrients.source", row_id=1, checked_at=NOW)
    question = {"model": "nutrients.foodsource", "natural_key": '["almonds"]', "field": "note"}
    ShippedChange.objects.create(theirs={"note": "New."}, noticed_at=NOW, **question)
    begin_proposal("Other words", by=admin_user)
    Redirect.objects.create(path="/old/", reason="An old link.", created_by="anna")
    rows = {model: model._default_manager.first() for model in MODELS}
    # The shipped nutrients and symptoms have hundreds of fields in rows below them.
    return rows | {Nutrient: nutrient("boron"), Symptom: symptom("hiccups")}


def ask(client, address, data, method="GET"):
    """Send names and values, as text or bytes; check the status and that no markup comes back."""
    encoded = urlencode(data, doseq=True)
    query, body = (f"?{encoded}", "") if method == "GET" else ("", encoded)
    kind = "application/x-www-form-urlencoded"
    answer = client.generic(method, address + query, body, content_type=kind)

    assert answer.status_code in ANSWERS, (address, encoded[:500])
    text = answer.getvalue()
    assert b"<svg onload" not in text
    assert b"<b><b>" not in text
    return answer


@contextmanager
def undone():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def data_with_new_rows(screen):
    """Return what the form sends with one more row in each inline."""
    data = dict(screen.data)
    for inline in screen.context["inline_admin_formsets"]:
        formset, number = inline.formset, str(inline.formset.total_form_count())
        fields = (bound.html_name.replace("__prefix__", number) for bound in formset.empty_form)
        data |= dict.fromkeys(fields, "")
        data[f"{formset.prefix}-TOTAL_FORMS"] = str(int(number) + 1)
    return data


def screen_of(client, row):
    """Return the form to change a row, or else to add one, if there is either."""
    for page, of in (("change", row), ("add", type(row))):
        answer = undrawn(client, address_of(of, page))
        if answer.status_code == 200 and answer.context_data["adminform"].form.fields:
            return Screen(client, of)
    return None


@per_model
def test_no_value_breaks_a_form(rows, admin_client, model):
    screen = screen_of(admin_client, rows[model])
    if screen is None:
        assert model in (AccountEvent, Problem, ShippedChange)
        return
    data = data_with_new_rows(screen)
    for value in (*VALUES[:-1], MARKUP + b"<b>" * 1_000):
        odd = {name: value for name in data if not name.endswith("_FORMS")}
        with undone():
            answer = ask(admin_client, screen.address, data | odd, "POST")
        if answer.status_code == 200:
            # A part of a date is named after its field.
            refused = errors_in(answer).keys()
            accepted = {name for name in screen.data if not {name, name[:-2]} & refused}
            with undone():
                odd = dict.fromkeys(accepted & odd.keys(), value)
                ask(admin_client, screen.address, screen.data | odd, "POST")


def parameters_of(changelist):
    yield from ("q", "o", "id__in")
    for each in changelist.filter_specs:
        yield from each.expected_parameters()


@per_model
def test_no_parameter_breaks_a_list(rows, admin_client, model, monkeypatch):
    monkeypatch.setattr(admin.site._registry[model], "list_per_page", 5)
    key, address = str(rows[model].pk), address_of(model, "changelist")
    names = sorted(set(parameters_of(admin_client.get(address).context["cl"])))
    # Over all tables each parameter that lists share has each value.
    for number, name in enumerate(names, MODELS.index(model)):
        ask(admin_client, address, [(name, VALUES[number % 2])])
    for value in VALUES:
        ask(admin_client, address, [(name, value) for name in names for _ in range(2)])
    for sent in (
        {"action": "delete_selected", "_selected_action": [VALUES[0], key]},
        {"action": MARKUP, "index": MARKUP, "_selected_action": key},
    ):
        with undone():
            ask(admin_client, address, sent, "POST")


@pytest.mark.parametrize("key", ["9" * 40, "_00", "%00%ED%A0%80"])
def test_no_key_breaks_the_address_of_a_row(rows, admin_client, key):
    for model, row in rows.items():
        for page in ("change", "delete", "history"):
            ask(admin_client, address_of(model, page, "KEY").replace("KEY", key), [])
        if issubclass(model, Keyed):
            ask(admin_client, address_of(row, "revision", "9" * 40), [])
            ask(admin_client, address_of(model, "recover", "9" * 40), [])


@pytest.mark.parametrize(
    ("view", "method", "good"),
    [
        ("nutrients_articlesection_preview", "POST", {"preview-body": "", "body": ""}),
        ("replace", "GET", {"find": "a", "p": "1"}),
        ("replace", "POST", {"find": "magnesium", "instead": "b", "match": ""}),
        ("review_desk", "GET", {"table": "redflag", "due": "overdue", "p": "1"}),
        ("review_desk", "POST", {"row": "redflag-1", "wish": "date", "review_due_on": ""}),
        ("second_step", "POST", {"code": "", "wish": "on"}),
        ("login", "POST", {"username": "a", "password": "b", "token": "", "next": "/admin/"}),
    ],
)
def test_no_value_breaks_another_page(content, admin_client, view, method, good):
    for value in (*VALUES, LONG) if method == "POST" else VALUES:
        for name in good:
            with undone():
                ask(admin_client, reverse(f"admin:{view}"), good | {name: value}, method)
