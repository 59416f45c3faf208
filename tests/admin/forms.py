"""A form of the admin as a browser holds it: open it, write in it, send it."""

from unittest import mock

from django.db.models import Model
from django.template.response import TemplateResponse
from django.urls import reverse

from nutrients.admin.guard import OVERRIDE, REASON

# What an editor says who takes a page off the site.
GONE = {"gone-reason": "It is out of date."}
# What an editor sends who saves although cases break.
INSIST = {OVERRIDE: "on", REASON: "The case is wrong."}


def address_of(row, page="change", *args):
    """Return the address of a screen of a row, or of a screen of a model."""
    args = [row.pk, *args] if isinstance(row, Model) else args
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_{page}", args=args)


def act(client, action, *rows, **more):
    """Do something with the ticked rows of a list."""
    sent = {"action": action, "_selected_action": [row.pk for row in rows]} | more
    return client.post(address_of(type(rows[0]), "changelist"), sent)


def delete(client, row, **more):
    return client.post(address_of(row, "delete"), {"post": "yes"} | more)


def send(client, proposal, page, **data):
    """Send a form of a proposal's own screen; give the answer."""
    answer = client.post(address_of(proposal, page), data)
    proposal.refresh_from_db()
    return answer


def undrawn(client, address):
    """Open a screen and give its answer with its context, and without HTML.

    Drawing a form takes most of the time of opening it. Every form is drawn in test_screens.py,
    and by a browser.
    """
    with mock.patch.object(TemplateResponse, "rendered_content", ""):
        return client.get(address)


class Screen:
    """The form of one row, or of a new one where a model is given; its HTML only at an address.

    `rows` names rows below it of which the form has all, where it would list them.
    """

    def __init__(self, client, row, address=None, *, rows=""):
        self.client = client
        self.address = address or address_of(row, "change" if isinstance(row, Model) else "add")
        self.address += f"?rows={rows}" if rows else ""
        response = client.get(self.address) if address else undrawn(client, self.address)
        assert response.status_code == 200, response
        if address:
            self.html = response.content.decode()
        self.context = response.context_data
        self.data = {}
        self.read(self.context["adminform"].form)
        if name := self.context.get("opened"):
            self.data[name] = str(self.context["latest"])
        for inline in self.context.get("inline_admin_formsets", []):
            self.read(inline.formset.management_form)
            for form in inline.formset.forms:
                self.read(form)

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
        return errors_in(response)


def errors_in(response):
    """Return the errors of a form that was refused, by field."""
    forms = [response.context["adminform"].form]
    for inline in response.context.get("inline_admin_formsets", []):
        forms += inline.formset.forms
    return {
        form.add_prefix(name): [str(error) for error in errors]
        for form in forms
        for name, errors in form.errors.items()
    }


def sent(name, widget, value):
    """Return what a browser sends for one field, by name."""
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
