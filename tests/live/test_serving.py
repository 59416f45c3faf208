"""Readers are served on: through a restart, beside clients that stall, and with bounded memory."""

import itertools
import re
import socket
import threading
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path

import pytest

from tests.live.gunicorns import (
    LOST,
    PATIENCE,
    copy_of_the_code,
    listening,
    serving,
    wait_until,
)

REPLACEMENTS, READERS = 3, 6
STALLED, PAGES = 24, 100
PATHS = ("/", "/compare/", "/foods/", "/nutrients/magnesium/", "/articles/", "/healthz")


class Reader(threading.Thread):
    """A reader who opens page after page, each on a connection of its own or all on one."""

    def __init__(self, server, keeps_alive):
        super().__init__(daemon=True)
        self.server, self.keeps_alive = server, keeps_alive
        self.read, self.faults, self.stopped = 0, [], threading.Event()

    def run(self):
        connection = self.server.connection()
        for path in itertools.cycle(PATHS):
            if self.stopped.is_set():
                break
            try:
                connection.request("GET", path)
                answer = connection.getresponse()
                answer.read()
                if answer.status != 200:
                    self.faults.append(f"{path} {answer.status}")
                self.read += 1
            except LOST as error:
                self.faults.append(f"{path} {error!r}")
            if not self.keeps_alive:
                connection.close()
        connection.close()


@contextmanager
def reading(server):
    """Readers who read all the while; at the end of the block none may have met a fault."""
    readers = [Reader(server, keeps_alive=number % 2 == 0) for number in range(READERS)]
    for reader in readers:
        reader.start()
    try:
        yield readers
    finally:
        for reader in readers:
            reader.stopped.set()
        for reader in readers:
            reader.join(PATIENCE)
    assert [fault for reader in readers for fault in reader.faults] == []


def wait_until_all_read_on(readers):
    counts = [reader.read for reader in readers]
    wait_until(
        lambda: all(
            reader.read > count or reader.faults
            for reader, count in zip(readers, counts, strict=True)
        )
    )


def replace_all_workers(server):
    old = server.workers()
    server.replace_workers()
    wait_until(
        lambda: (
            server.process.poll() is not None
            or (not old & server.workers() and len(server.workers()) == len(old))
        )
    )


def test_replacing_workers_under_load_drops_no_request(prepared, tmp_path):
    with (
        serving(prepared, tmp_path / "site", WEB_WORKERS="2") as server,
        reading(server) as readers,
    ):
        for _ in range(REPLACEMENTS):
            replace_all_workers(server)
            wait_until_all_read_on(readers)

    assert min(reader.read for reader in readers) > REPLACEMENTS


def upgrade(code):
    """Put a newer release in place, whose settings and pages need code that comes with it."""
    with (code / "nutrisite/environment.py").open("a") as file:
        file.write('\n\ndef policy():\n    return "no-referrer"\n')
    with (code / "nutrisite/settings.py").open("a") as file:
        file.write("\nSECURE_REFERRER_POLICY = environment.policy()\n")
    tags = code / "nutrients/templatetags/newer.py"
    tags.write_text("from django.template import Library\n\nregister = Library()\n")
    page = code / "templates/404.html"
    page.write_text(page.read_text() + "{% load newer %}")


def release_of(server):
    """Which release answers, told by a header; the page is one that nobody asked for before."""
    with closing(server.connection()) as connection:
        connection.request("GET", "/nowhere/")
        answer = connection.getresponse()
        answer.read()
    assert answer.status == 404
    return {"same-origin": "older", "no-referrer": "newer"}[answer.headers["Referrer-Policy"]]


def test_workers_made_during_an_upgrade_are_of_the_release_that_runs(prepared, tmp_path):
    code = copy_of_the_code(tmp_path)
    with (
        serving(prepared, tmp_path / "site", code=code, WEB_WORKERS="2") as server,
        reading(server) as readers,
    ):
        upgrade(code)
        replace_all_workers(server)
        wait_until_all_read_on(readers)

        assert release_of(server) == "older"


def test_restart_on_a_socket_of_systemd_takes_the_new_release_and_drops_no_request(
    prepared, tmp_path
):
    code = copy_of_the_code(tmp_path)
    with (
        listening() as listener,
        serving(
            prepared, tmp_path / "site", code=code, listener=listener, WEB_WORKERS="2"
        ) as server,
        reading(server) as readers,
    ):
        assert release_of(server) == "older"
        upgrade(code)
        server.stop()
        server.start()
        wait_until_all_read_on(readers)

        assert release_of(server) == "newer"


HEAD = b"POST %b HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: %d\r\n\r\n"


def clients(server, stack, sent, number=STALLED):
    """So many clients that have sent this and go on waiting, until the stack ends."""
    found = []
    for _ in range(number):
        one = socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE)
        found.append(stack.enter_context(closing(one)))
        one.sendall(sent)
    return found


