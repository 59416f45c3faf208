"""Words that this site does not use, because they promise, judge or prescribe.

Only whole words count: “unlikely” is not “likely”.
"""

from __future__ import annotations

import re

UNITS = r"(?:mg|mcg|g|grams?|IU|milligrams?|micrograms?)"
# Words that are allowed in warnings and conditions: "Do not stop taking …", "if you have …".
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
    """Return the forbidden words in a text, as they are written."""
    flat = " ".join(text.split())
    return [match[0] for pattern in FORBIDDEN for match in pattern.finditer(flat)]
