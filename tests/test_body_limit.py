"""A body longer than any form is refused before anything reads it."""

from urllib.parse import urlencode

import pytest


@pytest.mark.parametrize("address", ["/checklist/", "/", "/nowhere/", "/policy-reports"])
def test_long_body_is_refused_with_a_way_on(client, db, address):
    response = client.post(address, "x" * 65_537, content_type="text/plain")

    assert response.status_code == 413
    assert b"That was too much to send" in response.content
    assert b"call 112, 911, 999" in response.content


def test_upload_to_a_public_page_never_reaches_the_disk(client, db, monkeypatch):
    def fail(*arguments, **options):
        raise AssertionError("A file was written.")

    monkeypatch.setattr("django.core.files.uploadedfile.tempfile", fail, raising=False)
    body = b"--x\r\nContent-Disposition: form-data; name=f; filename=f\r\n\r\n" + b"y" * 3_000_000
    response = client.post("/checklist/", body, content_type="multipart/form-data; boundary=x")

    assert response.status_code == 413


def test_editors_may_send_long_articles_and_no_more(client, db):
    long = {"text": "x" * 100_000}

    assert client.post("/admin/login/", long).status_code == 200
    response = client.generic("POST", "/admin/login/", CONTENT_LENGTH="10000001")
    assert response.status_code == 413


@pytest.mark.parametrize("length", ["-1", "1e9", "٣", "9" * 30])
def test_length_that_is_no_number_is_refused(client, db, length):
    assert client.generic("POST", "/checklist/", CONTENT_LENGTH=length).status_code == 413


def test_every_tick_at_once_fits(client, content):
    every = {
        "symptom": [f"a-symptom-with-a-long-name-{n}" for n in range(500)],
        "risk": [f"a-risk-with-a-long-name-{n}" for n in range(500)],
    }

    form = "application/x-www-form-urlencoded"
    response = client.post("/checklist/", urlencode(every, doseq=True), content_type=form)
    assert response.status_code == 200
