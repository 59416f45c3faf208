"""When a request is there for a thread, and how an answer waits for a client that reads slowly."""

import socket
import time
from contextlib import suppress

import pytest
from django.conf import settings
from gunicorn.config import Config
from gunicorn.http.errors import LimitRequestHeaders, LimitRequestLine, NoMoreData, ParseException
from hypothesis import given
from hypothesis import strategies as st

from nutrisite.connections import (
    CONTINUE,
    IN_MEMORY,
    LONGEST_HEAD,
    PATIENCE,
    SLOWEST,
    ClientSocket,
    Connection,
)
from nutrisite.middleware import longest_body

GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nHost: x\r\ncontent-LENGTH: 5\r\nA: b\r\n\r\nabcde"
CHUNKS = b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
TAKEN, ADMIN = settings.LONGEST_BODY, settings.LONGEST_ADMIN_BODY


def post(path, length, more=b""):
    return b"POST %b HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n%b\r\n" % (path, length, more)


@pytest.fixture
def ends(tmp_path):
    """The server's and the client's end of a connection."""
    accepted, client = socket.socketpair()
    with ClientSocket(accepted, tmp_path) as server, client:
        yield server, client


@pytest.fixture
def connection(ends):
    return arriving(ends[0], b"")


@pytest.fixture
def client(ends):
    ends[1].settimeout(5)
    return ends[1]


def arriving(end, data):
    connection = Connection(Config(), end, ("192.0.2.1", 1), ("192.0.2.2", 80), longest_body)
    connection.timeout = time.monotonic() + PATIENCE
    connection.arrived += data
    return connection


@pytest.mark.parametrize("sent", [GET, POST, CHUNKS], ids=["get", "post", "chunks"])
def test_request_is_there_with_its_last_byte_and_not_before(ends, sent):
    there = [n for n in range(len(sent) + 1) if arriving(ends[0], sent[:n]).has_request()]

    assert there == [len(sent)]


def test_request_that_comes_byte_by_byte_is_there_with_the_last(connection):
    there = []
    for byte in POST:
        connection.arrived.append(byte)
        there.append(connection.has_request())

    assert there == [False] * (len(POST) - 1) + [True]


@pytest.mark.parametrize(
    ("path", "length", "is_waited_for"),
    [
        (b"/checklist/", TAKEN, True),
        (b"/checklist/", TAKEN + 1, False),
        (b"/checklist/", 10**30, False),
        (b"/admin/login/", TAKEN + 1, True),
        (b"/%61dmin/login/", ADMIN, True),
        (b"/admin/login/", ADMIN + 1, False),
        (b"/administration/", TAKEN + 1, False),
    ],
)
def test_body_is_waited_for_where_the_site_would_read_it(connection, path, length, is_waited_for):
    connection.arrived += post(path, length)

    assert connection.has_request() is not is_waited_for


def test_long_body_has_longer_to_arrive(connection):
    first = connection.timeout
    connection.arrived += post(b"/checklist/", TAKEN)
    connection.has_request()
    connection.has_request()

    assert connection.timeout - first == pytest.approx(TAKEN / SLOWEST)


def test_request_that_cannot_be_read_is_for_a_thread_to_answer(connection):
    connection.arrived += b"POST / HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n"

    assert connection.has_request()


@pytest.mark.parametrize(
    ("sent", "error"), [(b"x", LimitRequestLine), (b"GET / HTTP/1.1\r\nA: ", LimitRequestHeaders)]
)
def test_header_without_an_end_is_refused(connection, sent, error):
    connection.arrived += sent + b"x" * LONGEST_HEAD

    with pytest.raises(error):
        connection.has_request()


def test_next_request_waits_behind_the_first(connection):
    connection.arrived += POST + GET
    found = []
    while connection.has_request():
        connection.hand_over()
        request = next(connection.parser)
        found.append((request.method, request.body.read()))

    assert found == [("POST", b"abcde"), ("GET", b"")]


@pytest.mark.parametrize("sent", [CHUNKS, post(b"/checklist/", TAKEN + 1)])
def test_body_that_is_not_there_cannot_be_read_past(connection, sent):
    connection.arrived += sent + b"5\r\nabcde\r\n"
    assert connection.has_request()
    connection.hand_over()
    request = next(connection.parser)

    with pytest.raises(NoMoreData):
        request.body.read()


def test_client_that_asks_whether_to_go_on_is_told_so(connection, client):
    connection.arrived += post(b"/checklist/", 5, b"Expect: 100-continue\r\n")
    assert not connection.has_request()
    assert not connection.has_request()

    assert client.recv(100) == CONTINUE


def test_client_that_hangs_up_before_its_request_is_there_has_none(connection, client):
    client.sendall(POST[:-1])
    connection.receive()
    client.shutdown(socket.SHUT_WR)

    assert not connection.has_request()
    with pytest.raises(NoMoreData):
        connection.receive()


@given(st.binary(max_size=400), st.sampled_from([GET, POST, CHUNKS, b""]), st.integers(0, 60))
def test_no_bytes_are_more_than_it_can_judge(data, request_sent, place):
    accepted, client = socket.socketpair()
    with accepted, client:
        connection = arriving(accepted, request_sent[:place] + data + request_sent[place:])
        assert connection.has_request() in (True, False)
        connection.arrived += b"x" * LONGEST_HEAD * 2
        try:
            assert connection.has_request()
        except ParseException:
            assert connection.size is None


def read(client, size):
    """Read so many bytes, as they come."""
    got = b""
    while len(got) < size:
        got += client.recv(65_536)
    return got


ANSWER = b"".join(b"%7d\n" % number for number in range(IN_MEMORY // 2))


def test_answer_is_taken_at_once_and_sent_as_the_client_reads(ends):
    server, client = ends
    for start in range(0, len(ANSWER), 100_000):
        server.sendall(ANSWER[start : start + 100_000])
    assert server.unsent > IN_MEMORY

    got = b""
    while server.unsent:
        client.setblocking(False)
        with suppress(BlockingIOError):
            got += client.recv(1_000_000)
        server.send_on()
    client.setblocking(True)
    got += read(client, len(ANSWER) - len(got))

    assert got == ANSWER
    # And so is the next one, in its turn.
    server.send(b"next")
    assert (server.unsent, client.recv(10)) == (0, b"next")


def test_answer_that_a_client_reads_at_once_waits_nowhere(ends, tmp_path):
    server, client = ends
    (tmp_path / "file").write_bytes(b"0123456789")
    server.sendall(b"head ")
    with (tmp_path / "file").open("rb") as file:
        server.sendfile(file, 2, 5)
        server.sendfile(file, 8)

    assert server.unsent == 0
    assert read(client, 12) == b"head 2345689"


def test_client_that_is_gone_is_noticed_by_who_sends(ends):
    server, client = ends
    server.sendall(ANSWER)
    client.close()

    with pytest.raises(OSError, match=r"peer|pipe"):
        server.send_on()
    with pytest.raises(OSError, match=r"peer|pipe"):
        server.sendall(b"more")
