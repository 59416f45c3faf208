"""Each save keeps one revision, earlier versions come back whole, and nothing deleted is lost."""

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from model_bakery import baker
from reversion.models import Revision

from nutrients.content.versions import FIRST
from nutrients.models import (
    Article,
    ArticleSection,
    Association,
    FoodSource,
    Nutrient,
    NutrientAmount,
    RedFlagRule,
    Source,
    Symptom,
)
from tests import factories
from tests.admin.forms import GONE, Screen
from tests.revisions import address_of_version, versions_of


@pytest.fixture
def magnesium(content):
    return Nutrient.objects.get(slug="magnesium")


@pytest.fixture
def article(content):
    return Article.objects.get(slug="nutrients-and-muscle-jerking")


def address(row, page):
    return reverse(f"admin:nutrients_{row._meta.model_name}_{page}", args=[row.pk])


def delete(client, row):
    client.post(address(row, "delete"), {"post": "yes", **GONE})
    assert not type(row).objects.filter(pk=row.pk).exists()


def address_of_deleted(client, row):
    """Where the list of deleted rows leads for this one."""
    listed = client.get(reverse(f"admin:nutrients_{row._meta.model_name}_recoverlist"))
    (version,) = (one for one in listed.context["deleted"] if one.object_id == str(row.pk))
    link = reverse(f"admin:nutrients_{row._meta.model_name}_recover", args=[version.pk])
    assert f'<a href="{link}">{version}</a>' in listed.content.decode()
    return link


def kept(version, *names):
    return [version.field_dict[name] for name in names]


def keys(link):
    return set(link.values_list("pk", flat=True))


def test_save_is_one_revision_and_the_shipped_row_another_before_it(screen, magnesium, editor):
    before, shipped = keys(magnesium.sources), magnesium.tagline
    other = Source.objects.exclude(pk__in=before).exclude(kind="editorial").first()
    screen(magnesium).save(tagline="Calms muscle and nerve", sources=[other.pk])

    newest, first = versions_of(magnesium)
    assert kept(newest, "tagline", "sources") == ["Calms muscle and nerve", [other.pk]]
    assert (first.field_dict["tagline"], set(first.field_dict["sources"])) == (shipped, before)
    assert (newest.revision.user, first.revision.user) == (editor, None)
    assert first.revision.comment == FIRST
    assert Revision.objects.count() == 2


def test_saving_without_a_change_keeps_no_version_and_moves_no_date(screen, magnesium):
    assert screen(magnesium).save().status_code == 302
    changed_at = magnesium.changed_at
    magnesium.refresh_from_db()

    assert not Revision.objects.exists()
    assert magnesium.changed_at == changed_at


def test_save_moves_the_date_of_change_and_no_other(screen, magnesium):
    start = timezone.now()
    screen(magnesium).save(tagline="Calms muscle and nerve")
    now = Nutrient.objects.get(pk=magnesium.pk)

    assert now.changed_at >= start
    assert (now.publish_at, now.reviewed_on) == (magnesium.publish_at, magnesium.reviewed_on)


def test_refused_form_keeps_nothing(screen, magnesium):
    assert screen(magnesium).errors(name="", tagline="Other")

    assert not Revision.objects.exists()


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


@pytest.mark.parametrize("where", ["under its flag", "on its own screen"])
def test_rule_that_came_and_went_is_in_the_history_of_its_flag(
    screen, editor_client, content, where
):
    flag = RedFlagRule.objects.filter(red_flag__status="published").first().red_flag
    added = {"slug": "a-new-rule", "symptoms": [Symptom.objects.first().pk]}
    if where == "under its flag":
        form = screen(flag)
        number = int(form.data["rules-TOTAL_FORMS"])
        rules = {f"rules-{number}-{name}": value for name, value in added.items()}
        rules |= {f"rules-{number}-at_least": "1", "rules-TOTAL_FORMS": str(number + 1)}
        assert form.save(**rules).status_code == 302
        form = screen(flag)
        kept = RedFlagRule.objects.get(slug="a-new-rule")
        place = next(n for n in range(number + 1) if form.data[f"rules-{n}-id"] == str(kept.pk))
        assert form.save(**{f"rules-{place}-DELETE": "on"}).status_code == 302
    else:
        form = screen(RedFlagRule)
        form.data = {name: value for name, value in form.data.items() if value}
        assert form.save(red_flag=flag.pk, **added).status_code == 302
        delete(editor_client, RedFlagRule.objects.get(slug="a-new-rule"))

    page = editor_client.get(address(flag, "history")).content.decode()
    added, deleted = {
        "under its flag": (
            "Added red flag rule “a-new-rule”",
            "Deleted red flag rule “a-new-rule”",
        ),
        "on its own screen": ("Red flag rule “a-new-rule”: Added", "Deleted: red flag rule “a-new"),
    }[where]
    assert added in page
    assert deleted in page