def assert_readers_are_served(server):
    for path in PATHS * 2:
        with closing(server.connection()) as connection:
            connection.timeout = 4
            connection.request("GET", path)
            assert connection.getresponse().status == 200


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ",
        HEAD % (b"/checklist/", 900) + b"symptom=",
        HEAD % (b"/checklist/", 60_000),
        HEAD % (b"/admin/login/", 1_000_000) + b"username=" + b"x" * 100_000,
    ],
    ids=["silent", "half a header", "half a form", "no form", "half an article"],
)
def test_clients_that_stall_do_not_block_readers(prepared, tmp_path, sent):
    with serving(prepared, tmp_path / "site", WEB_WORKERS="1") as server, ExitStack() as stack:
        stalled = clients(server, stack, sent)
        assert_readers_are_served(server)

        # They were waiting all the while: nobody hung up on them to serve the readers.
        assert all(is_open(one) for one in stalled)


def test_clients_that_do_not_hang_up_do_not_block_readers(prepared, tmp_path):
    sent = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
    with serving(prepared, tmp_path / "site", WEB_WORKERS="1") as server, ExitStack() as stack:
        for one in clients(server, stack, sent):
            assert one.recv(100).startswith(b"HTTP/1.1 200")
        assert_readers_are_served(server)


def test_clients_that_read_slowly_do_not_block_readers(prepared, tmp_path):
    """Each asks for far more than the kernel takes, and reads it when the readers were served."""
    ask = b"GET /foods/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    with serving(prepared, tmp_path / "site", WEB_WORKERS="1") as server, ExitStack() as stack:
        slow = clients(server, stack, ask * PAGES)
        assert_readers_are_served(server)

        with slow[0].makefile("rb") as file:
            whole = [read_answer(file) for _ in range(PAGES)]
        assert len(set(whole)) == 1
        assert whole[0].endswith(b"</html>\n")


def read_answer(file):
    head = b"".join(iter(file.readline, b"\r\n"))
    return file.read(int(re.search(rb"Content-Length: (\d+)", head)[1]))


def test_request_that_comes_too_slowly_is_told_so_while_readers_are_served(prepared, tmp_path):
    """A byte now and then counts for no more than silence."""
    with serving(prepared, tmp_path / "site", WEB_WORKERS="1") as server, ExitStack() as stack:
        [still, trickling] = clients(server, stack, HEAD % (b"/checklist/", 900), 2)
        [unfinished] = clients(server, stack, b"GET / HTTP/1.1\r\nX-Slow: ", 1)
        while is_open(trickling):
            with suppress(ConnectionError):
                trickling.sendall(b"x")
            assert_readers_are_served(server)

        for one in (still, trickling, unfinished):
            one.settimeout(PATIENCE)
            assert one.recv(100).startswith(b"HTTP/1.1 408 ")
        log = server.log.read_text()
        assert "ERROR" not in log
        assert "Traceback" not in log


def test_long_forms_that_stall_take_a_bounded_amount_of_memory(prepared, tmp_path):
    with serving(prepared, tmp_path / "site", WEB_WORKERS="1") as server, ExitStack() as stack:
        stalled = clients(server, stack, HEAD % (b"/admin/login/", 9_000_000))
        wait_until(lambda: not is_open(stalled[-4]))

        # The latest are waited for, as many as there is room for.
        assert [is_open(one) for one in stalled] == [False] * (STALLED - 3) + [True] * 3
        assert_readers_are_served(server)


def is_open(connection):
    """Whether the server has neither answered nor hung up."""
    connection.setblocking(False)
    try:
        connection.recv(1, socket.MSG_PEEK)
    except BlockingIOError:
        return True
    except ConnectionError:
        pass
    return False


def resident_megabytes(server):
    kilobytes = 0
    for pid in server.workers():
        status = Path(f"/proc/{pid}/status").read_text()
        kilobytes += int(status.split("VmRSS:")[1].split()[0])
    return kilobytes / 1024


def test_memory_stays_bounded_over_many_different_requests(prepared, tmp_path):
    """Addresses that are all different are what fills a cache without a bound."""
    with (
        serving(prepared, tmp_path / "site", WEB_WORKERS="1", PAGE_CACHE_MB="4") as server,
        closing(server.connection()) as connection,
    ):
        sizes = []
        for number in range(2000):
            path = f"{PATHS[number % len(PATHS)]}?n={number}"
            connection.request("GET", path, headers={"Accept-Encoding": ("br", "gzip")[number % 2]})
            answer = connection.getresponse()
            answer.read()
            assert answer.status == 200
            if number in (499, 1999):
                sizes.append(resident_megabytes(server))

        warm, last = sizes
        # Where other tests write to the same server at once, every page is made of new content, and
        # two generations of it stand in memory for a moment. A cache without a bound takes 18.
        assert last - warm < 12


def test_kept_connections_are_shared_by_the_workers(prepared, tmp_path):
    with serving(prepared, tmp_path / "site", WEB_WORKERS="2") as server, ExitStack() as stack:
        for _ in range(16):
            connection = stack.enter_context(closing(server.connection()))
            connection.request("GET", "/healthz")
            connection.getresponse().read()
        held = [connections_of(pid, server.port) for pid in server.workers()]

    assert sum(held) >= 16
    assert min(held) >= 3


def connections_of(pid, port):
    """How many connections to a port a process holds that no side has begun to close."""
    table = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    established = {
        f"socket:[{inode}]"
        for _, local, _, state, *_, inode in (row[:10] for row in table)
        if local.endswith(f":{port:04X}") and state == "01"
    }
    return sum(str(file.readlink()) in established for file in Path(f"/proc/{pid}/fd").iterdir())
