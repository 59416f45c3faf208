"""No level of the log reveals what a reader looked up."""

import io
import logging
import logging.config

import pytest
from django.db import connection

from nutrisite.logging import SILENT, configuration

SLUG = "eyelid-twitch"


@pytest.fixture
def log(settings):
    """Return the log at DEBUG, as an operator sets it to find a fault."""
    logging.config.dictConfig(configuration("plain", "DEBUG"))
    [console] = [handler for handler in logging.getLogger().handlers if handler.name == "console"]
    text = io.StringIO()
    console.setStream(text)
    yield text
    logging.config.dictConfig(settings.LOGGING)


def test_debug_log_names_routes_and_nothing_of_a_request(log, client, content):
    connection.force_debug_cursor = True
    try:
        client.get(f"/compare/?symptom={SLUG}", REMOTE_ADDR="203.0.113.9")
        client.get(f"/symptoms/{SLUG}/", REMOTE_ADDR="203.0.113.9")
        client.post("/checklist/", {"symptom": SLUG}, REMOTE_ADDR="203.0.113.9")
        client.generic(SLUG, "/checklist/")
    finally:
        connection.force_debug_cursor = False
    # gunicorn's messages for requests that broke off; the thread still has an earlier request's id
    gunicorn = logging.getLogger("gunicorn.error")
    gunicorn.debug("Ignored premature client. %s", f"symptom={SLUG}")
    gunicorn.warning("Worker will be restarted")
    gunicorn.warning("Invalid request from ip=203.0.113.9: %s", SLUG)

    lines = log.getvalue()
    for text in (
        *("GET /compare/ 200", "GET /symptoms/<slug:slug>/ 200", "POST /checklist/ 200"),
        *("other /checklist/ 405", "Worker will be restarted"),
        "WARNING - gunicorn.error: gunicorn could not handle a request",
    ):
        assert text in lines
    for secret in ("SELECT", SLUG, "203.0.113"):
        assert secret not in lines


def test_refused_host_names_the_setting_and_not_the_host(log, client):
    assert client.get("/", headers={"host": "192.168.1.5"}).status_code == 400

    assert "ALLOWED_HOSTS" in log.getvalue()
    assert "192.168" not in log.getvalue()
    assert "Traceback" not in log.getvalue()


@pytest.mark.parametrize("name", SILENT)
def test_silenced_logger_writes_nothing_at_all(log, capsys, name):
    # Without a handler, its warnings would go to the last resort of `logging`, stderr.
    logging.getLogger(f"{name}.part").error("An account and an address.")

    assert log.getvalue() == ""
    assert capsys.readouterr().err == ""
