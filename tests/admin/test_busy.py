"""Editors who save at the same time lose nothing that they typed, and readers are not held up."""

import sqlite3
from contextlib import closing, contextmanager

import pytest
import reversion
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test import Client

from nutrients.models import Nutrient, SafetyCase
from nutrients.testbook import FetchedBook
from nutrisite.accounts import resubmission
from tests.admin.forms import Screen

# Committed transactions, so that one connection can wait for another.
pytestmark = [pytest.mark.django_db(transaction=True)]
NAME, SENTENCE = "tagline", "Calms muscle and nerve"
READ = "A blood test, which says little."


@pytest.fixture
def client():
    account = User.objects.create_user("anna", is_staff=True)
    account.groups.add(Group.objects.get(name="Editors"))
    client = Client()
    client.force_login(account)
    return client


@pytest.fixture
def form(client):
    # A book of five cases runs like one of hundreds.
    SafetyCase.objects.filter(pk__gt=SafetyCase.objects.order_by("pk")[4].pk).update(status="draft")
    return Screen(client, Nutrient.objects.get(slug="magnesium"))


@contextmanager
def other_editor():
    with closing(sqlite3.connect(connection.settings_dict["NAME"], uri=True, timeout=0)) as other:
        other.isolation_level = None
        yield other


def test_save_that_waits_too_long_gives_the_text_back(form, client, monkeypatch):
    monkeypatch.setattr(resubmission, "PATIENCE", 0)
    with other_editor() as other:
        other.execute("BEGIN IMMEDIATE")
        answer = form.save(tagline=SENTENCE)

    page = answer.text
    assert answer.status_code == 200
    assert "Somebody else is saving. Your text is kept; try again." in page
    assert SENTENCE in page
    assert Nutrient.objects.get(slug="magnesium").tagline != SENTENCE

    again = {}
    for name, value in answer.context["fields"]:
        again.setdefault(name, []).append(value)
    assert client.post(answer.context["action"], again).status_code == 302
    assert Nutrient.objects.get(slug="magnesium").tagline == SENTENCE


def test_write_lock_is_free_while_the_book_runs(form, monkeypatch):
    books = []
    run = FetchedBook.run

    def run_beside(book):
        with other_editor() as other:
            other.execute("BEGIN IMMEDIATE")
            other.execute("ROLLBACK")
        books.append(book)
        return run(book)

    monkeypatch.setattr(FetchedBook, "run", run_beside)

    assert form.save(test_used=READ).status_code == 302
    assert len(books) == 1
    assert Nutrient.objects.get(slug="magnesium").test_used == READ


def test_book_runs_again_if_another_editor_saved_meanwhile(form, monkeypatch):
    books = []
    run = FetchedBook.run

    def run_while_another_saves(book):
        books.append(book)
        if len(books) == 1:
            with reversion.create_revision():
                Nutrient.objects.get(slug="calcium").save()
        return run(book)

    monkeypatch.setattr(FetchedBook, "run", run_while_another_saves)

    assert form.save(test_used=READ).status_code == 302
    assert len(books) == 2
    assert Nutrient.objects.get(slug="magnesium").test_used == READ


@pytest.mark.parametrize("name", ["SLOTS", "RUNNING"])
def test_readers_keep_threads_however_many_editors_save(form, client, monkeypatch, name):
    monkeypatch.setattr(resubmission, "PATIENCE", 0)
    semaphore = resubmission.threading.BoundedSemaphore(1)
    monkeypatch.setattr(resubmission, name, semaphore)
    semaphore.acquire()

    saved, opened = form.save(tagline=SENTENCE), client.get(form.address)

    assert SENTENCE in saved.text
    assert opened.headers["Refresh"] == "2"
    assert client.get("/nutrients/magnesium/").status_code == 200
    semaphore.release()
    assert form.save(tagline=SENTENCE).status_code == 302
