"""How long the worker waits for clients that read slowly, and how much it keeps for them."""

import selectors
import socket
import time
from concurrent.futures import Future
from contextlib import ExitStack
from types import SimpleNamespace

import pytest
from gunicorn.config import Config

from nutrisite.connections import READING, SLOWEST, ClientSocket, Connection
from nutrisite.middleware import longest_body
from nutrisite.workers import LONG, MOST_UNSENT, PARTING, PatientWorker

ANSWER = bytes(30_000_000)


@pytest.fixture
def worker():
    """A worker that nobody has started, with a poller."""
    worker = PatientWorker(0, 0, [], None, 30, Config(), SimpleNamespace())
    with selectors.DefaultSelector() as worker.poller:
        yield worker
    worker.tmp.close()


@pytest.fixture
def connected(worker, tmp_path):
    """Connect a new client to the worker."""
    with ExitStack() as stack:

        def connected():
            accepted, client = (stack.enter_context(end) for end in socket.socketpair())
            own = stack.enter_context(ClientSocket(accepted, tmp_path))
            worker.nr_conns += 1
            addresses = ("192.0.2.1", 1), ("192.0.2.2", 80)
            return Connection(worker.cfg, own, *addresses, longest_body), client

        yield connected


@pytest.fixture
def answered(worker, connected):
    """Have the worker answer a new client with these bytes, which it does not read."""

    def answered(answer, is_kept=True):
        conn, client = connected()
        conn.sock.sendall(answer)
        done = Future()
        done.set_result(is_kept)
        worker.finish_request(conn, done)
        return conn, client

    return answered


def work(worker):
    for key, _ in worker.poller.select(0):
        key.data(key.fileobj)


def test_slow_reader_has_half_a_minute_and_more_for_a_long_answer(worker, answered):
    conn, _ = answered(ANSWER)
    allowed = conn.timeout - time.monotonic()
    assert allowed == pytest.approx(READING + conn.sock.unsent / SLOWEST, abs=1)

    worker.murder_pending()
    assert worker.nr_conns == 1
    conn.timeout = worker._next_look = 0
    worker.murder_pending()
    assert worker.nr_conns == 0
    assert conn.sock.fileno() == -1


@pytest.mark.parametrize("is_kept", [True, False])
def test_connection_goes_on_once_the_answer_is_read(worker, answered, is_kept):
    conn, client = answered(ANSWER, is_kept)
    left = len(ANSWER)
    while left:
        left -= len(client.recv(1_000_000))
        work(worker)

    assert list(worker.keepalived_conns) == ([conn] if is_kept else [])
    if not is_kept:
        assert client.recv(1) == b""
        assert conn.timeout - time.monotonic() < PARTING
        client.close()
        work(worker)
    assert worker.nr_conns == is_kept


def test_slow_reader_who_hangs_up_is_let_go(worker, answered):
    _, client = answered(ANSWER)
    client.close()
    work(worker)

    assert worker.nr_conns == 0


def test_connection_that_was_let_go_is_not_woken_any_more(worker, answered):
    conn, client = answered(ANSWER)
    client.close()
    [(key, _)] = worker.poller.select(0)
    worker._make_room(lambda conn: conn.sock.unsent, 0)
    key.data(key.fileobj)

    assert worker.nr_conns == 0
    assert conn.sock.fileno() == -1


def test_oldest_long_answers_are_let_go_where_all_would_take_too_much(worker, answered):
    short = [answered(bytes(LONG))[0] for _ in range(3)]
    long = [answered(ANSWER)[0] for _ in range(MOST_UNSENT // len(ANSWER) + 2)]

    assert [conn.sock.fileno() == -1 for conn in long] == [True] * 2 + [False] * (len(long) - 2)
    assert all(conn.sock.fileno() > 0 for conn in short)


def test_worker_that_ends_waits_for_nobody_who_has_asked_for_nothing(worker, connected, answered):
    silent, asking = connected(), connected()
    asking[1].sendall(b"GET / HTTP")
    for conn, _ in (silent, asking):
        worker.enqueue_req(conn)
    reading = answered(ANSWER)
    deadline = time.monotonic() + 2
    worker._cap_keepalive(deadline)

    assert silent[0].timeout == deadline
    assert all(conn.timeout > deadline for conn, _ in (asking, reading))
    silent[0].timeout = worker._next_look = 0
    worker.murder_pending()
    assert worker.nr_conns == 2
