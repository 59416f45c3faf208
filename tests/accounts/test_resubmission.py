"""A form that was sent too late comes back to the editor."""

import re
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests.accounts.conftest import PASSWORD

TYPED = "Calms muscle and nerve,\nall “day”."


@pytest.fixture
def address(content):
    return reverse("admin:nutrients_nutrient_add")


def fill_in(page):
    """Return the fields of a sign-in page, filled in."""
    names = re.findall(r'type="hidden" name="(next|resubmission)" value="([^"]*)"', page.text)
    fields = {name: unescape(value) for name, value in names}
    return {"username": "anna", "password": PASSWORD, "token": ""} | fields


def test_page_of_a_session_that_ended_leads_through_the_sign_in_back_to_it(browser, anna, address):
    page = browser.get(address, follow=True)

    assert "If you were writing, your text is kept in this browser" in page.text
    response = browser.post(reverse("admin:login"), fill_in(page))
    assert response.headers["Location"] == address


# Templates of the admin use variables that are not always set.
@pytest.mark.ignore_template_errors
def test_form_of_a_session_that_ended_is_carried_through_the_sign_in(anna, address):
    browser = Client(enforce_csrf_checks=True)
    browser.get(reverse("admin:login"))
    token = browser.cookies["csrftoken"].value
    form = {"job": TYPED, "sources": ["1", "2"], "csrfmiddlewaretoken": token}
    form |= {"_continue": "Save and continue editing"}

    sign_in_page = browser.post(address, form)
    login = {"csrfmiddlewaretoken": token} | fill_in(sign_in_page)
    wrong = browser.post(reverse("admin:login"), login | {"password": "another"})
    assert fill_in(wrong) == fill_in(sign_in_page)
    returned = browser.post(reverse("admin:login"), login)

    for page in (sign_in_page, returned):
        assert "no-store" in page.headers["Cache-Control"]
    assert f'action="{address}"' in returned.text
    fields = [*returned.context["fields"]]
    button = ("_continue", "Save and continue editing")
    assert fields == [("job", TYPED), ("sources", "1"), ("sources", "2"), button]
    assert returned.context["texts"] == [TYPED]
    assert "Choose the file" not in returned.text
    again = {name: value for name, value in fields if name == "job"}
    token = browser.cookies["csrftoken"].value
    form = browser.post(address, again | {"csrfmiddlewaretoken": token})
    assert form.context["adminform"].form["job"].value() == TYPED

    del browser.cookies["sessionid"]
    deletion = {"post": "yes", "gone-reason": TYPED, "csrfmiddlewaretoken": token}
    deletion["upload"] = SimpleUploadedFile("leg.png", b"x")
    page = browser.post(reverse("admin:nutrients_nutrient_delete", args=[1]), deletion)
    assert "gone-reason=Calms+muscle+and+nerve" in fill_in(page)["resubmission"]
    returned = browser.post(reverse("admin:login"), {"csrfmiddlewaretoken": token} | fill_in(page))
    assert "Choose the file again." in returned.text


def test_no_very_large_form_none_of_another_site_and_no_password_is_carried(browser, anna, address):
    assert browser.post(address, {"job": "x" * 1_000_001}).status_code == 302
    assert Client(enforce_csrf_checks=True).post(address, {"job": TYPED}).status_code == 403

    form = {"old_password": PASSWORD, "new_password1": "abc", "new_password2": "abc"}
    response = browser.post(reverse("admin:password_change"), form)
    assert (response.status_code, response.content) == (302, b"")


@pytest.mark.ignore_template_errors
def test_form_of_an_earlier_sign_in_shows_what_was_typed_and_leads_back(anna, address):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(anna)
    form = browser.post(address, {"job": TYPED, "csrfmiddlewaretoken": "x"})
    move = reverse("admin:nutrients_proposal_move", args=[1])
    button = browser.post(move, {"csrfmiddlewaretoken": "x"})

    assert "Nothing is saved yet" in form.text
    assert form.context["texts"] == [TYPED]
    assert f'href="{address}"' in form.text
    assert "no-store" in form.headers["Cache-Control"]
    assert f'href="{move}"' in button.text
    assert browser.get(move).headers["Location"] == move.replace("move", "change")
    # No page shows a password.
    address = reverse("admin:auth_user_add")
    response = browser.post(address, {"password1": TYPED, "csrfmiddlewaretoken": "x"})
    assert (response.status_code, TYPED in response.text) == (403, False)
