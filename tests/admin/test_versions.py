"""Each save makes one revision, and dates the pages that show the row; versions can be restored."""

import re
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.utils import timezone
from reversion.models import Revision

from nutrients.content.versions import FIRST
from nutrients.models import (
    Article,
    ArticleSection,
    Association,
    FoodSource,
    Interaction,
    Nutrient,
    NutrientAmount,
    RedFlagRule,
    Source,
    Symptom,
)
from tests import factories
from tests.admin.forms import GONE, Screen, act, address_of, delete
from tests.revisions import address_of_version, versions_of


def address_of_deleted(client, row):
    """Return the link of a row in the list of deleted rows."""
    page = client.get(address_of(type(row), "recoverlist"))
    (version,) = (each for each in page.context["deleted"] if each.object_id == str(row.pk))
    link = address_of(type(row), "recover", version.pk)
    assert f'<a href="{link}">{version}</a>' in page.text
    return link


def keys(link):
    return set(link.values_list("pk", flat=True))


def test_first_save_makes_a_revision_after_one_of_the_shipped_row(screen, magnesium, editor):
    before, start = keys(magnesium.sources), timezone.now()
    other = Source.objects.exclude(pk__in=before).exclude(kind="editorial").first()
    screen(magnesium).save(tagline="Calms muscle and nerve", sources=[other.pk])

    newest, first = versions_of(magnesium)
    assert newest.field_dict["tagline"] == "Calms muscle and nerve"
    assert newest.field_dict["sources"] == [other.pk]
    assert first.field_dict["tagline"] == magnesium.tagline
    assert set(first.field_dict["sources"]) == before
    assert (newest.revision.user, first.revision.user) == (editor, None)
    assert first.revision.comment == FIRST
    assert Revision.objects.count() == 2
    now = Nutrient.objects.get(pk=magnesium.pk)
    assert now.changed_at >= start
    assert (now.publish_at, now.reviewed_on) == (magnesium.publish_at, magnesium.reviewed_on)


@pytest.mark.parametrize("alone", [False, True], ids=["in the article's form", "on its own screen"])
def test_edit_of_a_section_is_in_the_history_of_its_article(screen, article, alone):
    section, start = article.sections.first(), timezone.now()
    form = screen(section if alone else article)
    form.save(**{"body" if alone else "sections-0-body": "Quite new words."})

    for row in (section, article):
        newest, first = versions_of(row)
        assert newest.revision_id > first.revision_id
        assert newest.revision.version_set.count() == 1 + article.sections.count()
    assert Article.objects.get(pk=article.pk).changed_at >= start


def dates(row, owners):
    """Return when each of a row's owners was changed."""
    rows = [getattr(row, name) for name in owners]
    return [type(row).objects.get(pk=row.pk).changed_at for row in rows]


def test_only_a_real_change_moves_the_date_that_readers_see(screen, client):
    amount, owners = NutrientAmount.objects.first(), ("food", "nutrient")
    before = dates(amount, owners)
    assert screen(amount).save().status_code == 302
    assert dates(amount, owners) == before

    start = timezone.now()
    screen(amount).save(per_100g="12.5")

    assert min(dates(amount, owners)) > start
    today = timezone.localdate().isoformat()
    assert f'"dateModified": "{today}"' in client.get(amount.food.get_absolute_url()).text


def test_deletion_dates_the_pages_that_showed_the_row(editor_client, content):
    copper = Nutrient.objects.get(slug="copper")
    along = list(copper.amounts.all())
    rows, start = list(NutrientAmount.objects.exclude(nutrient=copper)[:20]), timezone.now()

    act(editor_client, "delete_selected", *rows, post="yes")
    assert min(date for row in rows for date in dates(row, ("food", "nutrient"))) > start
    start = timezone.now()
    delete(editor_client, copper)

    assert not Nutrient.objects.filter(slug="copper").exists()
    assert min(date for row in along for date in dates(row, ("food",))) > start
    assert Interaction.objects.filter(changed_at__lt=start).exists()


