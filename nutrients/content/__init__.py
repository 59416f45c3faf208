"""Loading the shipped content: adds what is missing, and never touches what an editor did."""

from .applying import Sides, keep_ours, sides, take_theirs
from .fixtures import FixtureError, FixtureRow, KeyIndex, RefusedError, digests, read_rows
from .loader import Outcome, load
