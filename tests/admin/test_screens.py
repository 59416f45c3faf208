"""Every list and form opens to those who may use it, in consistent words, at a constant cost."""

import re

import pytest
import reversion
from django.contrib import admin
from django.contrib.auth.models import Group, Permission, User
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags
from model_bakery import baker

from nutrients.admin.content_forms import bind_form
from nutrients.content.tables import content_models
from nutrients.models import (
    Article,
    ArticleSection,
    Nutrient,
    Problem,
    Proposal,
    RedFlag,
    RedFlagRule,
    Redirect,
    ShippedChange,
    Source,
    Symptom,
)
from nutrients.proposals.rows import add_row, begin_proposal
from nutrisite.accounts.models import AccountEvent
from tests import factories
from tests.admin.forms import address_of, count_queries

NO_CONTENT = (Problem, Proposal, Redirect, ShippedChange)
CONTENT = [*filter(admin.site.is_registered, content_models())]
OTHER_WORDS = re.compile(
    r"\b(log(ged)? (in|out)|ticked rows|recover deleted|revert|superuser|by active)\b",
    re.IGNORECASE,
)
WITHOUT_ZONE = re.compile(r"\d [ap]\.m\.|\bmidnight\b|\bnoon\b")
per_model = pytest.mark.parametrize("model", CONTENT, ids=lambda model: model._meta.model_name)


def check(answer, *rows):
    """Check the words of a screen, and the links that it begins with if it is one of a table."""
    assert answer.status_code == 200, answer
    html = re.sub(r"(?s)<(script|style).*?</\1>|<textarea.*?</textarea>", "", answer.text)
    text = strip_tags(re.sub(r'value="([^"]*)"', r">\1<i ", html))
    matches = (*OTHER_WORDS.finditer(text), *WITHOUT_ZONE.finditer(text))
    assert [match[0] for match in matches] == []
    for row in rows:
        links = re.search(r'(?s)class="breadcrumbs">.*?</(div|ol)>', html)[0]
        addresses = ["/admin/", "/admin/nutrients/", address_of(row._meta.model, "changelist")]
        assert re.findall('href="(.*?)"', links)[:3] == addresses


def test_editors_may_do_everything_with_content_and_nothing_else(content):
    permissions = Group.objects.get(name="Editors").permissions
    tables = [model._meta.model_name for model in reversion.get_registered_models()]
    offered = Permission.objects.filter(
        content_type__app_label="nutrients", content_type__model__in=tables
    )
    expected = set(offered.values_list("codename", flat=True))

    # A correction may be reworded, with its versions, and is never deleted.
    expected.remove("delete_changenote")
    # A newer release lists these, and an editor chooses: none is added or deleted by hand.
    expected |= {"view_shippedchange", "change_shippedchange", "view_bookoverride"}
    # Proposals are begun in the form of a row, and problems are only read.
    expected |= {"view_problem", "add_proposal", "change_proposal", "view_proposal"}
    expected |= {"publish_proposal", "sign_as_editor"}
    # Redirects have no versions.
    expected |= {f"{action}_redirect" for action in ("add", "change", "delete", "view")}
    assert set(permissions.values_list("codename", flat=True)) == expected
    assert not permissions.exclude(content_type__app_label="nutrients").exists()


def test_strangers_are_sent_to_the_sign_in(client, content):
    flag = RedFlag.objects.first()
    names = ("index", "review_desk", "replace", "guide", "writing_help", "second_step")
    addresses = [reverse(f"admin:{name}") for name in names]
    addresses += [address_of(Nutrient, page) for page in ("changelist", "add", "import")]
    addresses += [address_of(ArticleSection, "preview"), "/admin/nutrients/proposal/1/pages/"]
    addresses += [address_of(flag, page) for page in ("change", "history", "bench", "sign")]

    for address in addresses:
        for send in (client.get, client.post):
            answer = send(address, {"preview-body": "", "pasted": "slug\nx"})
            if send == client.post and not address.endswith("/second-step/"):
                # The sign-in carries the form, unless it may have a code.
                assert answer.templates[0].name == "admin/login.html", address
                continue
            assert answer.status_code == 302, address
            assert answer["Location"].startswith(reverse("admin:login")), address


