"""How soon ticks need a person: the red flags and symptoms that say so, as rules."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from nutrients.evidence.ranking import Level, Rule, Tick, Triage, answer_slug, urgency
from nutrients.evidence.red_flags import CALL
from nutrients.models import RedFlag, Symptom, Urgency

from .content import ChecklistContent

# A longer list would hold a reader up.
REASONS_SHOWN = 3
# What the answer's outermost element says; the addresses of other programs rest on these words.
LEVEL_WORDS = {
    Level.SELF_CARE: "self-care",
    Level.SEE_A_DOCTOR: "see-a-doctor",
    Level.URGENT: "same-day",
    Level.EMERGENCY: "emergency",
}


@dataclass(frozen=True, slots=True)
class Advice:
    """Why a level was reached: the reader's own ticks, why they matter and what to do."""

    ticks: str
    why: str
    action: str
    flag: RedFlag | None = None

    @property
    def beyond_calling(self) -> str:
        """What to do besides calling, which the card says once for all reasons."""
        return self.action.removeprefix(CALL).strip()


@dataclass(frozen=True, slots=True)
class Urgent:
    """How soon the ticks need a person, with the reasons for every level that was reached."""

    level: Level
    triage: Triage
    emergency: list[Advice] = field(default_factory=list)
    urgent: list[Advice] = field(default_factory=list)
    see_a_doctor: list[Advice] = field(default_factory=list)

    @property
    def word(self) -> str:
        """The level in the word that pages carry."""
        return LEVEL_WORDS[self.level]

    @property
    def reasons(self) -> list[Advice]:
        """Every reason, the most urgent first."""
        return [*self.emergency, *self.urgent, *self.see_a_doctor]

    @property
    def raised(self) -> set[str]:
        """The slugs of every flag that was raised."""
        names = (rule.name.partition(" ") for rule in self.triage.fired)
        return {slug for kind, _, slug in names if kind == "flag"}

    @property
    def is_not_nutritional(self) -> bool:
        """Whether care is needed the same day for something that no nutrient is behind."""
        reasons = [*self.emergency, *self.urgent]
        return any(reason.flag and reason.flag.is_not_nutritional for reason in reasons)


def urgency_of(ticks: Collection[Tick], content: ChecklistContent) -> Urgent:
    """The urgency of the ticks: flags ticked, flags raised, and signs urgent by themselves."""
    triage = urgency(ticks, content.once(urgency_rules))
    given, said = frozenset(ticks), set[Tick]()
    return Urgent(
        triage.level,
        triage,
        _reasons(Level.EMERGENCY, triage, given, said, content)[:REASONS_SHOWN],
        _reasons(Level.URGENT, triage, given, said, content)[:REASONS_SHOWN],
        _reasons(Level.SEE_A_DOCTOR, triage, given, said, content),
    )


def _reasons(
    level: Level,
    triage: Triage,
    given: frozenset[Tick],
    said: set[Tick],
    content: ChecklistContent,
) -> list[Advice]:
    """The reasons for one level: flags in their order, then symptoms, each tick said once.

    `said` are the ticks of reasons before, more urgent levels included; it grows.
    """
    subjects = content.once(_subjects)
    raised: dict[str, set[Tick]] = {}
    for rule in triage.fired:
        if rule.level == level:
            answers = {answer for group in rule.answers for answer in group}
            raised.setdefault(rule.name, set()).update((rule.named | answers) & given)
    reasons: list[Advice] = []
    for name in sorted(raised, key=lambda name: subjects[name].place):
        ticks = {tick for tick in raised[name] if tick.kind != "answer"}
        if not ticks <= said:
            reasons.append(subjects[name].advice(_words(raised[name], content)))
            said |= ticks
    return reasons


@dataclass(frozen=True, slots=True)
class _Subject:
    """What a rule raises: a red flag, or a symptom that is urgent by itself."""

    row: RedFlag | Symptom

    @property
    def place(self) -> tuple[bool, int, str]:
        return (isinstance(self.row, Symptom), self.row.position, self.row.slug)

    def advice(self, ticks: str) -> Advice:
        if isinstance(self.row, Symptom):
            return Advice(ticks, "", self.row.help_note)
        return Advice(ticks, self.row.why_it_matters, self.row.action, self.row)


def _subjects(content: ChecklistContent) -> dict[str, _Subject]:
    """What is behind each rule, under the rule's name."""
    flags = {f"flag {flag.slug}": _Subject(flag) for flag in content.flags.values()}
    return flags | {f"symptom {row.slug}": _Subject(row) for row in content.symptoms.values()}


def _words(ticks: Iterable[Tick], content: ChecklistContent) -> str:
    """Ticks and answers in the words of the form: symptoms, then risks, then answers."""
    names, given = content.once(_names), set(ticks)
    told = [name for tick, name in names.items() if tick in given and tick.kind != "answer"]
    answers = [name for tick, name in names.items() if tick in given and tick.kind == "answer"]
    return " + ".join(told) + (f" ({'; '.join(answers)})" if answers else "")


def _names(content: ChecklistContent) -> dict[Tick, str]:
    """The words beside every box of the form, in the form's order."""
    names = {Tick("flag", row.slug): row.tick_label or row.sign for row in content.flags.values()}
    names |= {Tick("symptom", row.slug): row.name for row in content.symptoms.values()}
    names |= {Tick("risk", row.slug): row.name for row in content.risks.values()}
    names |= {Tick("risk", row.slug): row.name for row in content.causes.values() if row.is_asked}
    for question in content.questions.values():
        for answer in content.answers[question.pk]:
            names[Tick("answer", answer_slug(question.slug, answer.slug))] = answer.label
    return names


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
