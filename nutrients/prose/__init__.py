"""Prose: Markdown with `[@source]` citations and `[[blocks]]`, as editors write it."""

from .blocks import LIVE_BLOCKS, Block, split
from .checking import ProseError, check, check_plain, links
from .markdown import Cite, Mark, cited_slugs, render
from .words import plain_lines, sentences

__all__ = [
    "LIVE_BLOCKS",
    "Block",
    "Cite",
    "Mark",
    "ProseError",
    "check",
    "check_plain",
    "cited_slugs",
    "links",
    "plain_lines",
    "render",
    "sentences",
    "split",
]
