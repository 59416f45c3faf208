"""The screen on which editors settle what an upgrade of the shipped content left to them."""

from __future__ import annotations

import hashlib
import json
from typing import Any, ClassVar, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminRadioSelect
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from nutrients.content import KeyIndex, RefusedError, Sides, keep_ours, sides, take_theirs
from nutrients.models import ShippedChange
from nutrients.search.index import catch_up
from nutrisite.accounts.admin_site import KeptRowsAdmin, row_link

from .guard import GuardedAdmin

OURS, THEIRS = "ours", "theirs"
# Sentences for the editor, each with its level.
Told = list[tuple[str, int]]
ABOUT = (
    "A newer release of the site brought other content for this row, and it was not written over "
    "what stands here. Compare the two, then choose. To write a third wording, keep what stands "
    "here and edit the row."
)
CHANGED = (
    "One side has changed since this page was opened. It is shown as it is now: compare again, "
    "then choose."
)


class ChoiceForm(forms.ModelForm):
    """Keep what stands here, or take what comes with the site.

    The choice is between the sides that were shown: a newer release or another editor may have
    changed one since.
    """

    choice = forms.ChoiceField(widget=AdminRadioSelect(attrs={"class": "radiolist"}))
    shown = forms.CharField(widget=forms.HiddenInput)

    class Meta:
        model = ShippedChange
        fields: ClassVar[list[str]] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(OURS, "Keep what stands here")]
        if self.instance.field:
            choices.append((THEIRS, "Take what comes with the site"))
        cast(forms.ChoiceField, self.fields["choice"]).choices = choices
        self.fields["shown"].initial = _mark(sides(self.instance))

    def clean_shown(self) -> str:
        """The mark of the sides that were shown; refused where they are no longer those."""
        now = str(self.fields["shown"].initial)
        if self.cleaned_data["shown"] != now:
            sent = cast(QueryDict, self.data).copy()
            sent["shown"] = now
            self.data = sent
            self.add_error("choice", CHANGED)
        return now


@admin.register(ShippedChange)
class SettlingAdmin(GuardedAdmin, KeptRowsAdmin):
    """What is to settle; settling takes a change off the list. No row is added by hand."""

    form = ChoiceForm
    change_form_template = "admin/nutrients/change_form.html"
    list_display = ("__str__", "reason", "noticed_at")
    list_filter = ("model",)
    search_fields = ("natural_key", "field")
    actions = ("keep", "take")
    readonly_fields = ("row", "reason", "shipped_before", "here", "shipped")
    fieldsets = (
        (None, {"fields": ("row", "reason"), "description": ABOUT}),
        ("Compare", {"fields": ("shipped_before", "here", "shipped")}),
        ("Settle", {"fields": ("choice", "shown")}),
    )

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return super().changelist_view(request, {"title": "Changes to settle"})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The form. There is nothing to go on with: what is settled is gone from the list."""
        context = {"title": "Settle a change", "show_save_and_continue": False}
        return super().change_view(request, object_id, form_url, extra_context=context)

    @admin.display(description="Row")
    def row(self, obj: ShippedChange) -> SafeString | str:
        row = obj.live_row()
        return row_link(obj.model, row.pk, row) if row else "It was deleted here."

    @admin.display(description="Came with the site before")
    def shipped_before(self, obj: ShippedChange) -> SafeString:
        return _as_it_is(sides(obj).before)

    @admin.display(description="Stands here")
    def here(self, obj: ShippedChange) -> SafeString:
        return _as_it_is(sides(obj).ours)

    @admin.display(description="Comes with the site now")
    def shipped(self, obj: ShippedChange) -> SafeString:
        return _as_it_is(sides(obj).theirs)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        form.told = self.settle(request, [obj], form.cleaned_data["choice"])

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Ask the test book, which may undo it, before anything is said to be settled."""
        super().save_related(request, form, formsets, change)
        if form.cleaned_data["choice"] == THEIRS:
            self.check_book(request, "Settle a change of a release")
        self.tell(request, form.told)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        return self.response_post_save_change(request, obj)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        choice = request.POST.get("choice", "")
        return super().log_change(request, obj, f"Settled {obj}: {choice}.")

    @admin.action(description="Keep what stands here", permissions=["change"])
    def keep(self, request: HttpRequest, queryset: QuerySet[ShippedChange]) -> None:
        self.tell(request, self.settle(request, list(queryset), OURS))

    @admin.action(description="Take what comes with the site", permissions=["change"])
    def take(self, request: HttpRequest, queryset: QuerySet[ShippedChange]) -> None:
        """Settle the ticked changes, unless that breaks cases of the test book."""
        told = self.settle(request, list(queryset), THEIRS)
        self.check_book(request, "Take changes of a release")
        self.tell(request, told)

    def settle(self, request: HttpRequest, changes: list[ShippedChange], choice: str) -> Told:
        """Settle each change that can be settled so; give which cannot, and how many could."""
        told: Told = []
        settled = 0
        index = KeyIndex()
        for change in changes:
            words = str(change)
            try:
                if choice == THEIRS:
                    take_theirs(change, index, at=timezone.now(), user=request.user)
                else:
                    keep_ours(change)
            except RefusedError as error:
                told.append((f"{words} stays open. {error}", messages.ERROR))
            else:
                settled += 1
        if settled:
            catch_up()
            told.append((f"Settled: {settled}.", messages.INFO))
        return told

    def tell(self, request: HttpRequest, told: Told) -> None:
        """Say what was done, once nothing can undo it any more."""
        for words, level in told:
            self.message_user(request, words, level)


def _mark(shown: Sides) -> str:
    """Tell these sides from others."""
    text = json.dumps([shown.before, shown.ours, shown.theirs])
    return hashlib.sha256(text.encode()).hexdigest()


def _as_it_is(text: str) -> SafeString:
    return format_html('<div class="as-it-is">{}</div>', text)
