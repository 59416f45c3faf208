"""What is counted over several workers: figures for a monitor, and a limit on requests."""

from contextlib import ExitStack, closing

from tests import engines
from tests.live.gunicorns import instances, serving, wait_until

WORKERS, CONNECTIONS, ALLOWED = 3, 12, 20
# Made anew for each request, so that none is answered by a page that was kept.
MADE = "/search/?q={}"


def ask(connection, path):
    connection.request("GET", path)
    answer = connection.getresponse()
    return answer.status, answer.read().decode()


def kept_open(server, stack):
    """Connections that stay, so that each worker has some of them."""
    return [stack.enter_context(closing(server.connection())) for _ in range(CONNECTIONS)]


def answered(connection):
    """Give how many answers the server says that it gave, by status."""
    status, text = ask(connection, "/metrics")
    assert status == 200
    lines = (line.rsplit(" ", 1) for line in text.splitlines() if line[0] != "#")
    figures = {name: float(number) for name, number in lines}
    return {
        kind: figures[f'nutrisite_requests_total{{status="{kind}"}}'] for kind in ("2xx", "4xx")
    }


def test_figures_are_those_of_all_workers_whichever_is_asked(prepared, tmp_path):
    settings = {"WEB_WORKERS": str(WORKERS), "METRICS_NETWORKS": "127.0.0.0/8"}
    with serving(prepared, tmp_path / "site", **settings) as server, ExitStack() as stack:
        connections = kept_open(server, stack)
        before = answered(connections[0])
        for connection in connections:
            ask(connection, "/nowhere/")
        # Each answer is counted once it was made, so the figures show all but themselves.
        after = [answered(connection) for connection in connections]

        assert [one["4xx"] - before["4xx"] for one in after] == [CONNECTIONS] * CONNECTIONS
        assert [one["2xx"] - before["2xx"] for one in after] == [*range(1, CONNECTIONS + 1)]

        old = server.workers()
        server.replace_workers()
        wait_until(lambda: not old & server.workers())
        with closing(server.connection()) as connection:
            assert answered(connection)["4xx"] == after[-1]["4xx"]


def statuses(server, times, stack):
    connections = kept_open(server, stack)
    return [ask(connections[n % CONNECTIONS], MADE.format(n))[0] for n in range(times)]


def test_limit_is_one_for_all_workers(prepared, tmp_path):
    settings = {
        "WEB_WORKERS": str(WORKERS),
        "REQUESTS_A_MINUTE": str(ALLOWED),
        "CACHE_URL": "",
    }
    with serving(prepared, tmp_path / "site", **settings) as server, ExitStack() as stack:
        given = statuses(server, 2 * ALLOWED + 5, stack)

    # A minute may end meanwhile, and the next allows as many again.
    assert ALLOWED <= given.count(200) <= 2 * ALLOWED
    assert set(given) == {200, 429}


def test_limit_is_one_for_all_instances_that_share_redis(prepared, tmp_path):
    with engines.redis(tmp_path / "redis") as address, ExitStack() as stack:
        settings = {"REQUESTS_A_MINUTE": str(ALLOWED), "CACHE_URL": address}
        servers = stack.enter_context(instances(3, prepared, tmp_path / "site", **settings))
        given = [status for server in servers for status in statuses(server, ALLOWED + 5, stack)]

    # Each for itself would allow three times as many.
    assert ALLOWED <= given.count(200) <= 2 * ALLOWED
    assert set(given) == {200, 429}
