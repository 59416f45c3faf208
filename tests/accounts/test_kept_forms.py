"""What was typed survives a session that ended, and a sign-in elsewhere."""

import pytest
from django.test import Client
from django.urls import reverse

from nutrients.models import Nutrient
from tests.accounts.conftest import PASSWORD, Browser
from tests.admin.forms import Screen

TYPED = "Calms muscle and nerve,\nall “day”."


@pytest.fixture
def form(browser, anna):
    browser.sign_in()
    return Screen(browser, Nutrient.objects.get(slug="magnesium"))


def fields(answer):
    sent = {}
    for name, value in answer.context["fields"]:
        sent.setdefault(name, []).append(value)
    return sent


def test_text_is_kept_through_a_new_sign_in_and_a_wrong_password(form, browser):
    browser.cookies.clear()

    asked = form.save(job=TYPED)
    assert "What you typed is kept" in asked.content.decode()
    data = {"username": "anna", "token": "", "next": asked.context["next"]}
    data["kept_form"] = asked.context["kept"]
    login = reverse("admin:login")
    wrong = browser.post(login, data | {"password": "wrong", "kept_form": asked.context["kept"]})
    back = browser.post(login, data | {"password": PASSWORD, "kept_form": wrong.context["kept"]})

    assert "Nothing is saved yet" in back.content.decode()
    assert back.context["action"] == form.address
    assert browser.post(form.address, fields(back)).status_code == 302
    assert Nutrient.objects.get(slug="magnesium").job == TYPED


@pytest.mark.parametrize("kept", ["", "nonsense", '{"a": 1}', "[1]", "[[1]]"])
def test_form_that_was_tampered_with_is_left_out(browser, anna, kept):
    data = {"username": "anna", "password": PASSWORD, "next": "/admin/", "kept_form": kept}

    assert browser.post(reverse("admin:login"), data).status_code == 302


def test_passwords_are_kept_in_no_page(browser, anna):
    data = {"old_password": PASSWORD, "new_password1": "abc", "new_password2": "abc"}

    answer = browser.post(reverse("admin:password_change"), data)

    assert answer.status_code == 302
    assert not answer.content


@pytest.mark.parametrize(
    ("origin", "status"), [("http://testserver", 200), ("https://evil.example", 403), (None, 403)]
)
def test_form_of_an_earlier_sign_in_comes_back_if_it_is_ours(anna, origin, status):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(anna)
    address = reverse("admin:nutrients_nutrient_add")
    headers = {"origin": origin} if origin else {}

    answer = browser.post(address, {"name": TYPED, "csrfmiddlewaretoken": "x"}, headers=headers)

    assert answer.status_code == status
    assert ("Calms muscle and nerve" in answer.content.decode()) is (status == 200)


def test_stranger_is_shown_nothing_but_the_sign_in(content):
    answer = Browser().post(reverse("admin:nutrients_nutrient_add"), {"name": "Boron"})

    assert answer.status_code == 200
    assert 'name="password"' in answer.content.decode()
    assert "Nutrients" not in answer.content.decode()
