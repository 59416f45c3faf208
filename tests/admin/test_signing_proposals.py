"""Signatures under proposals, and links for colleagues without an account."""

import re
from datetime import UTC, date, datetime, timedelta
from unittest.mock import Mock

import pytest
from django.db import OperationalError
from django.utils import timezone

from nutrients.models import Nutrient, PreviewLink, Proposal, Remark, Signature, SignOff, State
from nutrients.proposals.rows import add_row, begin_proposal, proposal_digest
from tests.admin.forms import messages_of, send

WORDS = "Soothes unquiet fibres."
MAGNESIUM = "/nutrients/magnesium/"
NAMED = {"name": "Rita Moss", "profession": "GP"}


@pytest.fixture(autouse=True)
def _one_page():
    """Compare one page only, as comparing all takes seconds."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("nutrients.proposals.pages.candidates", lambda proposal: [MAGNESIUM])
        yield


@pytest.fixture
def proposal(content, editor):
    proposal = begin_proposal("Other words", by=editor)
    add_row(proposal, Nutrient.objects.get(slug="magnesium"), {"job": WORDS}, by=editor)
    return make_ready(proposal)


def make_ready(proposal):
    proposal.become(State.READY)
    proposal.save()
    return proposal


@pytest.fixture
def colleague(account):
    """Return the client of an editor who wrote nothing of the proposal."""
    return account("Editors", "Ben Ode")


def sign(client, proposal, role="editor", words=None):
    return send(client, proposal, "sign", role=role, digest=words or proposal_digest(proposal))


def write_on(proposal, by, **values):
    add_row(proposal, Nutrient.objects.get(slug="iron"), {"job": WORDS} | values, by=by)
    proposal.refresh_from_db()


def test_proposal_needs_signatures_of_people_who_wrote_none_of_it_in_roles_they_have(
    proposal, account, colleague, editor_client, settings
):
    settings.SIGN_OFFS = 2
    safety = account("Safety", "Sam Uel")
    assert sign(editor_client, proposal).status_code == 403
    assert not editor_client.get(proposal.get_absolute_url()).context["roles"]
    assert sign(account("Writers"), proposal).status_code == 403
    assert sign(safety, proposal, "clinician").status_code == 403
    assert not SignOff.objects.exists()
    assert "signed by 2 people" in send(editor_client, proposal, "publish", now="").text
    sign(colleague, proposal)
    sign(colleague, proposal)
    assert proposal.state == State.READY
    sign(safety, proposal, "safety")
    assert proposal.state == State.AGREED
    assert sign(account("Editors", "Cleo Dee"), proposal).status_code == 302
    send(editor_client, proposal, "publish", now="")
    assert proposal.state == State.LIVE


def test_signature_counts_only_under_the_words_that_were_signed(
    proposal, colleague, editor, settings
):
    settings.SIGN_OFFS = 1

    def is_asked_to_sign():
        return "I have read this and agree" in colleague.get(proposal.get_absolute_url()).text

    sign(colleague, proposal, words="0" * 64)
    assert not SignOff.objects.exists()
    assert is_asked_to_sign()
    sign(colleague, proposal)
    assert proposal.state == State.AGREED
    assert not is_asked_to_sign()

    write_on(proposal, editor)

    assert proposal.state == State.WRITING
    page = colleague.get(proposal.get_absolute_url())
    assert page.context["sign_offs"] == []
    assert "by 1 person" in page.context["missing"]
    make_ready(proposal)
    assert is_asked_to_sign()


def test_clinician_who_signed_is_named_and_the_next_review_counts_from_then(
    proposal, account, editor, editor_client, client
):
    clinician = account("Clinicians", profession="registered dietitian")
    day = date(2027, 3, 1)
    write_on(proposal, editor, review_due_on=day)
    make_ready(proposal)
    sign(clinician, proposal, "clinician")
    SignOff.objects.update(signed_at=datetime(2026, 3, 10, 12, tzinfo=UTC))
    send(editor_client, proposal, "publish", now="")

    row = Nutrient.objects.get(slug="magnesium")
    assert row.reviewed_by == "Carla Mendes, registered dietitian"
    assert set(Signature.objects.values_list("account", flat=True)) == {"carla"}
    assert "Carla Mendes" in client.get(MAGNESIUM).text
    assert (row.reviewed_on, row.review_due_on) == (date(2026, 3, 10), date(2027, 3, 10))
    assert Nutrient.objects.get(slug="iron").review_due_on == day


def make_link(client, proposal, **named):
    """Make a link, and return its path and its code."""
    *_, message = messages_of(send(client, proposal, "link", **named))
    code = re.search(r"telephone: (\d{8})", message)
    return re.search(r"/preview/[\w-]+/", message)[0], code and code[1]


def test_preview_link_shows_the_pages_without_an_account_and_takes_remarks(
    proposal, editor_client, client, monkeypatch
):
    path, _ = make_link(editor_client, proposal)

    overview = client.get(path)
    page = client.get(path, {"path": MAGNESIUM})

    assert f"<ins>{WORDS}</ins>" in page.text
    assert f"?path={MAGNESIUM}" in overview.text
    assert not overview.context["may_agree"]
    for answer in (overview, page):
        assert answer.headers["Cache-Control"] == "no-store"
        assert "noindex" in answer.headers["X-Robots-Tag"]
        assert '<meta name="robots" content="noindex">' in answer.text
        assert not answer.cookies
    assert path.split("/")[2] not in str(list(PreviewLink.objects.values()))
    assert client.get(path, {"path": "/about/"}).status_code == 404

    remark = {"remark": "yes", "name": "Rita", "text": "Say <b>why</b>."}
    sent = client.post(path, remark, follow=True)
    assert "Thank you" in sent.text
    assert "Thank you" not in client.post(sent.redirect_chain[0][0], remark | {"name": ""}).text
    full = OperationalError("database or disk is full")
    monkeypatch.setattr(Remark.objects, "create", Mock(side_effect=full))
    refused = client.post(path, remark).text
    assert "Say &lt;b&gt;why&lt;/b&gt;." in refused
    assert "We could not save your remark just now." in refused
    monkeypatch.setattr("nutrients.proposals.views.render_preview", Mock(side_effect=full))
    assert client.get(path, {"path": MAGNESIUM}).status_code == 503
    assert Remark.objects.count() == 1
    html = editor_client.get(proposal.get_absolute_url()).text
    assert "Say &lt;b&gt;why&lt;/b&gt;." in html
    assert "Rita" in html


def test_preview_link_ends_in_time_or_with_its_proposal(proposal, editor_client, client):
    path, _ = make_link(editor_client, proposal)
    PreviewLink.objects.update(expires_at=timezone.now() + timedelta(seconds=30))
    for state, status in ((State.DROPPED, 404), (State.READY, 200)):
        Proposal.objects.update(state=state)
        assert client.get(path).status_code == status
    send(editor_client, proposal, "revoke", link=PreviewLink.objects.get().pk)
    assert client.get(path).status_code == 404
    # What somebody wrote meanwhile is not lost.
    written = client.post(path, {"remark": "yes", "name": "Rita", "text": "Say why."})
    assert (written.status_code, "Say why." in written.text) == (404, True)
    assert WORDS not in written.text

    PreviewLink.objects.update(revoked_at=None, expires_at=timezone.now())
    assert client.get(path).status_code == 404
    assert client.get("/preview/guessed/").status_code == 404


def test_named_colleague_for_whom_an_administrator_vouches_agrees_once_by_the_code(
    proposal, account, editor_client, client, settings
):
    settings.SIGN_OFFS = 1
    assert send(editor_client, proposal, "link", **NAMED).status_code == 403
    assert not PreviewLink.objects.exists()
    administrator = account("Administrators", "Ada Lovell")
    guessed, right = make_link(administrator, proposal, **NAMED)
    path, code = make_link(administrator, proposal, **NAMED)
    words = client.get(path).context["digest"]

    for code_tried in (*["1"] * 5, right):
        client.post(guessed, {"digest": words, "code": code_tried})
    assert not SignOff.objects.exists()
    wrong = client.post(path, {"digest": words, "code": "1"})
    assert "not right" in wrong.text
    outdated = client.post(path, {"digest": "0" * 64, "code": code})
    assert "have changed" in outdated.text
    assert client.post(path, {"digest": words, "code": f"{code[:4]} {code[4:]}"}).status_code == 302
    again = client.post(path, {"digest": words, "code": code}, follow=True)
    assert ("Thank you" in again.text, again.context["may_agree"]) == (True, False)
    assert PreviewLink.objects.exclude(code="").count() == 1

    signed = SignOff.objects.get()
    assert (signed.name, signed.profession) == ("Rita Moss", "GP")
    assert signed.account == "by a link of ada"
    assert Proposal.objects.get().state == State.AGREED
