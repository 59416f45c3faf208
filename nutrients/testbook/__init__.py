"""The public test book: its cases, run against the content, and the faults of each answer."""

from .running import (
    CaseAnswer,
    CheckedCase,
    FetchedBook,
    failing,
    faults,
    fetch_book,
    keep_outcomes,
    outcomes_of_now,
    run_book,
)
