"""The admin responds to any input without an error, and does not repeat markup."""

from contextlib import contextmanager
from datetime import UTC, datetime
from urllib.parse import quote_plus

import pytest
from django.contrib import admin
from django.db import transaction
from django.urls import reverse

from nutrients.content.versions import record_first
from nutrients.models import KeptProblem, Keyed, Nutrient, Redirect, ShippedChange, Symptom
from nutrients.proposals import begin
from nutrisite.accounts.models import AccountEvent
from tests.admin.forms import Screen, address_of, errors_in, undrawn
from tests.factories import nutrient, symptom
from tests.revisions import versions_of

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
    KeptProblem.objects.create(kind="links", model="nutrients.source", row_id=1, found_at=NOW)
    question = {"model": "nutrients.foodsource", "natural_key": '["almonds"]', "field": "note"}
    ShippedChange.objects.create(theirs={"note": "New."}, noticed_at=NOW, **question)
    begin("Other words", by=admin_user)
    Redirect.objects.create(path="/old/", reason="An old link.", made_by="anna")
    rows = {model: model._default_manager.first() for model in MODELS}
    # Without rows below them, where the shipped ones have hundreds of fields.
    return rows | {Nutrient: nutrient("boron"), Symptom: symptom("hiccups")}


def ask(client, address, pairs, method="GET"):
    """Send names and values, as text or bytes, and check what holds for every answer."""
    encoded = "&".join(f"{quote_plus(name)}={quote_plus(value)}" for name, value in pairs)
    query, body = (f"?{encoded}", "") if method == "GET" else ("", encoded)
    kind = "application/x-www-form-urlencoded"
    answer = client.generic(method, address + query, body, content_type=kind)

    assert answer.status_code in ANSWERS, (address, encoded[:500])
    text = answer.getvalue()
    assert b"<svg onload" not in text
    assert b"<b><b>" not in text
    return answer


def post(client, address, data):
    lists = {name: value if isinstance(value, list) else [value] for name, value in data.items()}
    pairs = [(name, value) for name, values in lists.items() for value in values]
    return ask(client, address, pairs, "POST")


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
        assert model in (AccountEvent, KeptProblem)
        return
    data = data_with_new_rows(screen)
    accepted = {}
    for number, value in enumerate((*VALUES[:-1], MARKUP + b"<b>" * 1_000)):
        tried = {name: value for name in data if not name.endswith("_FORMS")}
        with undone():
            answer = post(admin_client, screen.address, data | tried)
        if answer.status_code == 200:
            refused = errors_in(answer)
            # A part of a date is named after its field.
            taken = {name for name in tried if not {name, name[:-2]} & refused.keys()}
            # Of what a field accepts, one of its values is saved.
            for place, name in enumerate(sorted(taken & screen.data.keys())):
                if name not in accepted or place % len(VALUES) == number:
                    accepted[name] = value
    with undone():
        # Only what is fine is sent, so the form is saved with it.
        post(admin_client, screen.address, screen.data | accepted)


def parameters_of(changelist):
    yield from ("q", "o", "id__in")
    for each in changelist.filter_specs:
        yield from each.expected_parameters()
    if changelist.date_hierarchy:
        yield from (f"{changelist.date_hierarchy}__{part}" for part in ("year", "month", "day"))


@per_model
def test_no_parameter_breaks_a_list(rows, admin_client, model, monkeypatch):
    monkeypatch.setattr(admin.site._registry[model], "list_per_page", 5)
    key, address = str(rows[model].pk), address_of(model, "changelist")
    names = sorted(set(parameters_of(admin_client.get(address).context["cl"])))
    turn = MODELS.index(model)
    # Over all tables each parameter that lists share has each value.
    for number, name in enumerate(names, turn):
        ask(admin_client, address, [(name, VALUES[number % 2])])
    for number, value in enumerate(VALUES, turn):
        ask(admin_client, address, [(name, value) for name in names for _ in range(2)])
        ticked = {"action": "delete_selected", "_selected_action": [value, key]}
        named = {"action": value, "index": value, "_selected_action": key}
        with undone():
            post(admin_client, address, (ticked, named)[number % 2])


KEYS = ("9" * 40, "_00", "%00%ED%A0%80")


def requests_by_key(row, turn):
    """Yield addresses of a row, and of rows that cannot be, each with what is sent and how.

    Over all tables each page is asked for each key.
    """
    for number, page in enumerate(("change", "delete", "history")):
        yield address_of(row, page), [], "POST"
        key = KEYS[(number + turn) % len(KEYS)]
        yield address_of(type(row), page, "KEY").replace("KEY", key), [], "GET"
        yield address_of(type(row), page, "9" * 40), [("post", "yes")], "POST"
    if isinstance(row, Keyed):
        record_first([row])
        yield address_of(row, "change") + "?back=x&field=pk&rows=x", [], "GET"
        for number in (versions_of(row)[0].pk, "9" * 40):
            yield address_of(row, "revision", number), [], "GET"
            yield address_of(type(row), "recover", number), [], "GET"


def test_no_key_breaks_the_address_of_a_row(rows, admin_client):
    for turn, row in enumerate(rows.values()):
        with undone():
            for request in requests_by_key(row, turn):
                with undone():
                    ask(admin_client, *request)


@pytest.mark.parametrize(
    ("view", "method", "good"),
    [
        ("nutrients_articlesection_preview", "POST", {"preview-body": "", "body": ""}),
        ("replace", "GET", {"find": "a", "whole": "on", "p": "1"}),
        ("replace", "POST", {"find": "magnesium", "instead": "b", "place": ""}),
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
                pairs = (good | {name: value}).items()
                ask(admin_client, reverse(f"admin:{view}"), pairs, method)
