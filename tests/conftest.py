"""Fixtures of all tests: the shipped content, no network, and checks of template variables.

A test that may use the database finds the shipped content in it. What it changes is undone after
it, by rolling back or, where it commits, by copying the content back.
"""

import fcntl
import gc
import logging
import socket
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client, TransactionTestCase
from hypothesis import HealthCheck, settings

from nutrients.common.answering import MEMORY
from tests import factories
from tests.browser import server

from . import snapshots

# Every run of a property tries the same examples, and none fails because a machine is slow.
settings.register_profile(
    "suite",
    deadline=None,
    derandomize=True,
    max_examples=50,
    # Fixtures that examples share are only read, or restored by the example.
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("suite")
# A worker with one of these at its end would keep the run waiting for it.
LONGEST = ["content/test_first_release.py", "test_running.py"]


@pytest.fixture(scope="session", autouse=True)
def _no_other_hosts():
    """Refuse connections to anything but this machine."""
    connect = socket.socket.connect

    def guarded(self, address):
        if isinstance(address, tuple) and address[0] not in ("localhost", "127.0.0.1", "::1"):
            raise RuntimeError(f"A test tried to reach {address[0]}.")
        return connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded)
        yield


@pytest.fixture(scope="session")
def once(tmp_path_factory, worker_id):
    """Return a function that makes a folder once for all workers of the run; they wait for it."""
    shared = tmp_path_factory.getbasetemp()
    if worker_id != "master":
        shared = shared.parent

    def once(name, make):
        with (shared / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not (shared / f"{name}.done").exists():
                make(shared / name)
                (shared / f"{name}.done").touch()
        return shared / name

    return once


@pytest.fixture(scope="session")
def template(once):
    """Return a folder with a migrated database of the shipped content."""
    return once("template", snapshots.make_template)


@pytest.fixture(scope="session")
def prepared(once, template):
    """Return a folder as it is before the first start, with an editor's account."""
    return once("prepared", lambda folder: server.prepare(folder, template))


@pytest.fixture(scope="session")
def django_db_setup(template, worker_id, django_test_environment, django_db_blocker):
    """Fill the test database with the shipped content."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        snapshots.use_copy_of(template, worker_id)
        # Django would empty all tables after a test that commits.
        patch.setattr(
            TransactionTestCase, "_fixture_teardown", lambda case: snapshots.put_back(template)
        )
        yield


class Reader(Client):
    """A reader of a site that memoizes results until something is written, as workers do.

    Computing them for each request would take most of the time of the tests. Results of the shipped
    content serve all tests of the process.
    """

    shipped: dict = {}
    memory = shipped

    def request(self, **environ):
        return super().request(**{MEMORY: Reader.memory} | environ)


def discard_memory(execute, sql, params, many, context):
    """Discard memoized results after each statement that may have changed the content."""
    if not sql.startswith(("BEGIN", "SELECT", "SAVEPOINT", "RELEASE SAVEPOINT", "EXPLAIN")):
        Reader.memory = {}
    return execute(sql, params, many, context)


@pytest.fixture(autouse=True)
def _memory_of_the_shipped_content():
    Reader.memory = Reader.shipped
    with connection.execute_wrapper(discard_memory):
        yield


@pytest.fixture
def client(request):
    """Return a client that shares memoized content, as requests to one worker do.

    It has an empty memory if the test counts queries, or changes the clock or a setting.
    """
    counts = {"django_assert_num_queries", "django_assert_max_num_queries"}
    # The fixtures of pytest-django, which each test has, patch no page.
    fixtures = request.node._fixtureinfo
    definitions = [definition for *_, definition in fixtures.name2fixturedefs.values()]
    ours = [fixture for fixture in definitions if fixture.func.__module__.startswith("tests.")]
    requested = {*fixtures.argnames, *(name for fixture in ours for name in fixture.argnames)}
    return Client() if {*counts, "monkeypatch", "settings"} & requested else Reader()


class Lines(list):
    """A stream that holds the lines that are written to it."""

    def write(self, text):
        self.extend(text.splitlines())

    def flush(self):
        pass


@pytest.fixture
def lines():
    """Return the lines that the requests of the test write to the log."""
    [console] = [handler for handler in logging.getLogger().handlers if handler.name == "console"]
    stream = console.setStream(Lines())
    yield console.stream
    console.setStream(stream)


@pytest.fixture
def content(db):
    """Name the shipped content in the signature of a test that depends on it."""


@pytest.fixture
def no_content(db):
    """Empty the database of content, for tests that fill it themselves."""
    for model in apps.get_app_config("nutrients").get_models(include_auto_created=True):
        rows = model._base_manager.all()
        # Without signals and collectors: rows that point at each other go in one transaction.
        rows._raw_delete(rows.db)


@pytest.fixture
def small_world(no_content):
    """Iron, zinc and folate; cramps and tiredness; one risk factor, one cause, one flag."""
    iron, zinc = factories.nutrient("iron"), factories.nutrient("zinc")
    folate = factories.nutrient("folate", upper_limit_note="Only folic acid counts.")
    cramps = factories.symptom("cramps")
    tired = factories.symptom("tired", body_area="mind")
    factories.association(iron, cramps, typicality="sometimes", evidence="limited")
    factories.association(iron, tired)
    factories.association(zinc, cramps)
    factories.association(folate, tired, relation="excess", evidence="moderate")
    factories.risk("long-runs", lowers=[zinc])
    factories.cause("coffee", [cramps])


TESTS = Path(__file__).parent


def pytest_sessionstart():
    """Collect garbage less often: the objects of pages and tests make each collection slow."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def pytest_collection_modifyitems(items):
    """Mark the tests of the admin, and let the longest come first."""
    items.sort(key=lambda item: str(item.path.relative_to(TESTS)) not in LONGEST)
    for item in items:
        if "admin" in item.path.relative_to(TESTS).parts:
            # Django's own admin templates use variables that are not always there.
            item.add_marker(pytest.mark.ignore_template_errors)
