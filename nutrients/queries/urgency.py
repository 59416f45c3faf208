"""How soon ticks need a person: the red flags and symptoms that say so, as rules."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from nutrients.models import RedFlag, Urgency
from nutrients.ranking import Level, Rule, Tick, urgency

from .checklist_content import ChecklistContent


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

    @property
    def signs(self) -> set[str]:
        """The signs of every level that was reached."""
        return {item.sign for item in (*self.emergency, *self.urgent, *self.see_a_doctor)}


def urgency_of(ticks: Collection[Tick], content: ChecklistContent) -> Urgent:
    """The urgency of the ticks: flags ticked, flags raised, and signs urgent by themselves."""
    triage = urgency(ticks, content.once(urgency_rules))
    advice = content.once(_advice)
    # A flag that is both ticked and raised, or raised in two ways, is said once.
    fired = dict.fromkeys((rule.level, rule.name) for rule in triage.fired)

    def reached(level: Level) -> list[Advice]:
        return [advice[name] for found, name in fired if found == level]

    return Urgent(
        triage.level, reached(Level.EMERGENCY), reached(Level.URGENT), reached(Level.SEE_A_DOCTOR)
    )


def _advice(content: ChecklistContent) -> dict[str, Advice]:
    """What to say when a rule fires, under the rule's name."""
    flags, symptoms = content.flags.values(), content.symptoms.values()
    advice = {f"flag {flag.slug}": Advice(flag.sign, flag.action) for flag in flags}
    return advice | {f"symptom {s.slug}": Advice(s.name, s.help_note) for s in symptoms}


def urgency_rules(content: ChecklistContent) -> list[Rule]:
    """A published flag fires when it is ticked or a rule is met; a symptom when it is ticked."""
    return list(_rules(content))


def _rules(content: ChecklistContent) -> Iterable[Rule]:
    flags = {flag.pk: flag for flag in content.flags.values()}
    for flag in flags.values():
        alone = frozenset({Tick("flag", flag.slug)})
        yield Rule(f"flag {flag.slug}", _level(flag.level), alone)
    for rule in content.rules:
        if rule.red_flag_id in flags:
            flag = flags[rule.red_flag_id]
            yield Rule(
                f"flag {flag.slug}",
                _level(flag.level),
                frozenset(content.rule_ticks[rule.pk]),
                content.rule_answers[rule.pk],
                frozenset(content.rule_some[rule.pk]),
                rule.at_least,
            )
    for symptom in content.symptoms.values():
        alone = frozenset({Tick("symptom", symptom.slug)})
        yield Rule(f"symptom {symptom.slug}", _level(symptom.urgency), alone)


def _level(value: str) -> Level:
    return Level(Urgency(value).rank)
