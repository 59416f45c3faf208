"""Prose: Markdown with `[@source]` citations and `[[blocks]]`, as editors write it."""

from .checking import ProseError, check, check_plain, links, passages, plain_lines, sentences
from .markdown import (
    CITE,
    LIVE_BLOCKS,
    Block,
    Cite,
    Glossary,
    cited_slugs,
    questions,
    render,
    split,
)
