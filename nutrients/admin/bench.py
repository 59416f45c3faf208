"""The bench for red flags: tick as a reader, with the form's rules applied and nothing saved."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.forms.formsets import all_valid
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from reversion.admin import VersionAdmin

from nutrients.checklist.answer import ChecklistAnswer, checklist_answer
from nutrients.checklist.content import ChecklistContent, checklist_choices
from nutrients.checklist.urgency import rule_of, tick_names
from nutrients.evidence.ranking import Tick, answer_tick
from nutrients.models import OPEN, Proposal, RedFlag, RedFlagRule, Status, Urgency
from nutrients.proposals import lay_over
from nutrisite.accounts.admin_site import is_key

from .proposing import CHOSEN

# The ticks of the bench among the fields of the form: “symptom:cramps”.
TICK = "bench-tick"
NAMED = "Named by its rules"
KINDS = {"symptom": "Signs", "risk": "Risks, medicines and causes", "flag": "Signs of other flags"}


class TriedRule(NamedTuple):
    """A rule with whether it fires, and what it names: the words of each tick and if it is ticked.

    Of the ticks under `some`, `at_least` so many are wanted; of each group of answers, one.
    """

    rule: RedFlagRule
    fires: bool
    ticks: list[tuple[str, bool]]
    some: list[tuple[str, bool]]
    answers: list[list[tuple[str, bool]]]


class Tried(NamedTuple):
    """What the checklist would say to some ticks, and which rules of the flag fire."""

    answer: ChecklistAnswer
    is_raised: bool
    rules: list[TriedRule]
    boxes: dict[str, list[tuple[str, str, bool]]]
    case: str


class BenchMixin(VersionAdmin):
    """Gives the form of a red flag, or of a rule, a button that tries it."""

    def get_urls(self: Any) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.bench_view)
        name = f"nutrients_{self.opts.model_name}_bench"
        return [path("<int:pk>/bench/", view, name=name), *super().get_urls()]

    def bench_view(self: Any, request: HttpRequest, pk: int) -> HttpResponse:
        """The rules as the form that was sent has them, or as they are, and what ticks raise."""
        sent = [
            (name, value)
            for name, values in request.POST.lists()
            if name not in (TICK, "csrfmiddlewaretoken")
            for value in values
        ]
        is_wrong = False
        with transaction.atomic():
            if is_key(key := request.POST.get(CHOSEN, "")):
                proposal = get_object_or_404(Proposal, pk=key, state__in=OPEN)
                lay_over(proposal.rows.all())
            row = get_object_or_404(self.model, pk=pk)
            if not self.has_view_permission(request, row):
                raise PermissionDenied
            if sent:
                is_wrong = not self._apply(request, row)
            flag = row if isinstance(row, RedFlag) else row.red_flag
            now = timezone.now()
            # A draft is tried as it would be once it is published.
            RedFlag.objects.filter(pk=flag.pk).update(status=Status.PUBLISHED, publish_at=now)
            tried = try_flag(flag, request.POST.getlist(TICK), ChecklistContent(at=now))
            transaction.set_rollback(True)
        context = self.admin_site.each_context(request) | {
            "title": f"Try: {flag}",
            "opts": self.opts,
            "original": row,
            "flag": flag,
            "tried": tried,
            "tick": TICK,
            "wrong": is_wrong,
            "sent": sent,
        }
        return TemplateResponse(request, "admin/nutrients/bench.html", context)

    def _apply(self: Any, request: HttpRequest, row: Any) -> bool:
        """Save the form that was sent; give whether it is valid. The caller undoes it."""
        form = self.get_form(request, row, change=True)(request.POST, instance=row)
        formsets, _ = self._create_formsets(request, row, change=True)
        # Both are asked, as the form of the admin does.
        if not (all_valid(formsets) and form.is_valid()):
            return False
        form.save()
        for formset in formsets:
            formset.save()
        return True


def try_flag(flag: RedFlag, ticked: Iterable[str], content: ChecklistContent) -> Tried:
    """What the checklist answers to ticks, and why each rule of the flag fires or does not."""
    pairs = [(kind, slug) for one in ticked for kind, _, slug in [one.partition(":")] if slug]
    answer = checklist_answer(QueryDict(urlencode(pairs)), content)
    given, names = frozenset(answer.ticks), tick_names(content)

    def told(ticks: Iterable[Tick]) -> list[tuple[str, bool]]:
        return sorted((names.get(one, one.slug), one in given) for one in ticks)

    rules = []
    named: set[Tick] = set()
    for rule in content.rules:
        if rule.red_flag_id == flag.pk:
            one = rule_of(rule, flag)
            answers = [told(group) for group in one.answers]
            rules.append(
                TriedRule(rule, one.fires(given), told(one.ticks), told(one.some), answers)
            )
            named = named.union(one.named, *one.answers)
    is_raised = flag.slug in answer.urgent.raised
    boxes = _boxes(named, given, names, content)
    return Tried(answer, is_raised, rules, boxes, _case(flag, is_raised, answer, content))


def _boxes(
    named: Collection[Tick],
    given: Collection[Tick],
    names: dict[Tick, str],
    content: ChecklistContent,
) -> dict[str, list[tuple[str, str, bool]]]:
    """The boxes of the bench in groups, those first that the flag's rules name."""
    choices = content.once(checklist_choices)
    questions = {question.slug: question.text for question in content.questions.values()}
    boxes: dict[str, list[tuple[str, str, bool]]] = {
        title: [] for title in (NAMED, *KINDS.values(), *questions.values())
    }
    for tick, words in names.items():
        if tick.kind == "answer":
            value, group = tick.slug, questions[tick.slug.partition(":")[0]]
        elif tick.slug in choices.values[tick.kind]:
            value, group = f"{tick.kind}:{tick.slug}", KINDS[tick.kind]
        else:
            continue
        boxes[NAMED if tick in named else group].append((value, words, tick in given))
    return boxes


def _case(flag: RedFlag, is_raised: bool, answer: ChecklistAnswer, content: Any) -> str:
    """The address of a new case of the test book, filled in with these ticks and this answer."""
    tables: dict[str, dict[str, Any]] = {
        "symptom": {"symptoms": content.symptoms},
        "risk": {"risk_factors": content.risks, "other_causes": content.causes},
        "flag": {"red_flags": content.flags},
    }
    keys: dict[str, list[int]] = defaultdict(list)
    for tick in answer.ticks:
        for name, rows in tables.get(tick.kind, {}).items():
            if tick.slug in rows:
                keys[name].append(rows[tick.slug].pk)
    for question in content.questions.values():
        for one in question.answers.all():
            if answer_tick(question.slug, one.slug) in answer.ticks:
                keys["answers"].append(one.pk)
    fields = {name: ",".join(map(str, pks)) for name, pks in keys.items() if pks}
    fields["level"] = list(Urgency)[answer.urgent.level].value
    if is_raised:
        fields["must_warn"] = str(flag.pk)
    return f"{reverse('admin:nutrients_safetycase_add')}?{urlencode(fields)}"
