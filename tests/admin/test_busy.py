"""Editors who save at the same time lose nothing that they typed, and readers are not held up."""

import sqlite3
from contextlib import closing

import pytest
import reversion
from django.db import connection

from nutrients.models import Nutrient, SafetyCase
from nutrients.testbook.running import FetchedBook
from nutrisite.accounts import resubmission

# Committed transactions, so that one connection can wait for another.
pytestmark = pytest.mark.django_db(transaction=True)
SENTENCE = "Calms muscle and nerve"
READ = "A blood test, which says little."


@pytest.fixture
def form(screen, magnesium):
    # A book of five cases runs like one of hundreds.
    for case in SafetyCase.objects.order_by("pk")[:5]:
        SafetyCase.objects.filter(pk=case.pk).update(status="published")
    return screen(magnesium)


def other_editor():
    name = connection.settings_dict["NAME"]
    return closing(sqlite3.connect(name, uri=True, timeout=0, isolation_level=None))


def test_save_that_waits_too_long_gives_the_text_back(form, editor_client, monkeypatch):
    monkeypatch.setattr(resubmission, "PATIENCE", 0)
    with other_editor() as other:
        other.execute("BEGIN IMMEDIATE")
        answer = form.save(tagline=SENTENCE)

    assert answer.status_code == 200
    assert "Somebody else is saving. Your text is kept; try again." in answer.text
    assert SENTENCE in answer.text
    assert Nutrient.objects.get(slug="magnesium").tagline != SENTENCE

    fields = answer.context["fields"]
    again = {name: [value for key, value in fields if key == name] for name, _ in fields}
    assert editor_client.post(answer.context["action"], again).status_code == 302
    assert Nutrient.objects.get(slug="magnesium").tagline == SENTENCE


def test_save_on_a_full_disk_gives_the_text_back(form, editor_client):
    editor_client.raise_request_exception = False
    with connection.cursor() as cursor:
        cursor.execute("VACUUM")
        cursor.execute("PRAGMA max_page_count = 1")
        answers = [form.save(tagline=SENTENCE)]
        cursor.execute("PRAGMA max_page_count = 1000000")
        cursor.execute("PRAGMA query_only = on")
        sign_in = {"username": "anna", "password": "x", "resubmission": f"tagline={SENTENCE}"}
        answers.append(editor_client.post("/admin/login/", sign_in))
        cursor.execute("PRAGMA query_only = off")

    for answer in answers:
        assert (answer.status_code, SENTENCE in answer.text) == (503, True)


def lock_and_let_go():
    with other_editor() as other:
        other.execute("BEGIN IMMEDIATE")


def save_calcium():
    with reversion.create_revision():
        Nutrient.objects.get(slug="calcium").save()


@pytest.mark.parametrize(("meanwhile", "runs"), [(lock_and_let_go, 1), (save_calcium, 2)])
def test_others_may_save_while_the_book_runs(form, monkeypatch, meanwhile, runs):
    books = []
    run = FetchedBook.run

    def run_beside_another_editor(book):
        books.append(book)
        if len(books) == 1:
            meanwhile()
        return run(book)

    monkeypatch.setattr(FetchedBook, "run", run_beside_another_editor)

    assert form.save(test_used=READ).status_code == 302
    assert len(books) == runs
    assert Nutrient.objects.get(slug="magnesium").test_used == READ


@pytest.mark.parametrize("name", ["SLOTS", "RUNNING"])
def test_readers_keep_threads_while_many_editors_save(form, editor_client, monkeypatch, name):
    monkeypatch.setattr(resubmission, "PATIENCE", 0)
    semaphore = resubmission.threading.BoundedSemaphore(1)
    monkeypatch.setattr(resubmission, name, semaphore)
    semaphore.acquire()

    saved, opened = form.save(tagline=SENTENCE), editor_client.get(form.address)
    secret = editor_client.post("/admin/password_change/", {"old_password": "four plain words"})

    assert SENTENCE in saved.text
    assert resubmission.BUSY in editor_client.post("/admin/login/", {"username": "anna"}).text
    assert secret.context["texts"] == []
    assert opened.headers["Refresh"] == "2"
    assert editor_client.get("/nutrients/magnesium/").status_code == 200
    semaphore.release()
    assert form.save(tagline=SENTENCE).status_code == 302
