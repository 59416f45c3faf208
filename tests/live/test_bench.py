"""What `make bench` compares the site with starts, and answers with as many bytes as are asked."""

from bench import servers
from bench.load import Request, answer_of


def test_bare_servers_answer_under_the_worker_of_the_site(tmp_path):
    with servers.running(servers.BARE, tmp_path) as running:
        for request in (Request("GET", "/5000"), Request("POST", "/5000", "tick=on")):
            for server in running.values():
                assert answer_of(server.port, request).body == 5000
