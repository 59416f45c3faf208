"""The public test book: run its cases against the content, and say what is wrong with an answer."""

from .checking import Answered, faults
from .running import (
    CheckedCase,
    FetchedBook,
    failing,
    fetch_book,
    keep_outcomes,
    outcomes_of_now,
    run_book,
)
