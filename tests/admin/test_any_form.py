"""Whatever is sent to the admin, it answers, repeats no markup and saves nothing that is wrong."""

import re
from contextlib import contextmanager
from datetime import UTC, datetime
from urllib.parse import quote_plus

import pytest
from django.contrib import admin
from django.contrib.admin.widgets import AdminSplitDateTime
from django.db import transaction
from django.forms.widgets import DateTimeBaseInput, NumberInput
from django.urls import reverse

from nutrients.content.versions import record_first
from nutrients.models import (
    FoodSource,
    KeptProblem,
    Keyed,
    Nutrient,
    Redirect,
    ShippedChange,
    Symptom,
)
from nutrients.proposals import begin
from nutrisite.accounts.models import AccountEvent
from tests.admin.forms import Screen, address_of, errors_in, undrawn
from tests.factories import nutrient, symptom
from tests.revisions import versions_of

MODELS = sorted(admin.site._registry, key=lambda model: model.__name__)
per_model = pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.model_name)
NOW = datetime(2026, 12, 1, tzinfo=UTC)
SHORT = [*(b"\0a\xed\xa0\x80", b"9" * 19, b"0000-00-00"), b"\"><svg onload=alert(1)>'"]
LONG = b"<b>" * 70_000
# A form costs more than a page: values that only a number or a day could mind go to those alone.
FOR_NUMBERS, FOR_DAYS = [b"9" * 19, b"1e400", b"-1"], [b"0000-00-00", b"9" * 19, b"\0"]
FOR_TEXTS = [b"\0a", b"\xed\xa0\x80", b"\"><svg onload=alert(1)>'" + b"<b>" * 1_000]
ANSWERS = {200, 302, 400, 403, 404, 405, 413}


@pytest.fixture
def rows(a_row_of_each, admin_user):
    """A row of each table; those that come with no row get one."""
    AccountEvent.objects.create(at=NOW, kind="refused", account="anna")
    KeptProblem.objects.create(kind="links", model="nutrients.source", row_id=1, found_at=NOW)
    question = {"model": "nutrients.foodsource", "natural_key": '["almonds"]', "field": "note"}
    ShippedChange.objects.create(theirs={"note": "New."}, noticed_at=NOW, **question)
    begin("Other words", by=admin_user)
    Redirect.objects.create(path="/old/", reason="An old link.", made_by="anna")
    found = {model: model._default_manager.first() for model in MODELS}
    # With no rows under them, where the shipped ones have hundreds of fields.
    return found | {Nutrient: nutrient("boron"), Symptom: symptom("hiccups")}


def ask(client, address, pairs, method="GET"):
    """Send names and values, texts or bytes, and hold what must be true of every answer."""
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
    several = {name: one if isinstance(one, list) else [one] for name, one in data.items()}
    pairs = [(name, value) for name, values in several.items() for value in values]
    return ask(client, address, pairs, "POST")


@contextmanager
def undone():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def with_new_rows(screen):
    """What the form sends with one more row in each inline."""
    data = dict(screen.data)
    for inline in screen.context["inline_admin_formsets"]:
        formset = inline.formset
        number = formset.total_form_count()
        for field in formset.empty_form:
            data[field.html_name.replace("__prefix__", str(number))] = ""
        data[f"{formset.prefix}-TOTAL_FORMS"] = str(number + 1)
    return data


def screen_of(client, row):
    """The form to change a row, or else to add one, if there is either."""
    for of in (row, type(row)):
        address = address_of(of, "change" if of is row else "add")
        answer = undrawn(client, address)
        if answer.status_code == 200 and answer.context_data["adminform"].form.fields:
            return Screen(client, of)
    return None


def kinds_of(screen):
    """The values to try for each input of the form."""
    forms = [screen.context["adminform"].form]
    for inline in screen.context["inline_admin_formsets"]:
        forms += [*inline.formset.forms, inline.formset.empty_form]
    for form in forms:
        for bound in form:
            # Of the row that `with_new_rows` adds, as none stands under these rows.
            name = bound.html_name.replace("__prefix__", "0")
            if isinstance(bound.field.widget, NumberInput):
                yield name, FOR_NUMBERS
            elif isinstance(bound.field.widget, DateTimeBaseInput | AdminSplitDateTime):
                yield name, FOR_DAYS


