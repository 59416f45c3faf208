"""The bench for red flags: tick as a reader, and see which rules fire and what others lack."""

from collections.abc import Iterable
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.contrib.admin import ModelAdmin
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from nutrients.checklist.answer import ChecklistAnswer, checklist_answer
from nutrients.checklist.content import ChecklistContent, checklist_choices
from nutrients.checklist.urgency import rule_of, tick_names
from nutrients.evidence.ranking import Tick, answer_tick
from nutrients.models import OPEN, Proposal, RedFlag, RedFlagRule, Status, Urgency
from nutrients.proposals.rows import as_proposed
from nutrisite.accounts.requests import is_key

from .proposing import CHOSEN
from .screens import draw, get_row

# The parameter of the ticks, such as “symptom:cramps”.
TICK = "tick"
NAMED_BY_RULES = "Named by its rules"
GROUPS = {"symptom": "Signs", "risk": "Risks, medicines and causes", "flag": "Signs of other flags"}


class TriedRule(NamedTuple):
    """A rule, whether it fires, and each tick that it names as its label and whether it counts.

    The rule needs all of `ticks`, `at_least` that many of `some`, and one of each group of answers.
    The answer “I do not know” to an open question may count too.
    """

    rule: RedFlagRule
    fires: bool
    ticks: list[tuple[str, bool]]
    some: list[tuple[str, bool]]
    answers: list[list[tuple[str, bool]]]


class Trial(NamedTuple):
    """What the checklist answers to some ticks, and which rules of the flag fire.

    `boxes` are those of the page by their group, each with its value, its label and whether it is
    ticked. `case` is the address of a new case of the test book with these ticks.
    """

    answer: ChecklistAnswer
    is_raised: bool
    rules: list[TriedRule]
    boxes: dict[str, list[tuple[str, str, bool]]]
    case: str


def bench(request: HttpRequest, pk: int, screen: ModelAdmin) -> HttpResponse:
    """Try ticks with the rules of the site, or with those of the proposal that the query names."""
    key = request.GET.get(CHOSEN, "")
    proposal = get_object_or_404(Proposal, pk=key, state__in=OPEN) if is_key(key) else None
    with as_proposed(proposal):
        row = get_row(screen, request, pk)
        flag = row if isinstance(row, RedFlag) else row.red_flag
        now = timezone.now()
        # Try a draft as it would be once it is published.
        RedFlag.objects.filter(pk=flag.pk).update(status=Status.PUBLISHED, publish_at=now)
        trial = try_flag(flag, request.GET.getlist(TICK), ChecklistContent(at=now))
    return draw(
        request,
        screen,
        "bench.html",
        title=f"Try: {flag}",
        original=row,
        flag=flag,
        trial=trial,
        tick=TICK,
        chosen=proposal,
    )


def try_flag(flag: RedFlag, values: Iterable[str], content: ChecklistContent) -> Trial:
    """Return what the checklist answers to ticks, and why each rule of the flag fires or not."""
    pairs = [(kind, slug) for kind, _, slug in (value.partition(":") for value in values) if slug]
    answer = checklist_answer(QueryDict(urlencode(pairs)), content)
    names, triage = tick_names(content), answer.urgency.triage

    def describe(ticks: Iterable[Tick]) -> list[tuple[str, bool]]:
        return sorted((names.get(tick, tick.slug), tick in triage.ticks) for tick in ticks)

    rules = []
    named: set[Tick] = set()
    for row in content.rules:
        if row.red_flag_id == flag.pk:
            rule = rule_of(row, flag)
            groups = [describe(group) for group in rule.answers]
            fires = rule in triage.fired
            rules.append(TriedRule(row, fires, describe(rule.ticks), describe(rule.some), groups))
            named = named.union(rule.named, *rule.answers)
    is_raised = flag.slug in answer.urgency.raised_flags
    boxes = _boxes(content, names, named, frozenset(answer.ticks))
    return Trial(answer, is_raised, rules, boxes, _case(flag, is_raised, answer, content))


def _boxes(
    content: ChecklistContent, names: dict[Tick, str], named: set[Tick], on: frozenset[Tick]
) -> dict[str, list[tuple[str, str, bool]]]:
    """Return the boxes by group, those first that the rules of the flag name."""
    choices = content.once(checklist_choices)
    questions = {question.slug: question.text for question in content.questions.values()}
    boxes: dict[str, list[tuple[str, str, bool]]] = {
        group: [] for group in (NAMED_BY_RULES, *GROUPS.values(), *questions.values())
    }
    for tick, label in names.items():
        if tick.kind == "answer":
            value, group = tick.slug, questions[tick.slug.partition(":")[0]]
        elif tick.slug in choices.values[tick.kind]:
            value, group = f"{tick.kind}:{tick.slug}", GROUPS[tick.kind]
        else:
            continue
        boxes[NAMED_BY_RULES if tick in named else group].append((value, label, tick in on))
    return boxes


def _case(flag: RedFlag, is_raised: bool, answer: ChecklistAnswer, content: Any) -> str:
    """Return the address of a new case of the test book with these ticks and this answer."""
    tables = (
        ("symptom", "symptoms", content.symptoms),
        ("risk", "risk_factors", content.risks),
        ("risk", "other_causes", content.causes),
        ("flag", "red_flags", content.flags),
    )
    keys = {
        name: [
            rows[tick.slug].pk for tick in answer.ticks if tick.kind == kind and tick.slug in rows
        ]
        for kind, name, rows in tables
    }
    keys["answers"] = [
        row.pk
        for question in content.questions.values()
        for row in question.answers.all()
        if answer_tick(question.slug, row.slug) in answer.ticks
    ]
    keys["must_warn"] = [flag.pk] if is_raised else []
    fields = {name: ",".join(map(str, pks)) for name, pks in keys.items() if pks}
    fields["level"] = list(Urgency)[answer.urgency.level].value
    return f"{reverse('admin:nutrients_safetycase_add')}?{urlencode(fields)}"
