"""Permissions: editors change content and nothing else, and strangers sign in first."""

import reversion
from django.contrib.auth.models import Group, Permission
from django.urls import reverse

from nutrients.models import ArticleSection, Nutrient, RedFlag

from .forms import address_of


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
            if send == client.post and address.endswith(("/add/", "/change/")):
                # The sign-in that carries the form of a row.
                assert answer.templates[0].name == "admin/login.html", address
                continue
            assert answer.status_code == 302, address
            assert answer["Location"].startswith(reverse("admin:login")), address
