"""check_links lists addresses of other sites that no longer answer on the editors' desk."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO

import pytest
from django.core.management import call_command
from django.urls import reverse

from nutrients.content import outside_links
from nutrients.models import Article, Problem, Source, Symptom


class Pages(BaseHTTPRequestHandler):
    """Answer /404 with 404, /busy with 503 at first, and redirect /moved to /."""

    def do_GET(self):
        is_first = self.path not in self.server.requests
        self.server.requests.append(self.path)
        if self.path == "/moved":
            self.send_response(301)
            self.send_header("Location", "/")
        elif self.path == "/busy":
            self.send_response(503 if is_first else 200)
        else:
            self.send_response(int(self.path.strip("/") or 200))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args):
        pass


ANSWERS = {
    "/200": "",
    "/busy": "",
    "/403": outside_links.REFUSED,
    "/429": outside_links.REFUSED,
    "/404": "is gone.",
    "/410": "is gone.",
    "/500": "answers with error 500.",
    "/moved": "leads to a front page.",
}


def test_status_of_a_page_is_judged_and_a_busy_page_is_requested_again():
    with ThreadingHTTPServer(("127.0.0.1", 0), Pages) as server:
        server.requests = []
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}).start()
        host = f"http://127.0.0.1:{server.server_port}"
        faults = {path: outside_links.fault_of(f"{host}{path}") for path in ANSWERS}
        server.shutdown()

    assert faults == ANSWERS
    assert server.requests[:4] == ["/200", "/busy", "/busy", "/403"]


@pytest.mark.parametrize("address", ["http://127.0.0.1:1/", "http://[bad/", "http://"])
def test_page_that_does_not_answer_is_named(address):
    assert outside_links.fault_of(address).startswith("does not answer")


def test_broken_links_are_on_the_desk_until_they_are_corrected(content, monkeypatch, admin_client):
    source = Source.objects.exclude(url="").order_by("url")[0]
    section = Article.objects.first().sections.first()
    section.body += " See [this](https://elsewhere.example/page) and [that](HTTP://[bad/)."
    section.save()
    other = Source.objects.exclude(url__in=["", source.url]).first().url
    broken = dict.fromkeys(["https://elsewhere.example/page", "HTTP://[bad/"], "does not answer.")
    broken[source.url] = "is gone."
    broken[other] = outside_links.REFUSED
    monkeypatch.setattr(outside_links, "fault_of", lambda url: broken.get(url, ""))
    output = StringIO()
    call_command("check_links", stdout=output)
    desk = admin_client.get(reverse("admin:nutrients_problem_changelist")).text

    same = Source.objects.filter(url=source.url).count()
    assert f"Outside links: {2 + same} broken of " in output.getvalue()
    assert "Not checked: 1, " in output.getvalue()
    assert f"{source.url} is gone." in desk
    assert reverse("admin:nutrients_source_change", args=[source.pk]) in desk
    assert reverse("admin:nutrients_articlesection_change", args=[section.pk]) in desk
    home = admin_client.get(reverse("admin:index")).text
    assert f"Problems that the checks found: {2 + same}" in home

    broken.clear()
    call_command("check_links", stdout=StringIO())
    assert not Problem.objects.exists()


def test_content_check_replaces_its_own_problems_only_and_lists_no_overdue_review(content):
    for kind in ("links", "content"):
        at = "2026-11-01T00:00Z"
        Problem.objects.create(kind=kind, model="nutrients.x", row_id=1, row="x", checked_at=at)
    Source.objects.filter(pk=1).update(next_review_on="2026-11-01")
    Symptom.objects.update(review_due_on="2026-11-01")
    with pytest.raises(Exception, match="to put right"):
        call_command("check_content", stderr=StringIO())
    call_command("check_content", "--on", "2026-10-01", stdout=StringIO())
    assert Problem.objects.filter(kind="links").count() == 1
    problem = Problem.objects.get(kind="content")
    assert (problem.model, problem.row_id) == ("nutrients.source", 1)
