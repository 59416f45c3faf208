"""Loading the shipped content: adds what is missing, never touches what an editor did."""

from .fixtures import FixtureError, FixtureRow, digests, read_rows
from .loader import Outcome, load

__all__ = ["FixtureError", "FixtureRow", "Outcome", "digests", "load", "read_rows"]
