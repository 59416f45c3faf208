"""Proposals: changes of several rows, which readers do not see until they are published."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime

from .publishing import RowReference, Signed, one_of


class State(models.TextChoices):
    WRITING = "writing", "Being written"
    READY = "ready", "Ready to be read"
    AGREED = "agreed", "Agreed"
    SCHEDULED = "scheduled", "Scheduled"
    LIVE = "live", "On the site"
    DROPPED = "dropped", "Dropped"


# The allowed transitions. An edit of the words returns a proposal to writing.
TRANSITIONS = {
    State.WRITING: (State.READY, State.SCHEDULED, State.LIVE, State.DROPPED),
    State.READY: (State.AGREED, State.WRITING, State.SCHEDULED, State.LIVE, State.DROPPED),
    State.AGREED: (State.WRITING, State.SCHEDULED, State.LIVE, State.DROPPED),
    State.SCHEDULED: (State.WRITING, State.LIVE),
    State.LIVE: (),
    State.DROPPED: (State.WRITING,),
}
OPEN = (State.WRITING, State.READY, State.AGREED, State.SCHEDULED)
SIGNABLE = (State.READY, State.AGREED)


class Proposal(models.Model):
    title = models.CharField(max_length=120)
    why = models.TextField(
        blank=True,
        help_text="For colleagues: what for, and what it rests on. The history keeps it.",
    )
    state = models.CharField(max_length=10, choices=State, default=State.WRITING, editable=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Who sees to it that it is published or dropped.",
    )
    publish_at = models.DateTimeField("to be published", null=True, blank=True, editable=False)
    publisher = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        editable=False,
        help_text="Who published it or set the moment for it.",
    )
    override = models.CharField(
        max_length=300,
        blank=True,
        editable=False,
        help_text="Why it is to be published although cases of the test book break.",
    )
    publish_error = models.TextField(
        blank=True, editable=False, help_text="Why it was not published at its moment."
    )
    pages = models.JSONField(
        default=dict, editable=False, help_text="Which pages change, and for which words."
    )
    created_at = models.DateTimeField("begun", auto_now_add=True)
    changed_at = models.DateTimeField("changed", auto_now=True)

    class Meta:
        ordering = ["-changed_at", "-pk"]
        constraints = [
            one_of("state", State.values),
            models.CheckConstraint(
                condition=~Q(state=State.SCHEDULED) | Q(publish_at__isnull=False),
                name="proposal_scheduled_has_moment",
            ),
        ]
        permissions = [("publish_proposal", "Can publish proposals and save past them")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("admin:nutrients_proposal_change", args=[self.pk])

    @property
    def state_label(self) -> str:
        """Its state with the moment of publication."""
        label = str(State(self.state).label)
        if self.publish_at is None:
            return label
        word = "for" if self.state == State.SCHEDULED else "since"
        return f"{label} {word} {date_format(localtime(self.publish_at), 'j F Y, H:i e')}"

    def write_again(self) -> None:
        """Return it to writing, because its words change."""
        self.state, self.publish_at, self.override = State.WRITING, None, ""
        self.save()

    def become(self, state: State) -> None:
        if not self.may_become(state):
            raise ValueError(f"{self.state} does not become {state}.")
        self.state = state

    def may_become(self, state: State) -> bool:
        return state in TRANSITIONS[State(self.state)]


class ChangeKind(models.TextChoices):
    ADD = "add", "New"
    CHANGE = "change", "Changed"
    DELETE = "delete", "Deleted"


class ProposedRow(RowReference, models.Model):
    """A row as a proposal would change it.

    `values` are the fields that differ, in the form of fixtures. `before` are the same fields of
    the live row when they were written, to detect later changes of it. `under` names the row in
    whose form it was edited.
    """

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="rows")
    model = models.CharField(max_length=60, help_text="As in fixtures: nutrients.nutrient.")
    natural_key = models.CharField(max_length=400, help_text="The natural key as JSON.")
    under = models.CharField(max_length=460, blank=True)
    kind = models.CharField(max_length=6, choices=ChangeKind)
    title = models.CharField(max_length=200)
    before = models.JSONField(default=dict)
    values = models.JSONField(default=dict)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["proposal", "model", "natural_key"], name="proposedrow_unique"
            ),
            one_of("kind", ChangeKind.values),
        ]
        indexes = [
            models.Index(fields=["model", "natural_key"], name="proposedrow_row"),
            models.Index(fields=["under"], name="proposedrow_under"),
        ]

    def __str__(self) -> str:
        return self.title


class Role(models.TextChoices):
    """The capacity in which somebody signs a proposal."""

    EDITOR = "editor", "Editor"
    CLINICIAN = "clinician", "Clinician"
    SAFETY = "safety", "Safety"


class SignOff(Signed):
    """A signature to a proposal by somebody who wrote none of it, valid while the words stay."""

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="sign_offs")
    role = models.CharField(max_length=10, choices=Role)

    class Meta:
        ordering = ["signed_at", "pk"]
        constraints = [one_of("role", Role.values)]
        permissions = [(f"sign_as_{role.value}", f"Can sign as {role.value}") for role in Role]


class PreviewLink(models.Model):
    """A link by which somebody without an account sees a proposal.

    `token` and the `code` of a named colleague are stored as digests.
    """

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="links")
    token = models.CharField(max_length=64, unique=True)
    name = models.CharField("first and last name", max_length=150, blank=True)
    profession = models.CharField(max_length=100, blank=True)
    code = models.CharField(max_length=64, blank=True)
    failed_attempts = models.PositiveSmallIntegerField(default=0)
    created_by = models.CharField(max_length=150)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        permissions = [("name_colleague", "Can vouch for a colleague who agrees by a link")]

    def __str__(self) -> str:
        return self.name or "Anyone with the link"

    def is_open(self, *, at: datetime) -> bool:
        is_valid = self.revoked_at is None and at < self.expires_at
        return is_valid and self.proposal.state in OPEN


class Remark(models.Model):
    """A comment on a proposal from somebody with a link."""

    link = models.ForeignKey(PreviewLink, on_delete=models.CASCADE, related_name="remarks")
    name = models.CharField(max_length=100)
    text = models.TextField(max_length=4000)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["created_at", "pk"]

    def __str__(self) -> str:
        return f"{self.name}: {self.text}"