def test_rule_added_and_deleted_is_in_the_history_of_its_flag(screen, editor_client, content):
    flag = RedFlagRule.objects.filter(red_flag__status="published").first().red_flag
    form, symptom = screen(RedFlagRule), Symptom.objects.first()
    form.data = {name: value for name, value in form.data.items() if value}

    form.save(red_flag=flag.pk, slug="a-new-rule", symptoms=[symptom.pk])
    delete(editor_client, RedFlagRule.objects.get(slug="a-new-rule"))

    page = editor_client.get(address_of(flag, "history")).text
    assert "Red flag rule “a-new-rule”: Added" in page
    assert "Deleted: red flag rule “a-new-rule”" in page


def test_history_shows_page_by_page_who_changed_what_and_when(
    screen, magnesium, editor_client, monkeypatch
):
    monkeypatch.setattr("nutrients.admin.history.VERSIONS_A_PAGE", 2)
    shipped = magnesium.tagline
    screen(magnesium).save(tagline="One")
    screen(magnesium).save(tagline="Two", status="draft", **GONE)
    # Two versions of one minute
    times = ("12:00:40", "12:00:05", "11:59:58")
    for version, time in zip(versions_of(magnesium), times, strict=True):
        moment = f"2026-11-01T{time}Z"
        Revision.objects.filter(pk=version.revision_id).update(date_created=moment)
    address = address_of(magnesium, "history")

    first = editor_client.get(address).text
    for words in (
        *("3 versions", "One</del>", "Two</ins>", "Draft, waiting for review</ins>"),
        *("Changed Tagline and Status.", "<td>anna</td>", f"</span>{shipped}</del>"),
        *(f">1 November 2026, {time} UTC</a>" for time in times[:2]),
    ):
        assert words in first
    assert FIRST not in first
    second = editor_client.get(address, {"p": "2"}).text
    assert FIRST in second
    assert ">1 November 2026, 11:59:58 UTC</a>" in second


def test_article_comes_back_with_its_sections_and_links_by_one_save(screen, editor_client, article):
    titles = list(article.sections.values_list("title", "body"))
    links, gone = keys(article.related_nutrients), factories.nutrient("boron")
    article.related_nutrients.add(gone)
    screen(article).save(
        **{"sections-0-DELETE": "on", "sections-1-body": "A mistake.", "related_nutrients": []}
    )
    added = ArticleSection.objects.create(article=article, anchor="x", title="New", body="Words.")
    delete(editor_client, gone)

    form = screen(article, address_of_version(versions_of(article)[-1]))
    assert "<li>New</li>" in form.html
    assert ArticleSection.objects.filter(pk=added.pk).exists()
    assert form.save().status_code == 302

    assert list(article.sections.values_list("title", "body")) == titles
    connection.check_constraints()
    assert keys(article.related_nutrients) == links
    newest = versions_of(article)[0]
    assert newest.revision.comment.startswith("Brought back from ")
    assert newest.revision.user.username == "anna"
    assert versions_of(added)


@pytest.mark.postgresql
def test_deleted_row_comes_back_with_all_that_went_with_it(content, editor_client):
    copper = Nutrient.objects.get(slug="copper")
    # As many amounts as a whole food table has
    amount = copper.amounts.first()
    foods = [
        FoodSource(name=f"Food {n}", slug=f"food-{n}", group=amount.food.group, is_food=False)
        for n in range(1100)
    ]
    NutrientAmount.objects.bulk_create(
        NutrientAmount(food=food, nutrient=copper, source=amount.source, per_100g=1)
        for food in FoodSource.objects.bulk_create(foods)
    )
    names = ("associations", "intakes", "amounts", "sources", "interactions")
    before = {name: keys(getattr(copper, name)) for name in names}
    first = copper.associations.first()
    of_first = keys(first.sources)
    delete(editor_client, copper)
    # A row below it waits for it.
    waits = editor_client.get(address_of_deleted(editor_client, first), follow=True)
    assert "needs the nutrient “Copper”, which is deleted" in waits.text
    assert not Association.objects.filter(pk__in=before["associations"]).exists()

    form = Screen(editor_client, None, address_of_deleted(editor_client, copper))
    assert not Nutrient.objects.filter(slug="copper").exists()
    assert form.save().status_code == 302

    again = Nutrient.objects.get(slug="copper")
    assert (again.pk, again.job) == (copper.pk, copper.job)
    assert {name: keys(getattr(again, name)) for name in names} == before
    assert keys(copper.associations.first().sources) == of_first


