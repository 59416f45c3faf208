"""The page on privacy proves what it says: its list of headers is that of a real answer."""

import re

import pytest

from nutrisite.logging import ACCESS_FIELDS
from tests.site.pages import text_of

# Named in a sentence below the list: the server and a proxy add them.
ADDED_LATER = {"Connection", "Date", "Server"}


@pytest.mark.parametrize("headers", [{}, {"cookie": "sessionid=of-an-editor"}], ids=["", "editor"])
def test_page_lists_every_header_that_it_is_sent_with_and_no_other(client, db, settings, headers):
    settings.SECURE_HSTS_SECONDS = 60
    sent = {"accept-encoding": "gzip, br"} | headers
    answer = client.get("/privacy/", secure=True, headers=sent)
    listed = re.findall(r"<dt>([\w-]+)</dt>", client.get("/privacy/").text)

    assert answer.status_code == 200
    assert set(listed) == set(answer.headers) - ADDED_LATER
    assert listed == sorted(listed)
    assert not answer.cookies
    assert "No cookie is among them." in text_of(client.get("/privacy/"))


def test_page_names_as_many_parts_of_a_log_line_as_there_are(client, db):
    text = text_of(client.get("/privacy/"))

    # The time and the number, which every line has, and what the middleware writes.
    assert len(ACCESS_FIELDS) + 2 == 6
    assert "It contains these six things and no more: the time" in text
