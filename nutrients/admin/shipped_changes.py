"""The screen on which editors resolve the conflicts of an upgrade of the shipped content."""

from typing import Any, ClassVar, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminRadioSelect
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from nutrients.content.fixtures import KeyIndex, RefusedError
from nutrients.content.merging import keep_ours, sides, take_theirs
from nutrients.models import ShippedChange
from nutrients.search.index import catch_up

from .guard import GuardedAdmin, guard_of
from .rows import DigestForm, FixedRowsAdmin, TableFilter, fieldset, row_link

OURS, THEIRS = "ours", "theirs"
ABOUT = (
    "A newer release of the site brought other content for this row, and it was not written over "
    "what stands here. Compare the two, then choose. To write a third wording, keep what stands "
    "here and edit the row."
)
CHANGED = (
    "One side has changed since this page was opened. It is shown as it is now: compare again, "
    "then choose."
)
# Sentences for the editor, each with its level.
Messages = list[tuple[str, int]]


class ChoiceForm(DigestForm):
    """Choose between the value here and the shipped one.

    A newer release or another editor may have changed one since the form was opened.
    """

    outdated = CHANGED
    choice = forms.ChoiceField(widget=AdminRadioSelect(attrs={"class": "radiolist"}))

    class Meta:
        model = ShippedChange
        fields: ClassVar[list[str]] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(OURS, "Keep what stands here")]
        if self.instance.field:
            choices.append((THEIRS, "Take what comes with the site"))
        cast(forms.ChoiceField, self.fields["choice"]).choices = choices

    def displayed_values(self) -> list[str]:
        both = sides(self.instance)
        return [both.before, both.ours, both.theirs]


@admin.register(ShippedChange)
class SettlingAdmin(GuardedAdmin, FixedRowsAdmin):
    """Changes to settle, which are deleted once settled and never added by hand."""

    form = ChoiceForm
    change_form_template = "admin/nutrients/change_form.html"
    list_display = ("__str__", "reason", "noticed_at")
    list_filter = (TableFilter,)
    search_fields = ("natural_key", "field")
    actions = ("keep", "take")
    readonly_fields = ("row", "reason", "shipped_before", "here", "shipped")
    fieldsets = (
        fieldset(None, "row", "reason", description=ABOUT),
        fieldset("Compare", "shipped_before", "here", "shipped"),
        fieldset("Settle", "choice", "digest"),
    )

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return super().changelist_view(request, {"title": "Changes to settle"})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Offer no "save and continue", because the row is gone once it is settled."""
        context = {"title": "Settle a change", "show_save_and_continue": False}
        return super().change_view(request, object_id, form_url, extra_context=context)

    @admin.display(description="Row")
    def row(self, obj: ShippedChange) -> SafeString | str:
        row = obj.live_row()
        return row_link(obj.model, row.pk, row) if row else "It was deleted here."

    @admin.display(description="Came with the site before")
    def shipped_before(self, obj: ShippedChange) -> SafeString:
        return _preformatted(sides(obj).before)

    @admin.display(description="Stands here")
    def here(self, obj: ShippedChange) -> SafeString:
        return _preformatted(sides(obj).ours)

    @admin.display(description="Comes with the site now")
    def shipped(self, obj: ShippedChange) -> SafeString:
        return _preformatted(sides(obj).theirs)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        form.messages = settle([obj], form.cleaned_data["choice"], user=request.user)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Check the test book, which may roll all back, before a message says what was settled."""
        super().save_related(request, form, formsets, change)
        if form.cleaned_data["choice"] == THEIRS:
            guard_of(request).check("Settle a change of a release")
        self.add_messages(request, form.messages)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        return self.response_post_save_change(request, obj)

    @admin.action(description="Keep what stands here", permissions=["change"])
    def keep(self, request: HttpRequest, queryset: QuerySet[ShippedChange]) -> None:
        self.add_messages(request, settle(list(queryset), OURS, user=request.user))

    @admin.action(description="Take what comes with the site", permissions=["change"])
    def take(self, request: HttpRequest, queryset: QuerySet[ShippedChange]) -> None:
        results = settle(list(queryset), THEIRS, user=request.user)
        guard_of(request).check("Take changes of a release")
        self.add_messages(request, results)

    def add_messages(self, request: HttpRequest, results: Messages) -> None:
        for sentence, level in results:
            self.message_user(request, sentence, level)


def settle(changes: list[ShippedChange], choice: str, *, user: Any) -> Messages:
    """Settle the changes that can be, and say which cannot and how many were."""
    results: Messages = []
    settled = 0
    index = KeyIndex()
    for change in changes:
        name = str(change)
        try:
            if choice == THEIRS:
                take_theirs(change, index, at=timezone.now(), user=user)
            else:
                keep_ours(change)
        except RefusedError as error:
            results.append((f"{name} stays open. {error}", messages.ERROR))
        else:
            settled += 1
    if settled:
        catch_up()
        results.append((f"Settled: {settled}.", messages.INFO))
    return results


def _preformatted(text: str) -> SafeString:
    return format_html('<div class="as-it-is">{}</div>', text)
