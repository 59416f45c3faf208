"""An error in a page leaves nothing of what a reader sent: in no line, in no report."""

import logging
import sys

import pytest
from django.db import DatabaseError, connection
from django.test import RequestFactory
from django.utils.log import AdminEmailHandler
from django.views.debug import get_exception_reporter_class

# Not written where it is used: a report may show lines of code.
SENT = "eyelid-twitch"


class Reports(AdminEmailHandler):
    """Collects the reports that Django would mail if an operator asked for them."""

    def __init__(self):
        super().__init__(include_html=True)
        self.sent = []

    def send_mail(self, subject, message, *arguments, html_message=None, **options):
        self.sent.append(f"{message}\n{html_message}")


@pytest.fixture
def broken_checklist(client, content):
    def fail(execute, sql, params, many, context):
        raise DatabaseError(f"no answer about {SENT} with {params}")

    client.raise_request_exception = False
    with connection.execute_wrapper(fail):
        yield client


def test_mailed_report_of_a_failed_checklist_says_where_and_not_what(broken_checklist, settings):
    settings.ADMINS = [("Operator", "operator@example.org")]
    reports, logger = Reports(), logging.getLogger("django.request")
    logger.addHandler(reports)
    try:
        response = broken_checklist.post(
            f"/checklist/?note={SENT}", {"symptom": SENT}, HTTP_REFERER=f"http://testserver/{SENT}"
        )
    finally:
        logger.removeHandler(reports)

    assert response.status_code == 500
    [report] = reports.sent
    assert "DatabaseError" in report
    assert "checklist.py" in report
    assert "eyelid" not in report


def test_page_that_says_that_the_checklist_failed_repeats_no_tick(broken_checklist):
    response = broken_checklist.post("/checklist/", {"symptom": SENT})

    assert response.status_code == 500
    assert b"eyelid" not in response.content
    assert b"112, 911" in response.content


def report_of(error_text):
    request = RequestFactory().post(f"/checklist/?note={SENT}", {"symptom": SENT})
    try:
        raise ValueError(error_text)
    except ValueError:
        reporter = get_exception_reporter_class(request)(request, *sys.exc_info())
    return reporter.get_traceback_text() + reporter.get_traceback_html()


def test_report_is_empty_of_the_request_and_whole_on_a_developer_s_machine(settings):
    quiet = report_of(SENT)
    settings.DEBUG = True

    assert "ValueError" in quiet
    assert "eyelid" not in quiet
    assert "eyelid" in report_of(SENT)
