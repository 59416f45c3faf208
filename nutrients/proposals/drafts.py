"""What the form of a row would save, merged into a proposal that others may write in too."""

from typing import Any

from django.contrib.admin.models import ADDITION, LogEntry
from django.db import transaction

from nutrients.models import Proposal, ProposedRow

from .rows import Overlay, add_row, difference, key_in, key_of, values_of

# A saved row with its values, or with None if the form would delete it.
Draft = tuple[Any, dict[str, Any] | None]
# A proposed row with the values that somebody else has changed since a form was opened over it.
Rewritten = tuple[ProposedRow, dict[str, Any]]


def merge_drafts(
    proposal: Proposal,
    drafts: list[Draft],
    overlays: list[Overlay],
    opened: dict[str, Any],
    *,
    by: Any,
) -> list[Rewritten]:
    """Add what a form changed to a proposal. The first draft is the row of the form itself.

    `opened` are the proposed values with which the form was opened. Add nothing if somebody else
    has changed one of them that the form changes too, and return what they changed.
    """
    laid_over = {(type(row), row.pk): proposed for proposed, row in overlays}
    first, _ = drafts[0]
    parent, rewritten = f"{first._meta.label_lower} {key_of(first)}", []
    with transaction.atomic():
        for row, values in drafts:
            proposed = laid_over.get((type(row), row.pk))
            under = "" if row is first else parent
            rewritten += _merge(proposal, row, values, proposed, opened, by=by, under=under)
        # The account cannot sign the proposal, even after another one rewrites the row.
        LogEntry.objects.log_actions(
            by.pk, [proposal], ADDITION, f"Wrote: {first}.", single_object=True
        )
        transaction.set_rollback(bool(rewritten))
    return rewritten


def _merge(
    proposal: Proposal,
    row: Any,
    values: dict[str, Any] | None,
    proposed: ProposedRow | None,
    opened: dict[str, Any],
    *,
    by: Any,
    under: str,
) -> list[Rewritten]:
    """Add one draft. `proposed` is the proposed row that the form was laid over, if any."""
    model, title = type(row), str(row)
    live = model._base_manager.filter(pk=row.pk).first() or model.with_key(row.natural_key())
    rows = proposal.rows.filter(model=model._meta.label_lower, natural_key=key_of(row))
    if proposed := proposed or rows.first():
        base = opened.get(str(proposed.pk), {})
        conflicting = theirs = difference(model, base, proposed.values)
        if values is not None:
            ours = difference(model, (values_of(live) if live else {}) | base, values)
            in_both = {name: theirs[name] for name in theirs.keys() & ours.keys()}
            conflicting = difference(model, ours, in_both)
            values = proposed.values | ours
            # The form may have renamed the new row.
            proposed.natural_key = key_of(live) if live else key_in(model, values)
        if conflicting:
            return [(proposed, conflicting)]
        proposed.save()
    if live or values is not None:
        add_row(proposal, live or model, values, by=by, title=title, under=under)
    elif proposed:
        proposed.delete()
        proposal.write_again()
    return []