def test_row_whose_name_is_taken_and_rule_without_a_tick_do_not_come_back(
    screen, editor_client, content
):
    source = factories.source("a-tale")
    delete(editor_client, source)
    taken = address_of_deleted(editor_client, source)
    factories.source("a-tale")
    rule = RedFlagRule.objects.filter(risk_factors=None, answers=None).first()
    sign = factories.symptom("glow", verification="two-pages")
    rule.symptoms.add(sign)
    screen(rule).save(symptoms=[*keys(rule.symptoms.exclude(pk=sign.pk))])
    delete(editor_client, sign)
    wider = address_of_version(versions_of(rule)[-1])

    for address, words in (
        (taken, "another row has its name by now"),
        (wider, "needs the symptom “Glow”, which is deleted"),
    ):
        assert words in editor_client.get(address, follow=True).text


def test_writer_sees_earlier_versions_and_restores_neither_them_nor_deleted_rows(
    account, screen, editor_client, magnesium
):
    screen(magnesium).save(tagline="Calms muscle and nerve")
    earlier, source = address_of_version(versions_of(magnesium)[-1]), factories.source("gone")
    typed = screen(magnesium, earlier).data
    delete(editor_client, source)
    writer, revisions = account("Writers"), Revision.objects.count()

    page = writer.get(earlier).text
    assert magnesium.tagline in page
    assert "Save it" not in page
    assert 'name="_save"' not in page
    assert writer.post(earlier, typed).status_code == 403
    assert Nutrient.objects.get(pk=magnesium.pk).tagline == "Calms muscle and nerve"
    deleted = address_of_deleted(editor_client, source)
    assert writer.get(deleted).status_code == 403
    assert writer.post(deleted, {"title": "Gone"}).status_code == 403
    assert Revision.objects.count() == revisions


@pytest.mark.postgresql
def test_second_of_two_editors_is_warned_and_nothing_is_lost(screen, magnesium):
    first, second = screen(magnesium), screen(magnesium)
    sources = [str(pk) for pk in magnesium.sources.order_by("pk").values_list("pk", flat=True)[:2]]
    moment = {"publish_at_0": "2026-11-01", "publish_at_1": "08:30:00"}
    taken = {"tagline": "Calms muscle and nerve", "sources": sources, "position": "77"}
    first.save(**taken, **moment, how_common="common", symbol="Mx")
    link = magnesium.associations.first()
    screen(link).save(note="Seen in people who are very short of it.")

    page = second.save(job="Helps muscles let go.", symbol="Mg2")

    magnesium.refresh_from_db()
    assert magnesium.tagline == "Calms muscle and nerve"
    assert "Saved since you opened this form" in page.text
    (below, _), (_, changes) = page.context["newer"]
    assert below.object_id == str(link.pk)
    assert "Calms muscle and nerve" in [change.new for change in changes]
    # What the second typed, and what the first saved in every kind of field.
    form = page.context["adminform"].form
    assert [form[name].value() for name in ("job", "symbol")] == ["Helps muscles let go.", "Mg2"]
    assert form["tagline"].value() == "Calms muscle and nerve"
    assert [str(pk) for pk in form["sources"].value()] == sources
    assert form["position"].value() == 77
    assert form["publish_at"].value() == datetime(2026, 11, 1, 8, 30, tzinfo=UTC)
    assert "01/11/2026" in str(form["publish_at"])
    rows = [form for inline in page.context["inline_admin_formsets"] for form in inline.formset]
    (row,) = (form for form in rows if form.instance == link)
    assert row["note"].value() == "Seen in people who are very short of it."

    again = {"job": form["job"].value(), "tagline": form["tagline"].value()}
    assert second.save(**again, opened_version=page.context["latest"]).status_code == 302
    third, day = screen(magnesium), {"publish_at_0": "2026-11-02"}
    page = third.save(**day, review_due_on="soon").text
    hidden = dict(re.findall(r'name="(initial-publish_at_\d)" value="(.*?)"', page))
    assert third.save(**day, **hidden).status_code == 302
    magnesium.refresh_from_db()
    assert (magnesium.job, magnesium.tagline) == ("Helps muscles let go.", "Calms muscle and nerve")
    assert magnesium.publish_at.day == 2


