"""Signatures of clinicians, the review desk, and the first page of the admin."""

import re
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from nutrients.admin import screens
from nutrients.admin.reviewing import next_review
from nutrients.content.tables import reviewed_models
from nutrients.models import Association, FoodSource, Proposal, RedFlag, ShippedRow, Source
from tests import factories
from tests.admin.forms import GONE, Screen, address_of, delete, send
from tests.revisions import versions_of
from tests.site.pages import text_of

NAME = "Ada Example, dietitian"
DESK = reverse("admin:review_desk")


@pytest.fixture
def clinician(account):
    """Return the client of an editor who signs reviews."""
    return account("Editors", "Ada Example", "dietitian")


def sign(client, row):
    address = address_of(row, "sign")
    return client.post(address, {"words": client.get(address).context["digest"]})


def reviewer(row):
    row.refresh_from_db()
    return row.reviewed_by


def test_signature_shows_only_while_the_words_are_those_signed(
    clinician, screen, client, magnesium, article
):
    shipped = magnesium.job
    assert sign(clinician, magnesium).status_code == 302
    page = client.get(magnesium.get_absolute_url())
    assert f"Reviewed by {NAME}" in text_of(page, "main")
    assert f'"name": "{NAME}"' in page.text
    assert versions_of(magnesium)[0].revision.user.username == "ada"

    screen(magnesium).save(job="Other words.")
    page = client.get(magnesium.get_absolute_url())
    assert "Ada Example" not in page.text
    assert not reviewer(magnesium)

    # The status and the dates are no words.
    screen(magnesium).save(job=shipped, status="draft", review_due_on="2027-05-01", **GONE)
    assert reviewer(magnesium) == NAME

    # Its shipped texts are those that the form sends back.
    sign(clinician, article)
    screen(article).save(review_due_on="2027-05-01")
    assert reviewer(article) == NAME
    screen(article.sections.first()).save(body="Quite other words.")
    assert not reviewer(article)


def test_reviewer_is_not_typed_and_signs_words_of_others_that_are_not_outdated(
    clinician, screen, editor_client, magnesium, article, monkeypatch
):
    form, address = screen(magnesium), address_of(magnesium, "sign")
    assert "reviewed_by" not in form.data

    form.save(reviewed_by="Dr Anybody", reviewed_on="2026-11-01", tagline="Calms nerve")

    assert editor_client.post(address, {"words": "x"}).status_code == 403
    monkeypatch.setattr(screens, "lock_content", lambda: Source.objects.update(title="Other"))
    assert "read them again" in sign(clinician, magnesium).text
    Screen(clinician, magnesium).save(job="Words of the clinician.")
    Screen(clinician, article).save(summary="Words of the clinician.", _propose="yes")
    over = f"{address_of(article)}?proposal={Proposal.objects.get().pk}"
    Screen(editor_client, article, over).save(summary="Words of both.", _propose="yes")
    send(editor_client, Proposal.objects.get(), "publish", now="")
    for row in (magnesium, article):
        assert "somebody else signs it" in sign(clinician, row).text
        assert not reviewer(row)


def ticked(*rows):
    return [f"{row._meta.model_name}-{row.pk}-{row.changed_at.timestamp()}" for row in rows]


def test_desk_lists_every_table_by_day_and_narrows(editor_client, content):
    day = timezone.localdate() - timedelta(days=1)
    flag, food = RedFlag.objects.first(), FoodSource.objects.filter(status="published").first()
    for row in (flag, food):
        type(row).objects.filter(pk=row.pk).update(review_due_on=day)

    page = editor_client.get(DESK, {"due": "overdue"})
    assert {line["row"] for line in page.context["rows"]} == {flag, food}
    assert "Overdue since" in page.text
    page = editor_client.get(DESK, {"table": "redflag", "due": "overdue"})
    assert [line["row"] for line in page.context["rows"]] == [flag]


def test_agreeing_to_rows_sets_the_next_review_by_risk_and_no_date_of_change(
    editor_client, content
):
    rows = [RedFlag.objects.first(), Association.objects.first(), FoodSource.objects.first()]
    changed = [row.changed_at for row in rows]

    editor_client.post(DESK, {"row": ticked(*rows), "wish": "agreed"})

    today = timezone.localdate()
    for row in rows:
        row.refresh_from_db()
        assert row.review_due_on == next_review(type(row), on=today)
        assert versions_of(row)[0].revision.comment == "Reviewed, no change"
    flag, link, food = (row.review_due_on for row in rows)
    assert flag < link < food
    assert [row.changed_at for row in rows] == changed
    assert not any(row.reviewed_by for row in rows)


