"""Proposals: what they hold of rows, and the pages as they would be."""

from .rows import Laid, add_row, begin, key_in, key_of, lay_over, live_rows, values_of
