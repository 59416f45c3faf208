"""The public test book: run its cases against the content, and say what is wrong with an answer."""

from .running import (
    Answered,
    CheckedCase,
    FetchedBook,
    failing,
    faults,
    fetch_book,
    keep_outcomes,
    outcomes_of_now,
    run_book,
)
