"""Loading the shipped content: adds what is missing, and never touches what an editor did."""

from .applying import RefusedError
from .fixtures import FixtureError, FixtureRow, Places, digests, read_rows
from .loader import Outcome, load
from .settling import Sides, keep_ours, sides, take_theirs
