"""Shipped content: load it without undoing editors' work, check it, and keep its versions."""

from .fixtures import FixtureError, KeyIndex, RefusedError, read_rows
from .loader import Outcome, load
from .merging import Sides, keep_ours, sides, take_theirs