LONG = "Magnesium steadies the muscles and the nerves that move them, in the heart and elsewhere."


def test_any_two_versions_are_compared_and_one_field_comes_back_alone(
    screen, magnesium, editor_client
):
    sources = keys(magnesium.sources)
    screen(magnesium).save(job=LONG, sources=[magnesium.sources.first().pk])
    screen(magnesium).save(job=LONG.replace("steadies", "calms"), tagline="Other")
    screen(magnesium).save(symbol="Mx")
    newest, _, long, first = versions_of(magnesium)

    two = {"from": newest.pk, "to": long.pk}
    page = editor_client.get(address_of(magnesium, "history"), two)
    changes = {change.label: change for change in page.context["differences"]}
    assert set(changes) == {"Job", "Tagline", "Symbol"}
    marked = [part for part in changes["Job"].parts if part[0]]
    assert marked == [("del", "steadies "), ("ins", "calms ")]
    assert "Gone: </span>steadies </del>" in page.text
    assert "reviewed_by" in page.context["fixed"]

    back = f"{address_of(magnesium)}?back={long.pk}&field=job"
    assert back.replace("&", "&amp;") in page.text
    assert screen(magnesium, back).save().status_code == 302
    back = f"{address_of(magnesium)}?back={first.pk}&field=sources"
    assert screen(magnesium, back).save().status_code == 302
    magnesium.refresh_from_db()
    assert (magnesium.job, magnesium.tagline, magnesium.symbol) == (LONG, "Other", "Mx")
    assert keys(magnesium.sources) == sources


def test_editor_is_warned_of_a_deleted_section_unless_both_delete_it(screen, article):
    # Neither an earlier save nor one of a linked row is a conflict.
    screen(article).save(title="A title")
    deleted, stays = article.sections.order_by("position")[:2]
    first, second = screen(article), screen(article)
    screen(article.related_symptoms.first()).save(clinical_term="another term")
    assert first.data["sections-0-id"] == str(deleted.pk)
    assert first.save(**{"sections-0-DELETE": "on"}).status_code == 302

    page = second.save(**{"sections-1-body": "Typed in vain."}).text

    assert "Not saved, because somebody deleted a row" in page
    assert "Typed in vain." in page
    stays.refresh_from_db()
    assert stays.body != "Typed in vain."
    assert second.save(**{"sections-0-DELETE": "on"}).status_code == 302
    assert not article.sections.filter(pk=deleted.pk).exists()


def test_text_typed_over_a_row_that_was_deleted_meanwhile_is_shown(screen, editor_client, content):
    association = Association.objects.first()
    screen(association).save(note="Other words.")
    form = screen(association)
    earlier = screen(association, address_of_version(versions_of(association)[-1]))
    delete(editor_client, association)
    delete(editor_client, association.nutrient)

    for screen_of_row, words in (
        (form, "Not saved, because somebody deleted this"),
        (earlier, "which is deleted: bring that back first"),
    ):
        page = screen_of_row.save(note="Typed in vain.").text
        assert words in page
        assert "Typed in vain." in page
