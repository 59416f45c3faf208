"""The desk has one word for one thing, one message at a time, and moments with their zone."""

import re

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils.html import strip_tags

from nutrients.models import Association, Nutrient, SafetyCase
from nutrients.proposals import add_row, begin
from tests import factories
from tests.admin.forms import INSIST, Screen, address_of

pytestmark = pytest.mark.django_db

# Words of the framework's for what the guide and our own screens call by another name.
OTHER_WORDS = re.compile(
    r"\b(log(ged)? (in|out)|ticked rows|recover deleted|revert|superuser|by active)\b",
    re.IGNORECASE,
)
WITHOUT_ZONE = re.compile(r"\d [ap]\.m\.|\bmidnight\b|\bnoon\b")
PAGES = ("index", "review_desk", "replace", "second_step", "password_change")


def shown(answer):
    """The words that a page shows, buttons and headings included."""
    html = re.sub(
        r"(?s)<(script|style).*?</\1>|<textarea.*?</textarea>", "", answer.content.decode()
    )
    return strip_tags(re.sub(r'value="([^"]*)"', r">\1<i ", html))


def test_screens_have_one_word_for_one_thing_and_moments_with_their_zone(admin_client, content):
    account = User.objects.get(username="admin")
    add_row(begin("Words", by=account), Nutrient.objects.first(), {"job": "Words."}, by=account)

    def screens():
        for model, screen in admin.site._registry.items():
            yield address_of(model, "changelist")
            if row := model._default_manager.first():
                yield address_of(row)
            if hasattr(screen, "recoverlist_view"):
                yield address_of(model, "recoverlist")
        yield from (reverse(f"admin:{page}") for page in PAGES)

    answers = {address: admin_client.get(address) for address in screens()}
    answers["sign-out"] = admin_client.post(reverse("admin:logout"))
    answers["sign-in"] = admin_client.get(reverse("admin:login"))
    found = [
        f"{address}: {words[0]}"
        for address, answer in answers.items()
        for pattern in (OTHER_WORDS, WITHOUT_ZONE)
        for words in pattern.finditer(shown(answer))
    ]

    assert found == []


def told(answer):
    return [str(message) for message in get_messages(answer.wsgi_request)]


def test_new_account_is_told_of_once_with_its_link(admin_client, content):
    role = Group.objects.get(name="Writers").pk
    data = {"username": "wanda", "first_name": "Wanda", "last_name": "Roe", "groups": [role]}

    answer = admin_client.post(reverse("admin:auth_user_add"), data)

    (words,) = told(answer)
    assert "/admin/choose/" in words
    assert answer.headers["Location"].endswith("/change/")


def test_link_and_code_of_a_colleague_are_told_at_once(admin_client, editor):
    proposal = begin("Words", by=editor)
    whom = {"name": "Rita Moss", "profession": "GP"}

    answer = admin_client.post(address_of(proposal, "link"), whom)

    (words,) = told(answer)
    assert re.search(r"/preview/\S+ Tell Rita Moss this code .*: \d{8}$", words)


def test_save_and_what_the_book_says_of_it_are_told_at_once(no_content, editor_client):
    iron, cramps = factories.nutrient("iron"), factories.symptom("cramps")
    sign = factories.association(iron, cramps, verification="two-pages")
    sign.sources.add(factories.source())
    factories.case("iron-for-cramps", [cramps], suggest=[iron])

    answer = Screen(editor_client, sign).save(is_against="on", **INSIST)

    assert Association.objects.get().is_against
    assert SafetyCase.objects.count() == 1
    (message,) = get_messages(answer.wsgi_request)
    assert "was changed successfully" in str(message)
    assert "1 of 1 cases of the test book fail now" in str(message)
    assert message.tags == "success warning"