def test_history_shows_who_changed_what_and_when(screen, magnesium, editor_client):
    shipped = magnesium.tagline
    screen(magnesium).save(tagline="Calms muscle and nerve", status="draft", **GONE)
    page = editor_client.get(address(magnesium, "history")).content.decode()

    assert f"</span>{shipped}</del>" in page
    assert "Calms muscle and nerve</ins>" in page
    assert "Draft, waiting for review</ins>" in page
    assert "Changed Tagline and Status." in page
    assert "<td>anna</td>" in page
    assert FIRST in page


def test_long_history_has_pages(magnesium, editor_client, monkeypatch, screen):
    monkeypatch.setattr("nutrients.admin.history.VERSIONS_A_PAGE", 2)
    for words in ("One", "Two", "Three"):
        screen(magnesium).save(tagline=words)

    first = editor_client.get(address(magnesium, "history")).content.decode()
    last = editor_client.get(address(magnesium, "history"), {"p": "2"}).content.decode()
    assert "4 versions" in first
    assert "Two</del>" in first
    assert "One</del>" in first
    assert "One</ins>" in last
    assert FIRST in last


def test_article_comes_back_with_its_sections_and_links_by_one_save(screen, article):
    titles = list(article.sections.values_list("title", "body"))
    links = keys(article.related_nutrients)
    screen(article).save(
        **{"sections-0-DELETE": "on", "sections-1-body": "A mistake.", "related_nutrients": []}
    )
    added = ArticleSection.objects.create(article=article, anchor="x", title="New", body="Words.")

    form = screen(article, address_of_version(versions_of(article)[-1]))
    assert "<li>New</li>" in form.response.content.decode()
    assert ArticleSection.objects.filter(pk=added.pk).exists()
    assert form.save().status_code == 302

    assert list(article.sections.values_list("title", "body")) == titles
    assert keys(article.related_nutrients) == links
    newest = versions_of(article)[0]
    assert newest.revision.comment.startswith("Brought back from ")
    assert newest.revision.user.username == "anna"
    assert versions_of(added)


def test_action_on_several_rows_is_one_revision_and_each_comes_back_alone(
    screen, editor_client, content
):
    one, other = Article.objects.order_by("pk")[:2]
    ticked = {"action": "back_to_draft", "_selected_action": [one.pk, other.pk], "reason": "Old."}
    editor_client.post(reverse("admin:nutrients_article_changelist"), ticked)

    (newest, first), (together, _) = versions_of(one), versions_of(other)
    assert newest.revision == together.revision
    assert newest.revision.comment == "Draft, waiting for review, from the list: Old."
    assert screen(one, address_of_version(first)).save().status_code == 302
    assert [row.status for row in Article.objects.order_by("pk")[:2]] == ["published", "draft"]


@pytest.mark.postgresql
def test_deleted_row_comes_back_with_its_links_and_all_that_went_with_it(magnesium, editor_client):
    names = ("sources", "articles", "interactions", "lowered_by")
    before = {name: keys(getattr(magnesium, name)) for name in names}
    below = {
        name: keys(getattr(magnesium, name)) for name in ("associations", "intakes", "amounts")
    }
    of_first = keys(magnesium.associations.first().sources)
    delete(editor_client, magnesium)
    assert not Association.objects.filter(pk__in=below["associations"]).exists()

    form = Screen(editor_client, None, address_of_deleted(editor_client, magnesium))
    assert not Nutrient.objects.filter(slug="magnesium").exists()
    assert form.save().status_code == 302

    again = Nutrient.objects.get(slug="magnesium")
    assert (again.pk, again.job) == (magnesium.pk, magnesium.job)
    assert {name: keys(getattr(again, name)) for name in names} == before
    assert {name: keys(getattr(again, name)) for name in below} == below
    assert keys(magnesium.associations.first().sources) == of_first
    article = again.articles.first()
    assert [one.revision.comment for one in versions_of(article)] == [
        versions_of(again)[0].revision.comment,
        "Deleted: nutrient “Magnesium”",
        "Before this was deleted: nutrient “Magnesium”",
    ]