def test_screens_of_the_desk_use_the_words_of_this_admin(admin_client, content):
    account = User.objects.get(username="admin")
    event = AccountEvent.objects.create(at=timezone.now(), kind="refused", account="anna")
    proposal, source = begin_proposal("Words", by=account), Source.objects.first()
    add_row(proposal, Nutrient.objects.first(), {"job": "Words."}, by=account)

    for page in ("index", "review_desk", "replace", "second_step", "password_change"):
        check(admin_client.get(reverse(f"admin:{page}")))
    for row in (account, event):
        check(admin_client.get(address_of(row)))
        check(admin_client.get(address_of(type(row), "changelist")))
    for model in NO_CONTENT:
        check(admin_client.get(address_of(model, "changelist")))
    for row, page in (
        *((proposal, page) for page in ("change", "pages", "publish")),
        *((source, "replace"), (Symptom, "import")),
    ):
        check(admin_client.get(address_of(row, page)), row)
    check(admin_client.post(reverse("admin:logout")))
    check(Client().get(reverse("admin:login")))


@per_model
def test_screens_open_with_every_field_and_a_list_costs_the_same_with_more_rows(
    model, a_row_of_each, editor_client, monkeypatch
):
    row = model._default_manager.first()
    fields = [*model._meta.concrete_fields, *model._meta.many_to_many]
    editable = {field.name for field in fields if field.editable and not field.auto_created}

    for address in (
        *(address_of(model, page) for page in ("add", "recoverlist")),
        *(address_of(row, page) for page in ("change", "history")),
    ):
        answer = editor_client.get(address)
        check(answer, row)
        if address == address_of(model, "add"):
            assert b"View on site" not in answer.content
            # Only a signature sets these two.
            signed = {"reviewed_by", "reviewed_on"}
            assert editable - signed <= answer.context["adminform"].form.fields.keys()
    check(editor_client.get(address_of(model, "changelist"), {"q": "magnesium"}))
    screen, cost = admin.site._registry[model], []
    for number in (8, 24):
        monkeypatch.setattr(screen, "list_per_page", number)
        cost.append(count_queries(editor_client, address_of(model, "changelist")))
    assert cost[0] == cost[1]


def add_below(row, number):
    """Add rows of each kind that the form of a row lists."""
    for name in [f"{number}-{index}" for index in range(number)]:
        if isinstance(row, Nutrient):
            association = factories.association(row, factories.symptom(f"sign-{name}"))
            association.sources.add(Source.objects.first())
            factories.food(f"food-{name}", row, 1)
        elif isinstance(row, Article):
            baker.make(ArticleSection, article=row, anchor=f"part-{name}")
        else:
            baker.make(RedFlagRule, red_flag=row).symptoms.set(Symptom.objects.all()[:3])


@pytest.mark.parametrize("model", [Nutrient, Article, RedFlag])
def test_form_costs_the_same_with_many_more_rows_below(editor_client, content, model):
    row = model.objects.last()
    # The first request fills the caches of content types.
    editor_client.get(address_of(row))
    add_below(row, 2)
    few = count_queries(editor_client, address_of(row))
    add_below(row, 20)

    assert count_queries(editor_client, address_of(row)) == few


def test_many_rows_below_a_form_are_links_or_if_opened_forms(screen, cases, editor):
    magnesium = Nutrient.objects.get(slug="magnesium")
    intakes, number = list(magnesium.intakes.all()), magnesium.associations.count()
    form = screen(magnesium)
    page = screen(magnesium, address_of(magnesium)).html

    assert len(page.encode()) < 200_000
    for row in (*intakes, *magnesium.associations.all()):
        assert f'<a href="{address_of(row)}">' in page
    new = {"symptom": factories.symptom("sign").pk, "relation": "excess", "status": "draft"}
    new |= {"typicality": "rare", "evidence": "limited", "verification": "unverified"}
    sent = {f"associations-0-{name}": str(value) for name, value in new.items()}
    assert form.save(**sent, **{"associations-TOTAL_FORMS": "1"}).status_code == 302
    assert magnesium.associations.count() == number + 1
    assert list(magnesium.intakes.all()) == intakes

    proposal = begin_proposal("Words", by=editor)
    page = screen(magnesium, f"{address_of(magnesium)}?proposal={proposal.pk}").html
    assert f'href="?rows=associations&amp;proposal={proposal.pk}#associations-group"' in page
    opened = screen(magnesium, rows="associations")
    assert opened.data["associations-INITIAL_FORMS"] == str(number + 1)
    assert opened.data["intakes-INITIAL_FORMS"] == "0"


@per_model
def test_every_shipped_row_passes_its_own_form(model, cases, monkeypatch):
    # The database checks the constraints of each row.
    monkeypatch.setattr(model, "validate_constraints", lambda row, exclude: None)
    links = [field.name for field in model._meta.many_to_many]
    # Amounts are some 2,000 rows of one shape.
    rows = model._default_manager.prefetch_related(*links)[:300]
    faults = [
        f"{row}: {form.errors.as_json()}"
        for row in rows
        if not (form := bind_form(admin.site._registry[model], row, {})).is_valid()
    ]

    assert faults == []
