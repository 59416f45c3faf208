"""What `make bench` compares the site with starts, and answers with as many bytes as are asked."""

from bench import servers
from bench.load import Request, answer_of


def test_bare_servers_answer_under_the_worker_of_the_site(tmp_path):
    with servers.running(servers.BARE, tmp_path) as running:
        answers = [answer_of(one.port, Request("GET", "/5000")) for one in running.values()]

    assert [answer.body for answer in answers] == [5000, 5000]