def test_row_below_a_deleted_one_waits_for_its_parent(magnesium, editor_client):
    association = magnesium.associations.first()
    delete(editor_client, magnesium)

    answer = editor_client.get(address_of_deleted(editor_client, association), follow=True)

    assert "needs the nutrient “Magnesium”, which is deleted" in answer.content.decode()
    assert not Association.objects.filter(pk=association.pk).exists()


def test_row_whose_name_is_taken_by_now_says_so(content, editor_client, magnesium):
    source = baker.make(Source, slug="a-tale", title="A tale")
    delete(editor_client, source)
    where = address_of_deleted(editor_client, source)
    baker.make(Source, slug="a-tale", title="Another tale")

    answer = editor_client.get(where, follow=True)

    assert "another row has its name by now" in answer.content.decode()
    assert Source.objects.get(slug="a-tale").title == "Another tale"


def test_version_comes_back_without_links_to_what_is_deleted(screen, editor_client, magnesium):
    keep, gone = factories.source("kept"), factories.source("gone")
    screen(magnesium).save(sources=[keep.pk, gone.pk])
    earlier = versions_of(magnesium)[0]
    screen(magnesium).save(sources=[keep.pk])
    delete(editor_client, gone)

    assert screen(magnesium, address_of_version(earlier)).save(tagline="Back").status_code == 302
    connection.check_constraints()
    assert keys(magnesium.sources) == {keep.pk}


def test_rule_does_not_come_back_with_a_tick_fewer(screen, editor_client, content):
    rule = RedFlagRule.objects.filter(risk_factors=None, answers=None).first()
    sign = factories.symptom("glow", verification="two-pages")
    rule.symptoms.add(sign)
    screen(rule).save(symptoms=[one.pk for one in rule.symptoms.exclude(pk=sign.pk)])
    delete(editor_client, sign)

    wider = address_of_version(versions_of(rule)[-1])
    answer = editor_client.get(wider, follow=True)

    assert "needs the symptom “Glow”, which is deleted" in answer.content.decode()


def delete_amounts(client, number):
    """Delete as many amounts in a list; give the page of deleted ones and what it asked."""
    amounts = NutrientAmount.objects.values_list("pk", flat=True)[:number]
    client.post(
        reverse("admin:nutrients_nutrientamount_changelist"),
        {"action": "delete_selected", "_selected_action": list(amounts), "post": "yes"},
    )
    with CaptureQueriesContext(connection) as asked:
        page = client.get(reverse("admin:nutrients_nutrientamount_recoverlist"))
    return page, len(asked)


def test_list_of_deleted_rows_costs_the_same_for_many(editor_client, content):
    few, asked_for_few = delete_amounts(editor_client, 2)
    many, asked_for_many = delete_amounts(editor_client, 30)

    assert (len(few.context["deleted"]), len(many.context["deleted"])) == (2, 32)
    assert many.content.decode().count("<td>anna</td>") == 32
    assert asked_for_many == asked_for_few


@pytest.fixture
def iron(no_content, admin_client):
    """Iron, with an earlier version that calls it dull."""
    row = factories.nutrient("iron", verification="two-pages", tagline="Dull")
    row.sources.add(factories.source())
    Screen(admin_client, row).save(tagline="Bright")
    return Nutrient.objects.get()


@pytest.fixture
def first(iron):
    return address_of_version(versions_of(iron)[-1])


@pytest.fixture
def typed(first, admin_client):
    """What the form of the earlier version sends."""
    return Screen(admin_client, None, first).data


@pytest.fixture
def account():
    """Gives a client of a staff account with these permissions alone."""

    def with_permissions(*names):
        user = User.objects.create_user("-".join(names), is_staff=True)
        codes = [f"{name}_nutrient" for name in names]
        user.user_permissions.set(Permission.objects.filter(codename__in=codes))
        client = Client()
        client.force_login(user)
        return client

    return with_permissions


