"""Who may do what at the desk: editors change content and nothing else, strangers sign in first."""

import reversion
from django.contrib.auth.models import Group, Permission
from django.urls import reverse

from nutrients.models import ArticleSection, Nutrient, RedFlag

from .forms import address_of


def test_editors_may_do_everything_with_content_and_nothing_else(content):
    held = Group.objects.get(name="Editors").permissions
    kept = {model._meta.model_name for model in reversion.get_registered_models()}
    offered = Permission.objects.filter(content_type__app_label="nutrients")
    content_only = set(
        offered.filter(content_type__model__in=kept).values_list("codename", flat=True)
    )

    # A correction may be reworded, with its versions kept, and does not go away.
    content_only.remove("delete_changenote")
    # A newer release lists these, and an editor chooses: none is made or deleted by hand.
    content_only |= {"view_shippedchange", "change_shippedchange", "view_bookoverride"}
    # Proposals are begun in the form of a row, and what the checks found is only read.
    content_only |= {"view_keptproblem", "add_proposal", "change_proposal", "view_proposal"}
    content_only |= {"publish_proposal", "sign_as_editor"}
    # What readers get at the addresses of pages that are gone has no versions.
    content_only |= {f"{action}_redirect" for action in ("add", "change", "delete", "view")}
    assert {permission.codename for permission in held.all()} == content_only
    assert not held.exclude(content_type__app_label="nutrients").exists()


def test_strangers_are_sent_to_the_sign_in(client, content):
    flag = RedFlag.objects.first()
    own = ("index", "review_desk", "replace", "guide", "writing_help", "second_step")
    addresses = [reverse(f"admin:{name}") for name in own]
    addresses += [address_of(Nutrient, page) for page in ("changelist", "add", "import")]
    addresses += [address_of(ArticleSection, "preview"), "/admin/nutrients/proposal/1/pages/"]
    addresses += [address_of(flag, page) for page in ("change", "history", "bench", "sign")]

    for address in addresses:
        for ask in (client.get, client.post):
            answer = ask(address, {"preview-body": "", "pasted": "slug\nx"})
            if ask == client.post and address.endswith(("/add/", "/change/")):
                # The sign-in that carries the form of a row.
                assert answer.templates[0].name == "admin/login.html", address
                continue
            assert answer.status_code == 302, address
            assert answer["Location"].startswith(reverse("admin:login")), address
