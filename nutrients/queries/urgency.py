"""How soon ticks need a person: the red flags and symptoms that say so, as rules."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from nutrients.models import RedFlag, RedFlagRule, Symptom, Urgency
from nutrients.ranking import Level, Rule, Tick, urgency


@dataclass(frozen=True, slots=True)
class Advice:
    """A sign and what to do about it."""

    sign: str
    action: str


@dataclass(frozen=True, slots=True)
class Urgent:
    """How soon the ticks need a person, with the advice of every level that was reached."""

    level: Level
    emergency: list[Advice]
    urgent: list[Advice]
    see_a_doctor: list[Advice]


def urgency_of(ticks: Collection[Tick], *, at: datetime) -> Urgent:
    """The urgency of the ticks: red flags ticked, red flags raised, and signs urgent by themselves.

    Six queries, whatever is ticked.
    """
    flags = {flag.pk: flag for flag in RedFlag.objects.published(at=at)}
    symptoms = list(Symptom.objects.published(at=at))
    advice = {f"flag {flag.slug}": Advice(flag.sign, flag.action) for flag in flags.values()}
    advice |= {f"symptom {s.slug}": Advice(s.name, s.help_note) for s in symptoms}
    triage = urgency(ticks, [*_flag_rules(flags), *map(_symptom_rule, symptoms)])
    # A flag that is both ticked and raised, or raised in two ways, is said once.
    fired = dict.fromkeys((rule.level, rule.name) for rule in triage.fired)

    def reached(level: Level) -> list[Advice]:
        return [advice[name] for found, name in fired if found == level]

    return Urgent(
        triage.level, reached(Level.EMERGENCY), reached(Level.URGENT), reached(Level.SEE_A_DOCTOR)
    )


def _level(value: str) -> Level:
    return Level(Urgency(value).rank)


def _flag_rules(flags: dict[int, RedFlag]) -> Iterable[Rule]:
    for flag in flags.values():
        yield Rule(f"flag {flag.slug}", _level(flag.level), frozenset({Tick("flag", flag.slug)}))
    ticks = _rule_ticks()
    for rule, raises in RedFlagRule.objects.filter(red_flag__in=flags).values_list(
        "pk", "red_flag"
    ):
        flag = flags[raises]
        yield Rule(f"flag {flag.slug}", _level(flag.level), frozenset(ticks[rule]))


def _rule_ticks() -> dict[int, set[Tick]]:
    """The ticks that each rule names, under the rule's id."""
    named: dict[int, set[Tick]] = defaultdict(set)
    for kind, relation in (
        ("symptom", "symptoms"),
        ("risk", "risk_factors"),
        ("risk", "other_causes"),
    ):
        rows = RedFlagRule.objects.filter(**{f"{relation}__isnull": False})
        for rule, slug in rows.values_list("pk", f"{relation}__slug"):
            named[rule].add(Tick(kind, slug))
    return named


def _symptom_rule(symptom: Symptom) -> Rule:
    ticks = frozenset({Tick("symptom", symptom.slug)})
    return Rule(f"symptom {symptom.slug}", _level(symptom.urgency), ticks)
