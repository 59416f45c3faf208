"""The shipped content meets the rules that the forms check, so every row can be saved again."""

import pytest
from django.contrib import admin
from django.test import RequestFactory

CONTENT = sorted(
    (m for m in admin.site._registry if m._meta.app_label == "nutrients"), key=lambda m: m.__name__
)


@pytest.mark.parametrize("model", CONTENT, ids=lambda model: model._meta.model_name)
def test_every_shipped_row_passes_its_own_form(model, cases, admin_user):
    screen = admin.site._registry[model]
    request = RequestFactory().get("/")
    request.user = admin_user
    faults = []
    # Amounts are some 2,000 rows of one shape.
    rows = model._default_manager.all()[:300]
    form_class = screen.get_form(request, rows[0] if rows else None, change=True)
    for row in rows:
        form = form_class(instance=row)
        data = {b.name: b.value() for b in form}
        if "publish_at" in data:
            data["publish_at_0"] = row.publish_at.date().isoformat()
            data["publish_at_1"] = row.publish_at.time().isoformat()
        bound = form_class(data=data, instance=row)
        faults += [f"{row}: {bound.errors.as_json()}"] if not bound.is_valid() else []

    assert faults == []


@pytest.mark.parametrize("model", CONTENT, ids=lambda model: model._meta.model_name)
def test_every_field_that_an_editor_may_change_is_on_its_screen(model, admin_user):
    request = RequestFactory().get("/")
    request.user = admin_user
    shown = admin.site._registry[model].get_form(request).base_fields
    editable = {
        field.name
        for field in [*model._meta.concrete_fields, *model._meta.many_to_many]
        if field.editable and not field.auto_created
    }

    # A signature sets these two.
    assert editable - set(shown) <= {"reviewed_by", "reviewed_on"}
