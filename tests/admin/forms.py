"""A form of the admin as a browser sees it: open it, write in it, send it."""

from unittest import mock

from django.contrib.messages import get_messages
from django.db import connection
from django.db.models import Model
from django.template.response import TemplateResponse
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from nutrients.admin.guard import OVERRIDE, REASON
from nutrients.proposals.rows import proposal_digest

# The fields that an editor sends to take a page off the site.
GONE = {"gone-reason": "It is out of date."}
# The fields that an editor sends to save although cases break.
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
    """Delete a row, with a reason to take its page off the site."""
    return client.post(address_of(row, "delete"), {"post": "yes"} | GONE | more)


def send(client, proposal, page, **data):
    """Send a form on the page of a proposal as it is now, and return the response."""
    answer = client.post(address_of(proposal, page), {"digest": proposal_digest(proposal)} | data)
    proposal.refresh_from_db()
    return answer


def messages_of(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


def count_queries(client, address):
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def undrawn(client, address):
    """Open a screen and return its response with the context, but without HTML.

    Rendering a form takes most of the time of opening it. test_screens.py renders every form,
    and so do browser tests.
    """
    with mock.patch.object(TemplateResponse, "rendered_content", ""):
        return client.get(address)


class Screen:
    """The form of a row, or of a new row of a model; it has HTML only if an address is given.

    `rows` names an inline whose rows all get fields, although the form would only list them.
    """

    def __init__(self, client, row, address=None, *, rows=""):
        self.client = client
        self.address = address or address_of(row, "change" if isinstance(row, Model) else "add")
        self.address += f"?rows={rows}" if rows else ""
        response = client.get(self.address) if address else undrawn(client, self.address)
        assert response.status_code == 200, response
        if address:
            self.html = response.text
        self.context = response.context_data
        self.data = {}
        self.read(self.context["adminform"].form)
        if name := self.context.get("opened"):
            self.data[name] = str(self.context["latest"])
        if sent := self.context.get("proposed_then"):
            self.data |= [sent]
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
        """Send the form with these changes, and return the response."""
        return self.client.post(self.address, self.data | changes)

    def errors(self, **changes):
        """Send the form, and return its errors by field."""
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
        return {name: [as_text(getattr(choice, "pk", choice)) for choice in value]}
    if getattr(widget, "input_type", "") == "checkbox":
        return {name: "on"} if value else {}
    return {name: as_text(value)}


def as_text(value):
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)
