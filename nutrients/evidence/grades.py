"""The key to grades: what each grade of evidence means, and which verb it allows."""

from __future__ import annotations

from dataclasses import dataclass

from nutrients.models import MEANING_AGAINST, VERB_AGAINST, Evidence


@dataclass(frozen=True, slots=True)
class GradeKey:
    """The grades, strongest first, and the words for evidence against."""

    grades: tuple[Evidence, ...] = tuple(Evidence)
    verb_against: str = VERB_AGAINST
    meaning_against: str = MEANING_AGAINST
