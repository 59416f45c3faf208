"""The site serves readers through a restart, and with bounded memory."""

import itertools
import shutil
import threading
from contextlib import closing, contextmanager
from pathlib import Path

from tests.browser.server import ROOT
from tests.live.gunicorns import LOST, PATIENCE, serving, start_thread, wait_until

REPLACEMENTS, READERS, WORKERS = 2, 6, 2
PATHS = ("/", "/compare/", "/foods/", "/nutrients/magnesium/", "/articles/", "/healthz")


def read(server, keeps_alive, log, done):
    """Open pages, and log the fault of each, "" if there is none."""
    connection = server.connection()
    for path in itertools.cycle(PATHS):
        if done.is_set():
            break
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            answer.read()
            log.append("" if answer.status == 200 else f"{path} {answer.status}")
        except LOST as error:
            log.append(f"{path} {error!r}")
        if not keeps_alive:
            connection.close()
    connection.close()


@contextmanager
def reading(server):
    """Let readers read during the block, without a fault; yield the log of each."""
    logs, done = [[] for _ in range(READERS)], threading.Event()
    readers = [
        start_thread(read, server, number % 2 == 0, log, done) for number, log in enumerate(logs)
    ]
    try:
        yield logs
    finally:
        done.set()
        for reader in readers:
            reader.join(PATIENCE)
    assert [fault for log in logs for fault in log if fault] == []


def wait_until_all_read_on(logs):
    lengths = [len(log) for log in logs]
    wait_until(lambda: all(len(log) > length for log, length in zip(logs, lengths, strict=True)))


def replace_all_workers(server):
    # A server responds as soon as its first worker runs.
    wait_until(lambda: len(server.workers()) == WORKERS)
    old = server.workers()
    server.replace_workers()
    wait_until(lambda: len(now := server.workers()) == WORKERS and not old & now)


def copy_of_the_code(folder):
    """Copy the code that the site runs, so that a test can change it. Return the folder."""
    for name in ("nutrisite", "nutrients", "templates"):
        shutil.copytree(ROOT / name, folder / name)
    for name in ("static", "fixtures"):
        (folder / name).symlink_to(ROOT / name)
    for name in ("manage.py", "gunicorn.conf.py"):
        shutil.copy(ROOT / name, folder)
    return folder


def upgrade(code):
    """Install a newer release, whose settings and pages need its own code."""
    with (code / "nutrisite/environment.py").open("a") as file:
        file.write('\n\ndef policy():\n    return "no-referrer"\n')
    with (code / "nutrisite/settings.py").open("a") as file:
        file.write("\nSECURE_REFERRER_POLICY = environment.policy()\n")
    tags = code / "nutrients/templatetags/newer.py"
    tags.write_text("from django.template import Library\n\nregister = Library()\n")
    page = code / "templates/404.html"
    page.write_text(page.read_text() + "{% load newer %}")


def release_of(server):
    """Return which release answers, by a header of an uncached page."""
    with closing(server.connection()) as connection:
        connection.request("GET", "/nowhere/")
        answer = connection.getresponse()
        answer.read()
    assert answer.status == 404
    return {"same-origin": "older", "no-referrer": "newer"}[answer.headers["Referrer-Policy"]]


def test_replacing_workers_and_starting_a_new_release_drop_no_request(prepared, tmp_path):
    code = copy_of_the_code(tmp_path)
    with (
        serving(prepared, tmp_path / "site", code=code, WEB_WORKERS=str(WORKERS)) as server,
        reading(server) as logs,
    ):
        upgrade(code)
        for _ in range(REPLACEMENTS):
            replace_all_workers(server)
            wait_until_all_read_on(logs)
        # Workers that were made meanwhile are of the release that runs.
        assert release_of(server) == "older"

        server.stop()
        server.start()
        wait_until_all_read_on(logs)
        assert release_of(server) == "newer"


def resident_megabytes(server):
    kilobytes = 0
    for pid in server.workers():
        status = Path(f"/proc/{pid}/status").read_text()
        kilobytes += int(status.split("VmRSS:")[1].split()[0])
    return kilobytes / 1024


def test_memory_stays_bounded_over_many_different_requests(prepared, tmp_path):
    """Distinct addresses fill an unbounded cache. Most are of a long page that costs little."""
    paths = (*PATHS, *["/privacy/"] * 18)
    with (
        serving(prepared, tmp_path / "site", WEB_WORKERS="1", PAGE_CACHE_MB="4") as server,
        closing(server.connection()) as connection,
    ):
        numbers = itertools.count()

        def read(megabytes):
            left = megabytes * 1024**2
            while left > 0:
                path = paths[(number := next(numbers)) % len(paths)]
                connection.request("GET", f"{path}?n={number}")
                answer = connection.getresponse()
                assert answer.status == 200
                left -= len(answer.read()) + 1

        read(8)
        warm = resident_megabytes(server)
        read(16)

        # Where other tests write to the same server at once, every page is made of new content, and
        # two generations of it are in memory for a moment.
        assert resident_megabytes(server) - warm < 12
