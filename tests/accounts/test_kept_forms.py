"""A form that was sent too late leads back to itself, where the browser offers its text."""

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from tests.accounts.conftest import PASSWORD

TYPED = "Calms muscle and nerve,\nall “day”."


@pytest.fixture
def address(content):
    return reverse("admin:nutrients_nutrient_add")


def test_form_of_a_session_that_ended_leads_through_the_sign_in_back_to_it(browser, anna, address):
    browser.sign_in()
    browser.cookies.clear()

    asked = browser.post(address, {"job": TYPED}, follow=True)

    assert "If you were writing, your text is kept in this browser" in asked.content.decode()
    data = {"username": "anna", "password": PASSWORD, "token": "", "next": asked.context["next"]}
    assert browser.post(reverse("admin:login"), data).headers["Location"] == address


def test_passwords_are_kept_in_no_page(browser, anna):
    data = {"old_password": PASSWORD, "new_password1": "abc", "new_password2": "abc"}

    answer = browser.post(reverse("admin:password_change"), data)

    assert answer.status_code == 302
    assert not answer.content


def test_form_of_an_earlier_sign_in_is_opened_again_and_a_button_leads_home(anna, address):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(anna)
    button = reverse("admin:nutrients_proposal_move", args=[1])

    for sent, place in ((address, address), (button, reverse("admin:index"))):
        answer = browser.post(sent, {"name": TYPED, "csrfmiddlewaretoken": "x"})

        assert answer.headers["Location"] == place
        assert "Nothing is saved yet" in str(list(get_messages(answer.wsgi_request))[-1])


def test_form_without_a_session_is_refused_where_its_token_does_not_fit(anna, address):
    """A browser sends no session of ours with the form of another site."""
    answer = Client(enforce_csrf_checks=True).post(address, {"name": TYPED})

    assert answer.status_code == 403