def test_account_that_may_only_view_sees_a_version_and_saves_nothing(account, first, typed):
    client, revisions = account("view"), Revision.objects.count()

    page = client.get(first)
    assert "Dull" in page.content.decode()
    assert 'name="_save"' not in page.content.decode()
    assert client.post(first, typed).status_code == 403
    assert Nutrient.objects.get().tagline == "Bright"
    assert Revision.objects.count() == revisions


def test_account_that_may_change_brings_a_version_back(account, first, typed):
    assert account("view", "change").post(first, typed).status_code == 302
    assert Nutrient.objects.get().tagline == "Dull"


@pytest.mark.parametrize(
    ("permissions", "is_back"),
    [(["view", "change"], False), (["view", "add"], False), (["view", "change", "add"], True)],
)
def test_deleted_row_comes_back_by_who_may_add_one(account, first, typed, permissions, is_back):
    Nutrient.objects.all().delete()

    answer = account(*permissions).post(first, typed)
    assert answer.status_code == (302 if is_back else 403)
    assert Nutrient.objects.exists() is is_back


def test_rows_under_it_come_back_by_who_may_change_them(account, admin_client, iron):
    sign = factories.association(iron, factories.symptom("cramps"), verification="two-pages")
    sign.sources.add(Source.objects.get())
    Screen(admin_client, iron).save(**{"associations-0-note": "Words."})
    Association.objects.update(note="A mistake.", changed_at=timezone.now())
    version = address_of_version(versions_of(iron)[0])
    typed = Screen(admin_client, None, version).data

    assert account("view", "change").post(version, typed).status_code == 403
    assert Association.objects.get().note == "A mistake."


def test_version_of_another_table_or_row_is_not_found(admin_client, iron):
    source = Source.objects.get()
    Screen(admin_client, source).save(title="Other")
    number = versions_of(source)[0].pk

    for page, args in (("revision", [iron.pk, number]), ("recover", [number])):
        assert (
            admin_client.get(reverse(f"admin:nutrients_nutrient_{page}", args=args)).status_code
            == 404
        )
    other = factories.nutrient("zinc")
    own = versions_of(iron)[0].pk
    wrong = reverse("admin:nutrients_nutrient_revision", args=[other.pk, own])
    assert admin_client.get(wrong).status_code == 404


@pytest.mark.postgresql
def test_nutrient_with_the_amounts_of_a_whole_food_table_comes_back(admin_client, iron):
    source = Source.objects.get()
    food = factories.food("lentils", iron, 3, verification="two-pages")
    NutrientAmount.objects.update(source=source)
    foods = [
        FoodSource(name=f"Food {n}", slug=f"food-{n}", group=food.group, is_food=False)
        for n in range(1100)
    ]
    amounts = [
        NutrientAmount(food=one, nutrient=iron, source=source, per_100g=1)
        for one in FoodSource.objects.bulk_create(foods)
    ]
    NutrientAmount.objects.bulk_create(amounts)
    delete(admin_client, iron)
    assert not NutrientAmount.objects.exists()

    form = Screen(admin_client, None, address_of_deleted(admin_client, iron))
    assert form.save().status_code == 302
    assert NutrientAmount.objects.filter(nutrient=iron).count() == 1101


@pytest.mark.postgresql
def test_second_of_two_editors_is_told_and_nothing_is_lost(screen, magnesium):
    first, second = screen(magnesium), screen(magnesium)
    first.save(tagline="Calms muscle and nerve")

    page = second.save(job="Helps muscles let go.")

    magnesium.refresh_from_db()
    assert magnesium.tagline == "Calms muscle and nerve"
    assert "Saved since you opened this form" in page.content.decode()
    (told,) = page.context["newer"]
    assert [change.new for change in told[1]] == ["Calms muscle and nerve"]
    form = page.context["adminform"].form
    assert form["job"].value() == "Helps muscles let go."
    assert form["tagline"].value() == "Calms muscle and nerve"

    answer = second.save(
        job=form["job"].value(),
        tagline=form["tagline"].value(),
        opened_version=page.context["latest"],
    )

    assert answer.status_code == 302
    magnesium.refresh_from_db()
    assert magnesium.job == "Helps muscles let go."
    assert magnesium.tagline == "Calms muscle and nerve"


