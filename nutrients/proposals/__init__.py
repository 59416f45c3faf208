"""Proposals: the rows that they change, previews of the pages, links and signatures."""

from .rows import Overlay, add_row, begin, key_in, key_of, lay_over, live_rows, values_of