def test_clinician_signs_at_the_desk_and_without_edit_rights_sets_no_date(
    clinician, account, content
):
    outdated = ticked(row := Association.objects.all()[0])
    Screen(clinician, row).save(note="Words of the clinician.")
    rows = list(Association.objects.all()[:4])
    clinician.post(DESK, {"row": ticked(*rows[:3]), "wish": "agreed"})
    assert [reviewer(row) for row in rows] == ["", NAME, NAME, ""]

    other, last = account("Clinicians", "Ben Ode", "GP"), rows[3]
    page = other.get(DESK)
    assert len(page.context["rows"]) == 100
    assert "Set this date" not in page.text
    sent = {"row": ticked(last), "wish": "date", "review_due_on": factories.LATER}
    assert "Tick at least one row." in other.post(DESK, sent, follow=True).text
    other.post(DESK, {"row": outdated + ticked(last), "wish": "agreed"})
    assert [reviewer(row) for row in (rows[0], last)] == ["", "Ben Ode, GP"]
    assert str(last.review_due_on) != factories.LATER
    assert not account("Writers").get(DESK).context["rows"]


def test_due_dates_are_set_or_spread_for_many(editor_client, content):
    rows = list(Association.objects.all()[:4])

    def send(**sent):
        return editor_client.post(DESK, {"row": ticked(*rows)} | sent)

    def days():
        saved = Association.objects.filter(pk__in=[row.pk for row in rows])
        return sorted(map(str, saved.values_list("review_due_on", flat=True)))

    send(wish="date", review_due_on=factories.LATER)
    assert set(days()) == {factories.LATER}
    send(wish="spread")
    assert len(set(days())) == 4
    assert days()[-1] == str(next_review(Association, on=timezone.localdate()))

    for wrong in ("1900-01-01", "9999-12-31", "soon"):
        value = editor_client.get(DESK).context["rows"][1]["value"]
        page = send(row=value, wish="date", review_due_on=wrong)
        assert page.context["form"].errors
        assert f'value="{value}" checked' in page.text
        assert page.text.count(" checked>") == 1


def test_home_lists_what_there_is_to_do_and_finds_words(editor_client, screen, magnesium):
    screen(magnesium).save(tagline="Calms nerve", status="draft", **GONE)
    RedFlag.objects.filter(pk=RedFlag.objects.first().pk).update(review_due_on=date(2026, 1, 1))
    food = FoodSource.objects.filter(status="published").first()
    FoodSource.objects.filter(pk=food.pk).update(publish_at=timezone.now() + timedelta(days=3))
    screen(magnesium).save(job="Other words.", _propose="yes")
    who = dict.fromkeys(("author", "owner"), Proposal.objects.get().owner)
    Proposal.objects.bulk_create(Proposal(title="x", state="agreed", **who) for _ in range(21))

    text = text_of(editor_client.get(reverse("admin:index"))).replace(" :", ":")

    lines = ("Overdue for review: 1", "Drafts, nutrients: 1", "anna: Changed Tagline", str(food))
    lines += ("Yours, being written", "Open proposals")
    assert [line for line in lines if line not in text] == []
    page = editor_client.get(reverse("admin:index"), {"q": "magnesium"})
    kinds = [kind for kind, *_ in page.context["results"]]
    assert {"nutrients", "associations", "article sections", "sources"} <= set(kinds)


def test_saves_on_the_home_page_link_to_the_history_of_the_top_row(
    editor_client, account, screen, magnesium, article
):
    detail, source = magnesium.details.first(), factories.source("a-tale")
    screen(article.sections.first()).save(title="A part")
    screen(magnesium).save(**{"details-0-body": f"{detail.body} Other words."})
    association = magnesium.associations.first()
    screen(association).save(note="Other words.")
    delete(editor_client, source)

    saves = editor_client.get(reverse("admin:index")).context["saves"]
    assert [save[1:] for save in saves] == [
        (str(source), address_of(Source, "recoverlist")),
        (str(association), address_of(association, "history")),
        ("Magnesium", address_of(magnesium, "history")),
        (str(article), address_of(article, "history")),
    ]
    # Writers cannot restore a row.
    saves = account("Writers").get(reverse("admin:index")).context["saves"]
    assert saves[0][1:] == (str(source), "")


def test_guide_has_headings_for_its_links(editor_client):
    page = editor_client.get(reverse("admin:guide")).text

    assert "How to write" in page
    assert "<table>" in page
    headings = re.findall(r'<h\d id="([^"]+)"', page)
    assert len(set(headings)) == len(headings)
    links = re.findall(r'href="#([^"]+)"', page.split('class="guide"')[1])
    assert len(links) > 10
    assert set(links) <= set(headings)


def test_shipped_rows_fall_due_by_risk_and_not_all_on_one_day(content):
    for model in reviewed_models():
        shipped = ShippedRow.objects.filter(model=model._meta.label_lower)
        days = sorted(date.fromisoformat(row.fields["review_due_on"]) for row in shipped)
        usual = next_review(model, on=date(2026, 11, 29))
        # The day on which most fall due has few of them.
        assert max(map(days.count, days)) <= max(3, len(days) / 5), model
        assert days[len(days) // 2] <= usual, model