def test_second_editor_keeps_own_words_and_gets_every_kind_of_field_of_the_first(screen, magnesium):
    first, second = screen(magnesium), screen(magnesium)
    sources = [str(pk) for pk in magnesium.sources.order_by("pk").values_list("pk", flat=True)[:2]]
    taken = {"tagline": "Calms muscle and nerve", "sources": sources, "position": "77"}
    moment = {"publish_at_0": "2026-11-01", "publish_at_1": "08:30:00"}
    first.save(**taken, **moment, how_common="common")

    page = second.save(tagline="Keeps nerves steady")

    form = page.context["adminform"].form
    assert form["tagline"].value() == "Keeps nerves steady"
    assert [str(pk) for pk in form["sources"].value()] == sources
    assert form["position"].value() == "77"
    assert form["publish_at"].value() == ["01/11/2026", "08:30:00"]


def test_row_of_an_inline_that_was_saved_on_its_own_screen_is_told(screen, magnesium):
    link = magnesium.associations.first()
    below = screen(magnesium)
    screen(link).save(note="Seen in people who are very short of it.")

    page = below.save(tagline="Calms muscle and nerve")

    assert page.status_code == 200
    assert [version.object_id for version, _ in page.context["newer"]] == [str(link.pk)]
    rows = [form for inline in page.context["inline_admin_formsets"] for form in inline.formset]
    (row,) = (form for form in rows if form.instance == link)
    assert row["note"].value() == "Seen in people who are very short of it."


def test_form_that_was_opened_after_the_last_save_is_saved(screen, magnesium):
    screen(magnesium).save(tagline="Calms muscle and nerve")

    assert screen(magnesium).save(tagline="Calms nerve and muscle").status_code == 302


def test_save_of_a_neighbour_that_shares_a_link_is_no_conflict(screen, magnesium):
    opened = screen(magnesium)
    screen(magnesium.associations.first().symptom).save(clinical_term="another term")

    assert opened.save(tagline="Calms nerve and muscle").status_code == 302


LONG = "Magnesium steadies the muscles and the nerves that move them, in the heart and elsewhere."


def test_any_two_versions_are_compared_with_their_words_marked(screen, magnesium, editor_client):
    screen(magnesium).save(job=LONG)
    screen(magnesium).save(job=LONG.replace("steadies", "calms"), tagline="Other")
    screen(magnesium).save(symbol="Mx")
    newest, _, long, _ = versions_of(magnesium)

    page = editor_client.get(address(magnesium, "history"), {"one": newest.pk, "other": long.pk})

    changes = {change.field: change for change, _ in page.context["differences"]}
    assert set(changes) == {"Job", "Tagline", "Symbol"}
    marked = [part for part in changes["Job"].parts if part[0]]
    assert marked == [("del", "steadies "), ("ins", "calms ")]
    assert "Gone: </span>steadies </del>" in page.content.decode()


def test_one_field_comes_back_alone(screen, magnesium, editor_client):
    screen(magnesium).save(job=LONG, tagline="One")
    screen(magnesium).save(job="Other words.", tagline="Two")
    newest, long, _ = versions_of(magnesium)
    page = editor_client.get(address(magnesium, "history"), {"one": newest.pk, "other": long.pk})
    back = f"{address(magnesium, 'change')}?back={long.pk}&field=job"
    assert back.replace("&", "&amp;") in page.content.decode()

    assert screen(magnesium, back).save().status_code == 302

    magnesium.refresh_from_db()
    assert (magnesium.job, magnesium.tagline) == (LONG, "Two")


def test_sources_of_an_earlier_version_come_back_alone(screen, magnesium):
    before = keys(magnesium.sources)
    screen(magnesium).save(sources=[magnesium.sources.first().pk])
    first = versions_of(magnesium)[-1]

    back = f"{address(magnesium, 'change')}?back={first.pk}&field=sources"
    assert screen(magnesium, back).save().status_code == 302

    assert keys(magnesium.sources) == before


@pytest.mark.parametrize("query", ["back=1&field=job", "back=x&field=job", "back=9&field=pk"])
def test_field_of_what_is_no_version_of_the_row_is_left_out(editor_client, magnesium, query):
    page = editor_client.get(f"{address(magnesium, 'change')}?{query}")

    assert page.context["adminform"].form["job"].value() == magnesium.job
