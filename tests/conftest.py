"""What every test stands on: the shipped content, no network, and templates that are complete.

A test that may use the database finds the shipped content in it, loaded once for each worker;
what a test changes is undone after it.
"""

import fcntl
import logging
import socket
from collections.abc import Callable
from ipaddress import ip_address
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command, get_commands
from hypothesis import HealthCheck, settings

from tests import snapshots
from tests.browser import server

ROOT = Path(__file__).resolve().parent.parent
# Properties: how fast a machine is fails none, and the examples follow from the test itself, so
# that every run tries the same. `--hypothesis-profile=search` tries new ones.
settings.register_profile(
    "suite",
    deadline=None,
    derandomize=True,
    # A fixture that examples share is content that they only read, or put back themselves.
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.register_profile("search", settings.get_profile("suite"), derandomize=False)
settings.load_profile("suite")
PUT_BACK = pytest.StashKey[Callable[[], None]]()


@pytest.fixture(scope="session", autouse=True)
def _no_other_hosts():
    """Refuse connections to anything but this machine."""
    connect = socket.socket.connect

    def guarded(self, address):
        if isinstance(address, tuple) and not is_this_machine(address[0]):
            raise RuntimeError(f"A test tried to reach {address[0]}.")
        return connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded)
        yield


def is_this_machine(host):
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@pytest.fixture(scope="session")
def django_db_setup(request, django_db_setup, django_db_blocker):
    """Pytest-django's empty test database, with the shipped content in it."""
    with django_db_blocker.unblock():
        if "load_content" in get_commands():
            call_command("load_content", verbosity=0)
        put_copy_back = snapshots.take()

    def put_back():
        with django_db_blocker.unblock():
            put_copy_back()

    request.config.stash[PUT_BACK] = put_back


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item):
    """Put the content back after a test with transactions of its own: Django empties all tables."""
    result = yield
    marker = item.get_closest_marker("django_db")
    emptied = {"transactional_db", "live_server"}.intersection(item.fixturenames)
    if emptied or (marker and marker.kwargs.get("transaction")):
        item.config.stash[PUT_BACK]()
    return result


@pytest.fixture(scope="session")
def prepared(tmp_path_factory, worker_id):
    """A folder as an operator has it before the first start, made once for all workers."""
    shared = tmp_path_factory.getbasetemp()
    if worker_id != "master":
        shared = shared.parent
    with (shared / "prepared.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (shared / "prepared-done").exists():
            server.prepare(shared / "prepared")
            (shared / "prepared-done").touch()
    return shared / "prepared"


@pytest.fixture
def lines():
    """The lines that the test's requests write to the log."""
    handler = Lines()
    loggers = [logging.getLogger(name) for name in ("", "django")]
    for logger in loggers:
        logger.addHandler(handler)
    yield handler.lines
    for logger in loggers:
        logger.removeHandler(handler)


@pytest.fixture
def content(db):
    """The shipped content; the name says in a test's signature that the test depends on it."""


@pytest.fixture
def no_content(db):
    """A database without any content, for tests that fill it themselves."""
    for model in apps.get_app_config("nutrients").get_models(include_auto_created=True):
        rows = model._base_manager.all()
        # Without signals and collectors: rows that point at each other go in one transaction.
        rows._raw_delete(rows.db)


class Lines(logging.Handler):
    """Collects lines as the site's own handler would write them."""

    def __init__(self):
        super().__init__()
        console = next(h for h in logging.getLogger().handlers if h.formatter and h.filters)
        self.setFormatter(console.formatter)
        for each in console.filters:
            self.addFilter(each)
        self.lines = []

    def emit(self, record):
        self.lines.append(self.format(record))


def pytest_collection_modifyitems(items):
    """Django's own admin templates use variables that are not always there."""
    for item in items:
        if "admin" in item.path.relative_to(ROOT).parts:
            item.add_marker(pytest.mark.ignore_template_errors)
