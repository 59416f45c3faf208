"""A form of the admin as a browser holds it: open it, write in it, send it."""

from django.db.models import Model
from django.urls import reverse

from nutrients.admin.guard import OVERRIDE, REASON

# What an editor says who takes a page off the site.
GONE = {"gone-reason": "It is out of date."}
# What an editor sends who saves although cases break.
INSIST = {OVERRIDE: "on", REASON: "The case is wrong."}


class Screen:
    """The form of one row, or of a new one where a model is given."""

    def __init__(self, client, row, address=None):
        self.client = client
        self.address = address or self.address_of(row)
        self.response = client.get(self.address)
        assert self.response.status_code == 200, self.response
        self.data = {}
        self.read(self.response.context["adminform"].form)
        if name := self.response.context.get("opened"):
            self.data[name] = str(self.response.context["latest"])
        for inline in self.response.context.get("inline_admin_formsets", []):
            self.read(inline.formset.management_form)
            for form in inline.formset.forms:
                self.read(form)

    @staticmethod
    def address_of(row):
        if isinstance(row, Model):
            return reverse(f"admin:nutrients_{row._meta.model_name}_change", args=[row.pk])
        return reverse(f"admin:nutrients_{row._meta.model_name}_add")

    def read(self, form):
        for bound in form:
            if not bound.field.disabled:
                self.data |= sent(bound.html_name, bound.field.widget, bound.value())
            if bound.field.show_hidden_initial:
                self.data |= sent(bound.html_initial_name, bound.field.widget, bound.value())

    def save(self, **changes):
        """Send the form with these changes. Gives the answer."""
        return self.client.post(self.address, self.data | changes)

    def errors(self, **changes):
        """Send the form, and give what it says is wrong, by field."""
        response = self.save(**changes)
        assert response.status_code == 200, "The form was accepted."
        forms = [response.context["adminform"].form]
        for inline in response.context.get("inline_admin_formsets", []):
            forms += inline.formset.forms
        return {
            f"{form.prefix}-{name}" if form.prefix else name: [str(error) for error in errors]
            for form in forms
            for name, errors in form.errors.items()
        }


def sent(name, widget, value):
    """What a browser sends for one field, by name."""
    if hasattr(widget, "decompress"):
        parts = zip(widget.widgets_names, widget.decompress(value), strict=True)
        return {name + suffix: as_text(part) for suffix, part in parts}
    if isinstance(value, list | tuple):
        return {name: [as_text(getattr(one, "pk", one)) for one in value]}
    if getattr(widget, "input_type", "") == "checkbox":
        return {name: "on"} if value else {}
    return {name: as_text(value)}


def as_text(value):
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)