@per_model
def test_no_value_breaks_a_form_and_none_is_saved_that_is_wrong(rows, admin_client, model):
    screen = screen_of(admin_client, rows[model])
    if screen is None:
        assert model in (AccountEvent, KeptProblem)
        return
    data, special = with_new_rows(screen), dict(kinds_of(screen))
    names = {name: field_of(name) for name in data if not name.endswith("_FORMS")}
    for turn in range(len(FOR_TEXTS)):
        tried = {name: special.get(field, FOR_TEXTS)[turn] for name, field in names.items()}
        with undone():
            # Every field refuses or takes it, whatever the others do.
            answer = post(admin_client, screen.address, data | tried)
        if answer.status_code != 200:
            continue
        refused = errors_in(answer)
        taken = {
            name
            for name, field in names.items()
            if name in screen.data and not {name, field} & set(refused)
        }
        with undone():
            # So nothing but the rest of the row keeps it from being saved.
            sent = screen.data | {name: tried[name] for name in taken}
            post(admin_client, screen.address, sent)
            for row in (model._default_manager.last(), rows[model]):
                if row and model._default_manager.filter(pk=row.pk).exists():
                    row.refresh_from_db()
                    row.full_clean()


def field_of(name):
    """The name of the field that an input is one of the parts of."""
    return re.sub(r"_\d$", "", name)


# The second shows the first rows of a long inline alone, which it counts by itself.
@pytest.mark.parametrize("model", [Nutrient, FoodSource])
def test_no_count_of_rows_breaks_a_form(rows, admin_client, model):
    screen = screen_of(admin_client, rows[model])
    # Django makes up to 2,000 rows of an inline that were never sent: that takes too long here.
    for end, large in (("TOTAL_FORMS", "20"), ("INITIAL_FORMS", "9" * 12)):
        names = [name for name in screen.data if name.endswith(end)]
        for count in ("NaN", "-1", large):
            with undone():
                post(admin_client, screen.address, screen.data | dict.fromkeys(names, count))
    with undone():
        post(admin_client, screen.address, {})


# Django reads these of every list in the same way: each is tried alone on one of them.
OF_ALL = {"p", "all", "_popup", "_to_field"}


def parameters_of(listed):
    yield from ("q", "o", "id__in", *OF_ALL)
    for each in listed.filter_specs:
        yield from each.expected_parameters()
    if listed.date_hierarchy:
        yield from (f"{listed.date_hierarchy}__{part}" for part in ("year", "month", "day"))


@per_model
def test_no_parameter_breaks_a_list(rows, admin_client, model, monkeypatch):
    monkeypatch.setattr(admin.site._registry[model], "list_per_page", 5)
    key, address = str(rows[model].pk), address_of(model, "changelist")
    names = set(parameters_of(admin_client.get(address).context["cl"]))
    for name in names if model is Nutrient else names - OF_ALL:
        ask(admin_client, address, [(name, SHORT[0])])
        ask(admin_client, address, [(name, b"9" * 19)])
    for value in SHORT:
        ask(admin_client, address, [(name, value) for name in names for _ in range(2)])
        ticked = {"action": "delete_selected", "_selected_action": [value, key]}
        named = {"action": value, "index": value, "_selected_action": key}
        for sent in (ticked, named):
            with undone():
                post(admin_client, address, sent)


KEYS = ("9" * 40, "_00", "%00%ED%A0%80")


def asked_of(row, turn):
    """The addresses of screens of a row, and of rows that cannot be, each with how it is asked.

    Over all tables every screen is asked for by every key.
    """
    for place, page in enumerate(("change", "delete", "history")):
        yield address_of(row, page), [], "POST"
        key = KEYS[(place + turn) % len(KEYS)]
        yield address_of(type(row), page, "KEY").replace("KEY", key), [], "GET"
        yield address_of(type(row), page, "9" * 40), [("post", "yes")], "POST"
    if isinstance(row, Keyed):
        record_first([row])
        for number in (versions_of(row)[0].pk, "9" * 40):
            yield address_of(row, "revision", number), [], "GET"
            yield address_of(type(row), "recover", number), [], "GET"


def test_no_key_breaks_the_address_of_a_row(rows, admin_client):
    for turn, row in enumerate(rows.values()):
        with undone():
            for asked in asked_of(row, turn):
                with undone():
                    ask(admin_client, *asked)


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
    for value in (*SHORT, LONG) if method == "POST" else SHORT:
        for name in good:
            with undone():
                pairs = (good | {name: value}).items()
                ask(admin_client, reverse(f"admin:{view}"), pairs, method)
