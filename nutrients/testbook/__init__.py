"""The public test book: run its cases against the content, and say what is wrong with an answer."""

from .checking import Answered, Expected, faults
from .outcomes import keep_outcomes, outcomes_of_now
from .running import CheckedCase, FetchedBook, failing, fetch_book, run_book
