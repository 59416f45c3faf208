"""Words that this site does not use, because they would promise, judge or prescribe.

The site is a look-up, not a diagnosis. Only whole words count: “unlikely” is no “likely”.
"""

from __future__ import annotations

import re

UNITS = r"(?:mg|mcg|g|grams?|IU|milligrams?|micrograms?)"
# Warnings and conditions may name what advice may not: "Do not stop taking …", "if you have …".
NOT_AFTER_WARNING = r"(?<!not )(?<!never )(?<!before you )(?<!before )"
NOT_AFTER_CONDITION = r"(?<!if )(?<!when )(?<!where )(?<!do )(?<!whether )(?<!that )"
PATTERNS = (
    r"\bdiagnos(?:e|es|ed|ing)\b",
    rf"{NOT_AFTER_CONDITION}\byou(?: have|’ve|'ve)\b",
    r"\byou(?: are|’re|'re) deficient\b",
    r"\blikely\b",
    r"\bprobably caused by\b",
    r"\bcur(?:e|es|ed|ing)\b",
    r"\btreats? (?:it |this |them )?with\b",
    rf"\btak(?:e|ing) (?:up to |at least )?\d[\d,.]* ?{UNITS}\b",
    rf"{NOT_AFTER_WARNING}\b(?:stop|start) (?:taking\b|(?:a|any|the|your|this) medicine)",
)
FORBIDDEN = tuple(re.compile(pattern, re.IGNORECASE) for pattern in PATTERNS)


def forbidden(text: str) -> list[str]:
    """The forbidden words found in a text, as they are written; empty without any."""
    flat = " ".join(text.split())
    return [found[0] for pattern in FORBIDDEN for found in pattern.finditer(flat)]
