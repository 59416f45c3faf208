"""Prose: Markdown with `[@source]` citations and `[[blocks]]`, as editors write it."""

from .blocks import LIVE_BLOCKS, Block, split
from .checking import ProseError, check, links
from .markdown import Mark, plain, render

__all__ = [
    "LIVE_BLOCKS",
    "Block",
    "Mark",
    "ProseError",
    "check",
    "links",
    "plain",
    "render",
    "split",
]
